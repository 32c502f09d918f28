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

# A file that is open keeps its own modules, and the memory of the devices below it,
# which those modules free that stay: the processor's are gone by then.
mark
check "everything comes up once more" up_quietly
check "the control driver loads" modprobe rpmsg_ctrl
comes "its device is there" test -c /dev/rpmsg_ctrl0
exec 3<>/dev/rpmsg_ctrl0
check "all others unload" rmmod rpmsg_client_sample "$PLATFORM_DRIVER" remoteproc virtio_rpmsg_bus rpmsg_ns
check "not those of the file" test -d /sys/module/rpmsg_ctrl -a -d /sys/module/rpmsg_core
exec 3>&-
check "they do when it is closed" rmmod rpmsg_ctrl rpmsg_char rpmsg_core
check "everything comes up" up_quietly
finish
