# SPDX-License-Identifier: GPL-2.0
# /dev/rpmsg_ctrlN: channels and endpoints that user space asks for, what it is
# refused, and channels with a device of their own.
# tools: rpmsg_user
# kernel: checked
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh

tool=/add/rpmsg_user
class=/sys/class/rpmsg
bus=/sys/bus/rpmsg/devices
user() { $tool "$@"; }
asleep() { grep -q '^State:.S' "/proc/$1/status"; }

up
check "the drivers load" modprobe rpmsg_char
check "the control driver loads" modprobe rpmsg_ctrl
comes "the control device is there" test -c /dev/rpmsg_ctrl0
exec 3<>/dev/rpmsg_ctrl0

# --- what is refused ---------------------------------------------------------------
same "an unknown request" EINVAL "$(user 3 ioctl 12345)"
same "a wild pointer" EFAULT "$(user 3 bad-pointer)"
same "the control channel stays" EDEADLK "$(user 3 release-dev rpmsg_ctrl -1 -1)"
same "a channel that is not there" EINVAL "$(user 3 release-dev nobody -1 -1)"

# --- channels ---------------------------------------------------------------------
same "a channel" 0 "$(user 3 create-dev nobody -1 77)"
check "it is there" test -e $bus/virtio0.nobody.-1.77
same "a second one" ENXIO "$(user 3 create-dev nobody -1 77)"
same "and away" 0 "$(user 3 release-dev nobody -1 77)"
check "it is gone" test ! -e $bus/virtio0.nobody.-1.77
# A name of 32 bytes loses the last one.
same "a long name" 0 "$(user 3 create-dev 0123456789abcdef0123456789abcdef -1 77)"
check "it is cut" test -e $bus/virtio0.0123456789abcdef0123456789abcde.-1.77
same "and away" 0 "$(user 3 release-dev 0123456789abcdef0123456789abcdef -1 77)"

# --- endpoints at an address ----------------------------------------------------------
same "an endpoint at 2000" 0 "$(user 3 create-ept here 2000 50)"
same "another" 0 "$(user 3 create-ept there 2000 50)"
same "its address" 2000 "$(cat $class/rpmsg0/src)"
exec 4<>/dev/rpmsg0
same "the address is taken" "Invalid argument" "$(sh -c 'exec 9<>/dev/rpmsg1' 2>&1 | sed 's/.*: //')"
logged "address 0x7d0 has an endpoint already"
same "a message" 5 "$(user 4 write hello)"
same "its answer" hello "$(user 4 read 512)"
exec 4>&-
exec 4<>/dev/rpmsg1
same "the address is free again" 5 "$(user 4 write hello)"
same "its answer" hello "$(user 4 read 512)"
same "destroy one" 0 "$(user 4 destroy)"
exec 4>&-
exec 4<>/dev/rpmsg0
same "destroy the other" 0 "$(user 4 destroy)"
exec 4>&-
same "address 0 is as any other" 0 "$(user 3 create-ept zero 0 50)"
exec 4<>/dev/rpmsg0
same "a message from there" 4 "$(user 4 write zero)"
same "its answer" zero "$(user 4 read 512)"
same "destroy it" 0 "$(user 4 destroy)"
exec 4>&-

# --- a channel with a device on its own endpoint ------------------------------------------
same "a raw channel" 0 "$(user 3 create-dev rpmsg-raw -1 50)"
comes "its device" test -c /dev/rpmsg0
same "its name" rpmsg-raw "$(cat $class/rpmsg0/name)"
same "its address" 1024 "$(cat $class/rpmsg0/src)"
same "the channel's" 0x400 "$(cat $bus/virtio0.rpmsg-raw.-1.50/src)"
for round in 1 2; do
	exec 4<>/dev/rpmsg0
	same "round $round: a message" 5 "$(user 4 write hello)"
	same "round $round: its answer" hello "$(user 4 read 512)"
	same "round $round: its endpoint stays" EINVAL "$(user 4 destroy)"
	exec 4>&-
done
exec 4<>/dev/rpmsg0
$tool 4 read 512 >/tmp/reader &
reader=$!
comes "a reader blocks" asleep $reader
same "the channel goes" 0 "$(user 3 release-dev rpmsg-raw -1 50)"
wait $reader
same "the reader wakes" EPIPE "$(cat /tmp/reader)"
check "the device is gone" test ! -e /dev/rpmsg0
same "poll says so" ERR "$(user 4 poll 0)"
exec 4>&-

# --- any channel, by name of the driver ------------------------------------------------------
dev=$(channel)
echo rpmsg_chrdev >"$dev/driver_override"
check "a channel that was announced" sh -c "echo ${dev##*/} >/sys/bus/rpmsg/drivers/rpmsg_chrdev/bind"
comes "its device" test -c /dev/rpmsg0
same "its name" rpmsg-client-sample "$(cat $class/rpmsg0/name)"
exec 4<>/dev/rpmsg0
printf 'hello, other side' >&4
same "an answer for a shell" "hello, other side" "$(dd bs=512 count=1 <&4 2>/dev/null)"
check "the driver is taken away" sh -c "echo ${dev##*/} >/sys/bus/rpmsg/drivers/rpmsg_chrdev/unbind"
same "the file sees it" EPIPE "$(user 4 write more)"
check "the device is gone" test ! -e /dev/rpmsg0
same "its address is free" 0xffffffff "$(cat "$dev/src")"
exec 4>&-

# --- a writer that blocks on a channel's endpoint -----------------------------------------
same "a raw channel" 0 "$(user 3 create-dev rpmsg-raw -1 51)"
comes "its device" test -c /dev/rpmsg0
exec 4<>/dev/rpmsg0
same "the other side hangs" 4 "$(user 4 write hang)"
user 4 nonblock 1 >/dev/null
same "the ring is full" EAGAIN "$(user 4 fill)"
user 4 nonblock 0 >/dev/null
$tool 4 write more >/tmp/writer &
writer=$!
comes "a writer blocks" asleep $writer
same "the channel goes" 0 "$(user 3 release-dev rpmsg-raw -1 51)"
wait $writer
same "the writer wakes" EPIPE "$(cat /tmp/writer)"
exec 4>&-

# --- the control device goes -----------------------------------------------------------------
same "a device" 0 "$(user 3 create-ept demo -1 50)"
same "stop" "" "$(power stop)"
check "the devices are gone" test ! -e /dev/rpmsg0
same "nobody to ask for an endpoint" ENODEV "$(user 3 create-ept demo -1 50)"
same "for a channel" ENODEV "$(user 3 create-dev demo -1 50)"
same "for the end of one" ENODEV "$(user 3 release-dev demo -1 50)"
same "start" "" "$(power start)"
comes "a new control device" test -c /dev/rpmsg_ctrl1
exec 4<>/dev/rpmsg_ctrl1
same "the old one stays dead" ENODEV "$(user 3 create-dev demo -1 50)"
same "the new one works" 0 "$(user 4 create-dev demo -1 50)"
exec 3>&- 4>&-
same "stop" "" "$(power stop)"
check "all unload" rmmod rpmsg_ctrl rpmsg_char
finish
