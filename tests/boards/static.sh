# SPDX-License-Identifier: GPL-2.0
# Channels that exist without an announcement: a server from the device tree, which
# the remote visits, a client from an entry of the firmware's resource table, and a
# server that user space asks for. (Those of a platform driver: sim.sh.)
# boards: panda
# tools: rpmsg_user
# firmware: static-channels
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh

ln -s /add/firmware-static-channels.elf /lib/firmware/static.elf
server=/sys/bus/rpmsg/devices/virtio0.rpmsg-server-sample.137.-1
client=/sys/bus/rpmsg/devices/virtio0.rpmsg-client-sample.-1.50

# visited N: the firmware says that it has had its answers N times by now.
visited() { [ "$(tr -d '\000' <"$debug/trace0" | grep -c "10 answers of rpmsg-server-sample at 0x89")" = "$1" ]; }

up
check "the device tree's server is there" test -e "$server"
same "its address is the one asked for" 0x89 "$(cat "$server/src")"
same "it has no other end" 0xffffffff "$(cat "$server/dst")"
same "it will be announced" true "$(cat "$server/announce")"
check "nobody has been told of it" visited 0

for round in 1 2; do
	check "round $round: the server loads" modprobe rpmsg_server_sample
	comes "round $round: the remote gets its answers" visited $round
	check "round $round: the server unloads" rmmod rpmsg_server_sample
	logged "10 messages served"
	mark
done

# One more, at another address, that a program asks for.
asked=/sys/bus/rpmsg/devices/virtio0.rpmsg-server-sample.138.-1
check "the control driver loads" modprobe rpmsg_ctrl
comes "the control device is there" test -c /dev/rpmsg_ctrl0
exec 3<>/dev/rpmsg_ctrl0
check "the server loads" modprobe rpmsg_server_sample
comes "the remote gets its answers" visited 3
same "a server" 0 "$(/add/rpmsg_user 3 create-dev rpmsg-server-sample 138 -1)"
check "it is there" test -e "$asked"
same "it is announced" true "$(cat "$asked/announce")"
comes "the remote visits it" grep -q "10 answers of rpmsg-server-sample at 0x8a" "$debug/trace0"
same "it is taken away" 0 "$(/add/rpmsg_user 3 release-dev rpmsg-server-sample 138 -1)"
check "it is gone" test ! -e "$asked"
check "the other one stays" test -e "$server"
exec 3>&-
check "the drivers unload" rmmod rpmsg_server_sample rpmsg_ctrl rpmsg_char

same "stop" "" "$(power stop)"
check "the server goes with the processor" test ! -e "$server"
echo static.elf >"$rproc/firmware"
mark
same "start, with firmware that announces nothing" "" "$(power start)"
comes "its client is there" test -e "$client"
check "nobody has announced it" test "$(log_count 'creating channel')" = 0
same "it knows where to send" 0x32 "$(cat "$client/dst")"
same "nobody will be told of it" false "$(cat "$client/announce")"
check "the device tree's server is there again" test -e "$server"
check "the sample client loads" modprobe rpmsg_client_sample count=100
comes "it gets 100 answers" log_line "goodbye!"
check "the server loads" modprobe rpmsg_server_sample
comes "the remote gets its answers" visited 1

check "the samples unload" rmmod rpmsg_client_sample rpmsg_server_sample
same "stop again" "" "$(power stop)"
check "both are gone" test ! -e "$server" -a ! -e "$client"
finish
