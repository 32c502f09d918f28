# SPDX-License-Identifier: GPL-2.0
# Sourced by the scenarios, in the guest (". /add/check.sh"): what they check,
# and what several of them do.
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest

. /lib.sh
. /board

failures=0
service=rpmsg-client-sample

# The kernel's messages would end up in the middle of our lines: they come at
# the end, all of them, for the runner to look for complaints and for people.
dmesg -n 1
trap 'mark; echo "--- the kernel log:"; cat /tmp/log' EXIT

pass() { echo "PASS: $*"; }
fail() {
	echo "FAIL: $*"
	failures=$((failures + 1))
}

# check WHAT COMMAND...: passes if COMMAND succeeds.
check() {
	check_what=$1 # not a name that COMMAND may use
	shift
	if "$@" >/dev/null 2>&1; then pass "$check_what"; else fail "$check_what ($*)"; fi
}

# same WHAT EXPECTED FOUND: passes if they are equal.
same() {
	if [ "$2" = "$3" ]; then pass "$1"; else fail "$1: expected '$2', found '$3'"; fi
}

# comes WHAT COMMAND...: passes as soon as COMMAND succeeds; ends the scenario
# if that never happens, since what follows would make no sense.
comes() {
	if wait_for "$@" >/dev/null; then
		pass "$1"
	else
		fail "$1: waited in vain"
		finish
	fi
}

# logged LINE: passes if the kernel log has LINE (or it comes), a fixed string.
# Lines from before the last call of mark do not count.
logged() {
	if log_line "$1" || new_line "$1"; then
		pass "logged: $1"
	else
		fail "not logged: $1"
		dmesg | tail -n 5 | sed 's/^/  the log has: /'
	fi
}
log_line() { dmesg | grep -qF -e "$1"; }
# new_line LINE: sleeps until the line comes after the last mark, whatever else the
# machine does. The time is for those that never come, and less than a guest has.
new_line() {
	LINE=$1 MARK="scenario: mark $marks" timeout 200 awk '
		index($0, ENVIRON["MARK"]) { counts = 1; next }
		counts && index($0, ENVIRON["LINE"]) { found = 1; exit }
		END { exit !found }' /dev/kmsg
}

# mark: forget the log so far; it is kept for the end.
mark() {
	dmesg -c >>/tmp/log
	marks=$((marks + 1))
	echo "scenario: mark $marks" >/dev/kmsg
}
marks=0
echo "scenario: mark $marks" >/dev/kmsg

# leaks: what kmemleak finds, on a kernel that has it. It can't see page tables
# that only an IOMMU knows: nothing may run. What it reports was there unchanged in
# two scans and is five seconds old, by the clock that /proc/uptime shows as well:
# that old must be whatever there is now. What the driver core loses is not ours, see
# Documentation/checked-kernels.rst.
leaks() {
	[ ! -e "$rproc" ] || ! state_is running || power stop
	old=$(($(cut -d . -f 1 /proc/uptime) + 6))
	echo scan >$kmemleak
	wait_for "memory that was lost to be old" it_is_later_than $old >&2
	echo scan >$kmemleak
	awk '
		function show() { if (ours) printf "%s", text }
		/^unreferenced object/ { show(); text = ""; ours = 1 }
		/device_set_deferred_probe_reason/ { ours = 0 }
		{ text = text $0 "\n" }
		END { show() }' $kmemleak
}
it_is_later_than() { [ "$(cut -d . -f 1 /proc/uptime)" -ge "$1" ]; }
kmemleak=/sys/kernel/debug/kmemleak
[ ! -e $kmemleak ] || echo clear >$kmemleak

# finish: the end of a scenario.
finish() {
	[ ! -e $kmemleak ] || same "no memory is lost" "" "$(leaks)"
	if [ $failures = 0 ]; then exit 0; else exit 1; fi
}

state() { cat "$rproc/state"; }
state_is() { [ "$(cat "$rproc/state")" = "$1" ]; }

# power start|stop: what the user writes to the attribute state. Prints what the
# write said, for the error scenarios.
power() { { echo "$1" >"$rproc/state"; } 2>&1; }

# The device of the sample's channel, when there is one.
channel() {
	for dev in /sys/bus/rpmsg/devices/*."$service".*; do
		[ -e "$dev" ] && echo "$dev" && return 0
	done
	return 1
}
no_channel() { ! channel; }

# load: the modules that a user loads, in the order in which he would; what they
# need comes by itself.
load() {
	modprobe virtio_rpmsg_bus && modprobe rpmsg_ns && load_driver
}
load_driver() { modprobe "$PLATFORM_DRIVER" ${PLATFORM_OPTIONS:+"$PLATFORM_OPTIONS"}; }

# up: modules loaded, processor running, channel there.
up() {
	check "the modules load" load
	comes "the processor runs" state_is running
	comes "its service has a channel" channel
}
