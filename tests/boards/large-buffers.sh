# SPDX-License-Identifier: GPL-2.0
# Firmware that asks for larger buffers: a message fills one, one byte more is
# refused, and each direction has its own size.
# firmware: big-buffers
# boards: panda hawk
# tools: rpmsg_user
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh

tool=/add/rpmsg_user
user() { $tool "$@"; }
# bytes N: a text of N bytes.
bytes() { head -c "$1" /dev/zero | tr '\0' x; }
counter() { sed -n "s/^$1: //p" /sys/kernel/debug/rpmsg/virtio0/device; }

ln -s /add/firmware-big-buffers.elf /lib/firmware/big.elf
up
same "as usual" 496 "$(counter mtu)"
same "stop" "" "$(power stop)"
echo big.elf >"$rproc/firmware"
same "start, with large buffers" "" "$(power start)"
comes "its channel comes" channel
same "room for a message" 2032 "$(counter mtu)"
check "the drivers load" modprobe rpmsg_char
check "the control driver loads" modprobe rpmsg_ctrl
comes "the control device is there" test -c /dev/rpmsg_ctrl0
exec 3<>/dev/rpmsg_ctrl0

same "a device for the echo" 0 "$(user 3 create-ept echo -1 50)"
exec 4<>/dev/rpmsg0
same "a message that fills a buffer" 2032 "$(user 4 write "$(bytes 2032)")"
same "comes back" "$(bytes 2032)" "$(user 4 read 4096)"
same "one byte more" EMSGSIZE "$(user 4 write "$(bytes 2033)")"

# Address 54 sends messages of a size that it is told: two words, 2 of 4080 bytes.
same "a device for more" 0 "$(user 3 create-ept burst -1 54)"
exec 5<>/dev/rpmsg1
printf '\002\000\000\000\360\017\000\000' >&5
for i in 1 2; do
	same "message $i to Linux" 4080 "$(dd bs=8192 count=1 <&5 2>/dev/null | wc -c)"
done
printf '\001\000\000\000\361\017\000\000' >&5
printf '\001\000\000\000\001\000\000\000' >&5
same "one byte more is not sent" Z "$(dd bs=8192 count=1 <&5 2>/dev/null)"
exec 3>&- 4>&- 5>&-
finish
