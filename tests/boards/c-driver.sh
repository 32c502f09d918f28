# SPDX-License-Identifier: GPL-2.0
# Mainline's platform driver, unmodified, on our core: the C functions of
# linux/remoteproc.h are all a C platform driver needs.
# boards: panda hawk
# shellcheck shell=sh disable=SC1091,SC2153,SC2154 # what is sourced is in the guest
. /add/check.sh

device=/sys/bus/platform/devices/$DEVICE
play() {
	mark
	check "$1: the sample loads" modprobe rpmsg_client_sample count=100
	comes "$1: its messages are answered" log_line "goodbye!"
	check "$1: the sample unloads" rmmod rpmsg_client_sample
}

check "our bus loads" modprobe virtio_rpmsg_bus
check "our name service loads" modprobe rpmsg_ns
check "our core loads" modprobe remoteproc
check "mainline's driver loads" insmod "/mainline/$PLATFORM_DRIVER.ko"
check "it is a C module that uses our core" grep -q "^remoteproc .*$PLATFORM_DRIVER" /proc/modules
comes "the processor runs" state_is running
same "its driver" "$DRIVER" "$(basename "$(readlink "$device/driver")")"
logged "remoteproc remoteproc0: $PROCESSOR is available"
[ "$PLATFORM_DRIVER" != omap_remoteproc ] || logged "received echo reply from $DEVICE"
comes "its service has a channel" channel
play "first"

same "stop" "" "$(power stop)"
same "state" offline "$(state)"
same "start" "" "$(power start)"
comes "the channel is back" channel
play "after a restart"

# That of the DaVinci DSP says itself that it can't be recovered.
if [ "$(cat "$rproc/recovery")" = enabled ]; then
	mark
	echo 2 >"$debug/crash"
	logged "remoteproc remoteproc0: recovering $PROCESSOR"
	comes "the channel comes after a crash" channel
	same "state after a crash" running "$(state)"
	play "after a crash"
fi

check "the driver is unbound" sh -c "echo $DEVICE >/sys/bus/platform/drivers/$DRIVER/unbind"
check "the processor is gone" test ! -e "$rproc"
check "the driver is bound again" sh -c "echo $DEVICE >/sys/bus/platform/drivers/$DRIVER/bind"
comes "the processor runs again" state_is running
comes "its channel is back" channel
same "stop" "" "$(power stop)"
check "the driver can go" rmmod "$PLATFORM_DRIVER"
check "its processor is gone" test ! -e "$rproc"
check "our core can go" rmmod remoteproc
finish
