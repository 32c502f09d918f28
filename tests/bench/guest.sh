# SPDX-License-Identifier: GPL-2.0
# Runs in the guest, with COUNT, SIZE, MODE, ENDPOINTS, MAILBOX and FLOOR in
# /add/params: so many messages. Ends with the mailbox's interrupts.
# shellcheck shell=sh disable=SC1091,SC2154
set -e
. /lib.sh
. /board
. /add/params
dmesg -n 1

# Before and after the messages, so that what the kernel has put off (to free what
# modules need for their start, for one) is not done among them in one run, and
# before or after them in another.
settle() { sleep 3; }

# Ends each run. The line's name is the channel's with mainline's mailbox driver, the
# driver's with ours.
interrupts() {
	settle
	awk '/mbox|mailbox/ { n += $2 } END { print "mailbox interrupts: " n }' /proc/interrupts
	if [ "${SYMBOLS:-}" ]; then
		echo SYMS
		grep ' [tT] .*\[' /proc/kallsyms
		echo ENDSYMS
	fi
}

[ "${MAILBOX:-}" != own ] || own_mailbox
if [ "${FLOOR:-}" ]; then
	modprobe "$PLATFORM_DRIVER"
	wait_for "the virtio device" test -e /sys/bus/virtio/devices/virtio0
	settle
	modprobe rpmsg_floor mode="$MODE" count="$COUNT" size="$SIZE"
	log_has "$MODE: $COUNT of $SIZE bytes"
	interrupts
	exit 0
fi
modprobe virtio_rpmsg_bus
modprobe rpmsg_ns
modprobe "$PLATFORM_DRIVER"
channel() { basename /sys/bus/rpmsg/devices/*.rpmsg-client-sample.* | grep -v '[*]'; }
wait_for "the channel" channel
client=rpmsg_pingpong
case $MODE in
*-nocopy)
	client=${client}_nocopy
	MODE=${MODE%-nocopy}
	;;
esac
if [ "$MODE" = chardev ]; then
	modprobe rpmsg_char
	modprobe rpmsg_ctrl
	wait_for "the control device" test -c /dev/rpmsg_ctrl0
	exec 3<>/dev/rpmsg_ctrl0
	/add/rpmsg_user 3 create-ept demo -1 50
	exec 4<>/dev/rpmsg0
	settle
	[ "$(/add/rpmsg_user 4 pingpong "$COUNT" "$SIZE")" = "$COUNT" ]
else
	settle
	modprobe "$client" mode="$MODE" count="$COUNT" size="$SIZE" endpoints="$ENDPOINTS"
	log_has "$MODE: $COUNT of $SIZE bytes"
fi
interrupts
