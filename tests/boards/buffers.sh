# SPDX-License-Identifier: GPL-2.0
# Buffers of other sizes and numbers than the usual ones, from the device tree, and
# not the same both ways: messages are as long as they may be and no longer, and
# there are as many buffers as were asked for. What makes no sense is reported, and
# the usual ones are used.
# boards: panda hawk
# device tree: &rproc { amp,rpmsg-buffer-sizes = <2048 4096>; amp,rpmsg-buffer-counts = <8 16>; };
# tools: rpmsg_user
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh

user() { /add/rpmsg_user "$@"; }
mtu() { sed -n 's/^mtu: //p' /sys/kernel/debug/rpmsg/virtio0/device; }
# property NAME [VALUES]: changes the device tree.
property() {
	modprobe of_property node="$node" name="amp,rpmsg-buffer-$1" ${2:+values=$2} && rmmod of_property
}
# again: the processor anew, with what the device tree says by now.
again() {
	power stop
	mark
	power start
	wait_for "its channel" channel >/dev/null && wait_for "the control device" test -c /dev/rpmsg_ctrl0 >/dev/null
}
# sent FD: how many messages can be sent until there is no buffer.
sent() {
	count=0
	while [ "$(user "$1" write x)" = 1 ]; do count=$((count + 1)); done
	echo $count
}
# full N: N messages can be sent to a processor that takes none.
full() {
	same "an endpoint for orders" 0 "$(user 3 create-ept orders -1 51)"
	exec 5<>/dev/rpmsg1
	same "the other side hangs" 4 "$(user 5 write hang)"
	same "no waiting" 0 "$(user 4 nonblock 1)"
	# The order has taken one, which does not come back.
	same "as many buffers as were asked for" $(($1 - 1)) "$(sent 4)"
	exec 5>&-
}
# open_echo: an endpoint for the echo, as 4.
open_echo() {
	exec 3<>/dev/rpmsg_ctrl0
	same "an endpoint for the echo" 0 "$(user 3 create-ept echo -1 50)"
	exec 4<>/dev/rpmsg0
}
# usual: all is as without the device tree.
usual() {
	same "$1: as much room as usual" 496 "$(mtu)"
	open_echo
	same "$1: messages as long as usual" 20 "$(user 4 pingpong 20 496)"
	same "$1: and no longer" EMSGSIZE "$(user 4 write-zeroes 497)"
	exec 3>&- 4>&-
}

check "the drivers load" modprobe rpmsg_ctrl
mark
up
comes "the control device is there" test -c /dev/rpmsg_ctrl0
node=$(readlink -f "$rproc/device/of_node")
node=/${node#*/devicetree/base/}
logged "virtio_rpmsg_bus virtio0: 8 buffers of 2048 bytes to the remote, 16 of 4096 from it"
# A header has 16 bytes.
same "room for a message" 2032 "$(mtu)"
open_echo
same "as long as it may be" 2032 "$(user 4 write-zeroes 2032)"
same "it comes back, all of it" 2032 "$(($(user 4 read 4080 | wc -c) - 1))"
same "longer" EMSGSIZE "$(user 4 write-zeroes 2033)"
same "many long ones" 100 "$(user 4 pingpong 100 2032)"
same "an endpoint for more" 0 "$(user 3 create-ept burst -1 54)"
exec 5<>/dev/rpmsg1
# Two words: one message, of 4080 bytes.
printf '\001\000\000\000\360\017\000\000' >&5
same "longer ones to Linux" 4080 "$(dd bs=8192 count=1 <&5 2>/dev/null | wc -c)"
same "it is closed" 0 "$(user 5 destroy)"
exec 5>&-
full 8
exec 3>&- 4>&-

# --- numbers alone, none, and the largest ------------------------------------------------------
property sizes
again
logged "virtio_rpmsg_bus virtio0: 8 buffers of 512 bytes to the remote, 16 of 512 from it"
same "as much room as usual" 496 "$(mtu)"
property counts
again
usual "no properties"
check "nothing is said of buffers" test "$(log_count 'virtio0: .*buffers')" = 0
property sizes 65536,64
property counts 2,4
again
logged "virtio_rpmsg_bus virtio0: 2 buffers of 65536 bytes to the remote, 4 of 64 from it"
same "room for the longest message" 65520 "$(mtu)"
open_echo
same "an answer of 48 bytes fits" 1 "$(user 4 pingpong 1 48)"
full 2
exec 3>&- 4>&-
property counts

# --- what makes no sense -----------------------------------------------------------------------
for bad in 0,512 56,512 100,512 512,516 65544,512 512,4294967288; do
	property sizes $bad
	again
	size=${bad#512,}
	logged "virtio_rpmsg_bus virtio0: buffers of ${size%,512} bytes, they have 64 to 65536 bytes, a multiple of 8; buffers have 512 bytes"
	usual "$bad"
done
property sizes 1024
property counts 16
again
for name in sizes counts; do
	logged "virtio_rpmsg_bus virtio0: amp,rpmsg-buffer-$name in the device tree needs two numbers, to the remote and from it; it counts for nothing"
done
usual "one number"

same "stop" "" "$(power stop)"
check "all unload" rmmod rpmsg_ctrl rpmsg_char
finish
