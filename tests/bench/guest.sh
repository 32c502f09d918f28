# SPDX-License-Identifier: GPL-2.0
# Runs in the guest, with COUNT and SIZE in /add/params: so many round trips.
# shellcheck shell=sh disable=SC1091,SC2154
set -e
. /lib.sh
. /board
. /add/params
dmesg -n 1
modprobe virtio_rpmsg_bus
modprobe rpmsg_ns
modprobe "$PLATFORM_DRIVER"
channel() { basename /sys/bus/rpmsg/devices/*.rpmsg-client-sample.* | grep -v '[*]'; }
wait_for "the channel" channel
modprobe rpmsg_pingpong count="$COUNT" size="$SIZE"
log_has "$COUNT round trips of $SIZE bytes"
