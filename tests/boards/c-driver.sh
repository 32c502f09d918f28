# SPDX-License-Identifier: GPL-2.0
# Mainline's omap_remoteproc.ko, unmodified, on our core: the C functions of
# linux/remoteproc.h are all a C platform driver needs.
# boards: panda
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh

ipu=/sys/bus/platform/devices/55020000.ipu
play() {
	mark
	check "$1: the sample loads" modprobe rpmsg_client_sample count=100
	comes "$1: its messages are answered" log_line "goodbye!"
	check "$1: the sample unloads" rmmod rpmsg_client_sample
}

check "our bus loads" modprobe virtio_rpmsg_bus
check "our name service loads" modprobe rpmsg_ns
check "our core loads" modprobe remoteproc
check "mainline's driver loads" insmod /mainline/omap_remoteproc.ko
check "it is a C module that uses our core" sh -c "grep -q '^remoteproc .*omap_remoteproc' /proc/modules"
comes "the processor runs" state_is running
same "its driver" omap-rproc "$(basename "$(readlink $ipu/driver)")"
logged "remoteproc remoteproc0: 55020000.ipu is available"
logged "received echo reply from 55020000.ipu"
comes "its service has a channel" channel
play "first"

same "stop" "" "$(power stop)"
same "state" offline "$(state)"
same "start" "" "$(power start)"
comes "the channel is back" channel
play "after a restart"

mark
echo 2 >"$debug/crash"
logged "remoteproc remoteproc0: recovering 55020000.ipu"
comes "the channel comes after a crash" channel
same "state after a crash" running "$(state)"
play "after a crash"

check "the driver is unbound" sh -c "echo 55020000.ipu >/sys/bus/platform/drivers/omap-rproc/unbind"
check "the processor is gone" test ! -e "$rproc"
check "the driver is bound again" sh -c "echo 55020000.ipu >/sys/bus/platform/drivers/omap-rproc/bind"
comes "the processor runs again" state_is running
comes "its channel is back" channel
same "stop" "" "$(power stop)"
check "the driver can go" rmmod omap_remoteproc
check "its processor is gone" test ! -e "$rproc"
check "our core can go" rmmod remoteproc
finish
