# SPDX-License-Identifier: GPL-2.0
# Runs in the guest, with COUNT, SIZE, MODE, ENDPOINTS and MAILBOX in /add/params:
# so many messages. Ends with the mailbox's interrupts, and the kicks if the stack
# counts them.
# shellcheck shell=sh disable=SC1091,SC2154
set -e
. /lib.sh
. /board
. /add/params
dmesg -n 1
[ "${MAILBOX:-}" != own ] || own_mailbox
modprobe virtio_rpmsg_bus
modprobe rpmsg_ns
modprobe "$PLATFORM_DRIVER"
channel() { basename /sys/bus/rpmsg/devices/*.rpmsg-client-sample.* | grep -v '[*]'; }
wait_for "the channel" channel
modprobe rpmsg_pingpong mode="$MODE" count="$COUNT" size="$SIZE" endpoints="$ENDPOINTS"
log_has "$MODE: $COUNT of $SIZE bytes"
# The line's name is the channel's with mainline's driver, the driver's with ours.
awk '/mbox|mailbox/ { n += $2 } END { print "mailbox interrupts: " n }' /proc/interrupts
cat /sys/kernel/debug/rpmsg/*/device 2>/dev/null || true
if [ "${SYMBOLS:-}" ]; then
	echo SYMS
	grep ' [tT] .*\[' /proc/kallsyms
	echo ENDSYMS
fi
