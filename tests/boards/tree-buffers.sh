# SPDX-License-Identifier: GPL-2.0
# Buffers of which the device tree says how long they are and how many, for firmware
# that says nothing: each direction has its own.
# device tree: &rproc { amp,rpmsg-buffer-sizes = <1024 256>; amp,rpmsg-buffer-counts = <16 32>; };
# boards: panda hawk
# tools: rpmsg_user
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh

user() { /add/rpmsg_user "$@"; }
counter() { sed -n "s/^$1: //p" /sys/kernel/debug/rpmsg/virtio0/device; }

up
logged "virtio0: 16 buffers of 1024 bytes to the remote, 32 of 256 from it"
same "room for a message" 1008 "$(counter mtu)"
check "the drivers load" modprobe -a rpmsg_char rpmsg_ctrl
comes "the control device is there" test -c /dev/rpmsg_ctrl0
exec 3<>/dev/rpmsg_ctrl0
same "a device for the echo" 0 "$(user 3 create-ept echo -1 50)"
exec 4<>/dev/rpmsg0
same "the longest answers, more than there are buffers" 100 "$(user 4 pingpong 100 240)"
same "one byte more than is sent" EMSGSIZE "$(user 4 write-zeroes 1009)"
exec 3>&- 4>&-
finish
