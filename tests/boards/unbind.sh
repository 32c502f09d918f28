# SPDX-License-Identifier: GPL-2.0
# The platform driver is taken from the running processor and given back, with a
# client at work; then the mailbox is taken away, which takes the processor's
# driver with it first.
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh

ipu=55020000.ipu mailbox=4a0f4000.mailbox
drivers=/sys/bus/platform/drivers
gone() { [ ! -e "$rproc" ]; }

up
check "the sample loads" modprobe rpmsg_client_sample count=10
comes "its messages are answered" log_line "goodbye!"

for device in omap-rproc/$ipu omap-mailbox/$mailbox; do
	driver=${device%/*} name=${device#*/}
	mark
	check "unbind $name" sh -c "echo $name >$drivers/$driver/unbind"
	check "$name unbound: the processor's driver is off" test ! -e $drivers/omap-rproc/$ipu
	check "$name unbound: the processor is gone" gone
	check "$name unbound: its channel is gone" no_channel
	check "$name unbound: no debugfs folder" test ! -e "$debug"
	check "$name unbound: no mailbox interrupt" sh -c '! grep -q mbox-ipu /proc/interrupts'

	check "bind $name" sh -c "echo $name >$drivers/$driver/bind"
	comes "$name bound: the processor runs" state_is running
	comes "$name bound: messages are answered" log_line "goodbye!"
done

check "the sample unloads" rmmod rpmsg_client_sample
check "the platform driver unloads" rmmod "$PLATFORM_DRIVER"
check "the processor is gone" gone
finish
