# SPDX-License-Identifier: GPL-2.0
# Unloads the modules in every order that their dependencies allow, each time
# with everything up and the sample driver bound.
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh

up_quietly() {
	load >/dev/null 2>&1 && modprobe rpmsg_client_sample count=1 &&
		wait_for "running" state_is running && wait_for "bound" bound
}
bound() { [ -e "$(channel)/driver" ]; }
loaded() { cut -d ' ' -f 1 /proc/modules; }

# users MODULE: which modules need it, as modprobe knows it.
users() { sed -n "s/^$1 [0-9]* [0-9]* \([^ ]*\) .*/\1/p" /proc/modules | tr ',-' '  '; }

# orders GONE LEFT: prints all orders in which LEFT can go after GONE. A module
# may go when all its users are gone.
orders() (
	[ -n "$2" ] || echo "$1"
	for module in $2; do
		free=1
		for user in $(eval "echo \$users_$module"); do
			case " $1 " in *" $user "*) ;; *) free= ;; esac
		done
		[ -n "$free" ] || continue
		rest=
		for other in $2; do
			[ "$other" = "$module" ] || rest="$rest $other"
		done
		orders "$1 $module" "$rest"
	done
)

check "everything comes up" up_quietly
modules=$(loaded)
for module in $modules; do
	eval "users_$module='$(users "$module")'"
done
orders "" "$modules" >/tmp/orders
check "there is more than one order" test "$(wc -l </tmp/orders)" -gt 1

while read -r order; do
	mark
	if ! up_quietly; then
		fail "everything comes up again"
		finish
	fi
	left=
	for module in $order; do
		rmmod "$module" || left="$left $module"
	done
	same "rmmod $order" "" "$left$(loaded)"
done </tmp/orders
finish
