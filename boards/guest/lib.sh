# SPDX-License-Identifier: GPL-2.0
# Sourced by scripts that run in the guest (". /lib.sh").
# shellcheck shell=sh disable=SC2034 # the variables are for scripts

rproc=/sys/class/remoteproc/remoteproc0
debug=/sys/kernel/debug/remoteproc/remoteproc0

# wait_for WHAT COMMAND...: until COMMAND succeeds; bounded by a number of
# tries, not by a clock, so that a slow host only makes it slower.
wait_for() {
	what=$1 tries=0
	shift
	until "$@" >/dev/null 2>&1; do
		tries=$((tries + 1))
		if [ $tries -gt 2000 ]; then
			echo "gave up waiting for: $what"
			return 1
		fi
		usleep 5000
	done
}

# log_has PATTERN: a line of the kernel log matches (extended expression).
log_has() { dmesg | grep -qE "$1"; }

# log_count PATTERN: how many lines of the kernel log match.
log_count() { dmesg | grep -cE "$1"; }

# own_mailbox: has the mailbox driven by omap_mailbox_rust instead of the kernel's
# own driver, which has bound it at boot. Before a remote processor's driver is
# loaded.
own_mailbox() {
	for device in /sys/bus/platform/drivers/omap-mailbox/*.mailbox; do
		[ -e "$device" ] || continue
		name=${device##*/}
		echo omap_mailbox_rust >"/sys/bus/platform/devices/$name/driver_override"
		echo "$name" >/sys/bus/platform/drivers/omap-mailbox/unbind
	done
	modprobe omap_mailbox_rust
}
