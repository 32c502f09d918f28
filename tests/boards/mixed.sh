# SPDX-License-Identifier: GPL-2.0
# Our bus with mainline's C modules in its places, one after the other: the
# boundary between modules is mainline's. All C modules run unmodified.
# tools: rpmsg_user
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh

ours=$(dirname /lib/modules/*/kernel/rpmsg_core.ko)
theirs=/mainline

# with TRANSPORT NAME-SERVICE: both are folders with modules.
with() {
	mark
	check "the name service of $2 loads" insmod "$2/rpmsg_ns.ko"
	check "the transport of $1 loads" insmod "$1/virtio_rpmsg_bus.ko"
	same "start" "" "$(power start)"
	comes "the channel comes" channel
}
without() {
	same "stop" "" "$(power stop)"
	comes "the channel goes" no_channel
	check "both unload" rmmod virtio_rpmsg_bus rpmsg_ns
}

# play NAME FILE: the client in FILE.
play() {
	mark
	check "$1 loads" insmod "$2" count=50
	comes "$1 gets its answers" log_line "goodbye!"
	check "$1 unloads" rmmod rpmsg_client_sample
}

# user_space WHAT CHAR CTRL: a device for an endpoint, with the modules of these
# folders.
user_space() {
	check "$1: the character driver loads" insmod "$2/rpmsg_char.ko"
	check "$1: the control driver loads" insmod "$3/rpmsg_ctrl.ko"
	comes "$1: the control device comes" test -c /dev/rpmsg_ctrl0
	exec 3<>/dev/rpmsg_ctrl0
	same "$1: a device" 0 "$(/add/rpmsg_user 3 create-ept demo -1 50)"
	same "$1: its name" demo "$(cat /sys/class/rpmsg/rpmsg0/name)"
	exec 4<>/dev/rpmsg0
	same "$1: a message" 5 "$(/add/rpmsg_user 4 write hello)"
	same "$1: its answer" hello "$(/add/rpmsg_user 4 read 512)"
	same "$1: nothing more to read" OUT "$(/add/rpmsg_user 4 poll 0)"
	same "$1: nobody else can open it" "Device or resource busy" "$(sh -c 'exec 9<>/dev/rpmsg0' 2>&1 | sed 's/.*: //')"
	same "$1: no waiting" 0 "$(/add/rpmsg_user 4 nonblock 1)"
	same "$1: nothing to wait for" EAGAIN "$(/add/rpmsg_user 4 read 512)"
	same "$1: a message without waiting" 5 "$(/add/rpmsg_user 4 write again)"
	same "$1: the longest message" 496 "$(/add/rpmsg_user 4 write-zeroes 496)"
	same "$1: a longer one" EMSGSIZE "$(/add/rpmsg_user 4 write-zeroes 497)"
	same "$1: an unknown request" EINVAL "$(/add/rpmsg_user 4 ioctl 12345)"
	same "$1: a channel" 0 "$(/add/rpmsg_user 3 create-dev nobody -1 77)"
	check "$1: it is there" test -e /sys/bus/rpmsg/devices/virtio0.nobody.-1.77
	same "$1: and away" 0 "$(/add/rpmsg_user 3 release-dev nobody -1 77)"
	same "$1: a channel that is not there" EINVAL "$(/add/rpmsg_user 3 release-dev nobody -1 77)"
	same "$1: destroy" 0 "$(/add/rpmsg_user 4 destroy)"
	same "$1: the end" EPIPE "$(/add/rpmsg_user 4 read 512)"
	same "$1: another device" 0 "$(/add/rpmsg_user 3 create-ept demo -1 50)"
	exec 3>&- 4>&-
	check "$1: both unload" rmmod rpmsg_ctrl rpmsg_char
	check "$1: the device with them" test ! -e /dev/rpmsg0
}

# What the modules at $ours and $theirs stand on, and the processor.
check "the modules load" modprobe rpmsg_core
check "the platform driver loads" load_driver
comes "the processor runs" state_is running
same "stop" "" "$(power stop)"

for transport in "$ours" $theirs; do
	for name_service in "$ours" $theirs; do
		with "$transport" "$name_service"
		play "our client" "$ours/rpmsg_client_sample.ko"
		play "mainline's client" $theirs/rpmsg_client_sample.ko
		without
	done
done

with "$ours" "$ours"
user_space "both ours" "$ours" "$ours"
user_space "both mainline's" $theirs $theirs
user_space "our char, mainline's ctrl" "$ours" $theirs
user_space "mainline's char, our ctrl" $theirs "$ours"
without
with $theirs $theirs
user_space "both ours on mainline's transport" "$ours" "$ours"
without

# Mainline's character device on the channel: it is ours to say no to the
# driver that the name would choose.
with "$ours" "$ours"
check "the character driver loads" insmod $theirs/rpmsg_char.ko
check "the control driver loads" insmod $theirs/rpmsg_ctrl.ko
check "the control device is there" test -c /dev/rpmsg_ctrl0
dev=$(channel)
echo rpmsg_chrdev >"$dev/driver_override"
same "the override" rpmsg_chrdev "$(cat "$dev/driver_override")"
check "the channel gets the driver" sh -c "echo ${dev##*/} >/sys/bus/rpmsg/drivers/rpmsg_chrdev/bind"
same "its address is bound" 0x400 "$(cat "$dev/src")"
exec 3<>/dev/rpmsg0
printf hello >&3
same "an answer" hello "$(dd bs=512 count=1 <&3 2>/dev/null)"
same "a message of 496 bytes" 0 "$(head -c 496 /dev/zero >/tmp/m && dd if=/tmp/m bs=496 count=1 >&3 2>/dev/null; echo $?)"
same "one of 497 bytes" 1 "$(head -c 497 /dev/zero >/tmp/m && dd if=/tmp/m bs=497 count=1 >&3 2>/dev/null; echo $?)"
logged "a message of 497 bytes is too long, 496 fit"

# The processor goes while somebody writes without end.
while printf '%0496d' 0; do :; done >&3 2>/dev/null &
writer=$!
same "stop under load" "" "$(power stop)"
wait $writer
exec 3>&-
check "the device is gone" test ! -e /dev/rpmsg0
check "all unload" rmmod rpmsg_ctrl rpmsg_char virtio_rpmsg_bus rpmsg_ns
finish
