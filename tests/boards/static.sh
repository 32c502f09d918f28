# SPDX-License-Identifier: GPL-2.0
# Channels that exist without an announcement: a server from the device tree, which
# the remote visits, and a client from an entry of the firmware's resource table.
# boards: panda
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
