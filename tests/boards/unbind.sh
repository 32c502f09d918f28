# SPDX-License-Identifier: GPL-2.0
# The platform driver is taken from the running processor and given back, with a
# client at work; on OMAP4 then the mailbox is taken away, which takes the
# processor's driver with it first.
# kernel: checked
# shellcheck shell=sh disable=SC1091,SC2153,SC2154 # what is sourced is in the guest
. /add/check.sh

drivers=/sys/bus/platform/drivers
gone() { [ ! -e "$rproc" ]; }

up
check "the sample loads" modprobe rpmsg_client_sample count=10
comes "its messages are answered" log_line "goodbye!"

mailbox=
[ "$PLATFORM_DRIVER" != omap_remoteproc ] || mailbox=omap-mailbox/4a0f4000.mailbox

for device in "$DRIVER/$DEVICE" $mailbox; do
	driver=${device%/*} name=${device#*/}
	mark
	check "unbind $name" sh -c "echo $name >$drivers/$driver/unbind"
	check "$name unbound: the processor's driver is off" test ! -e "$drivers/$DRIVER/$DEVICE"
	check "$name unbound: the processor is gone" gone
	check "$name unbound: its channel is gone" no_channel
	check "$name unbound: no debugfs folder" test ! -e "$debug"
	check "$name unbound: no interrupt" sh -c '! grep -qE "mbox-ipu|da8xx-remoteproc" /proc/interrupts'

	check "bind $name" sh -c "echo $name >$drivers/$driver/bind"
	comes "$name bound: the processor runs" state_is running
	comes "$name bound: messages are answered" log_line "goodbye!"
done

check "the sample unloads" rmmod rpmsg_client_sample
check "the platform driver unloads" rmmod "$PLATFORM_DRIVER"
check "the processor is gone" gone
finish
