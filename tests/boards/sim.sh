# SPDX-License-Identifier: GPL-2.0
# The simulated remote processor: no device tree, no firmware file, no second
# processor; everything else is as with a real one, misbehaviour too.
# shellcheck shell=sh disable=SC1091,SC2034,SC2154 # what is sourced is in the guest
. /add/check.sh

# udev: what it does elsewhere, the module of each device that has come.
udev() {
	for alias in /sys/bus/virtio/devices/*/modalias /sys/bus/rpmsg/devices/*/modalias; do
		[ ! -e "$alias" ] || modprobe "$(cat "$alias")" 2>/dev/null
	done
	"$@"
}
traced() { grep -q "$1" "$debug/trace0"; }

# sim PARAMETERS...: the simulated processor anew, told how to behave.
sim() {
	mark
	[ ! -d /sys/module/rproc_sim ] || check "the processor unloads" rmmod rproc_sim
	check "the processor loads: $*" modprobe rproc_sim "$@"
}

# play WHAT COUNT: COUNT round trips of the sample.
play() {
	check "$1: the sample loads" modprobe rpmsg_client_sample count="$2"
	comes "$1: it gets all answers" log_line "goodbye!"
	check "$1: the sample unloads" rmmod rpmsg_client_sample
}

# The way of somebody who tries it on a laptop.
check "it loads, and nothing else is loaded by hand" modprobe rproc_sim
comes "there is a device" udev test -c /dev/rpmsg0
exec 3<>/dev/rpmsg0
for text in hello 'hello again'; do
	printf %s "$text" >&3
	same "it answers" "$text" "$(dd bs=512 count=1 <&3 2>/dev/null)"
done
exec 3>&-
comes "the sample has been answered too" udev log_line "goodbye!"
check "the drivers unload" rmmod rpmsg_client_sample rpmsg_ctrl rpmsg_char

sim
comes "it boots by itself" state_is running
comes "its service has a channel" channel
same "its name" rproc-sim "$(cat "$rproc/name")"
play "as it is" 1000
same "what it traced" "the driver is ready" "$(tr -d '\000' <"$debug/trace0")"
same "stop" "" "$(power stop)"
comes "its channel is gone" no_channel
same "start" "" "$(power start)"
comes "its channel is back" channel
play "after a restart" 100

sim auto_boot=0
same "it does not boot by itself" offline "$(state)"
same "start" "" "$(power start)"
comes "its channel is there" channel

sim auto_boot=0 fail_boots=2
same "the first boot fails" "sh: write error: Input/output error" "$(power start)"
logged "remoteproc remoteproc0: can't start rproc-sim: EIO"
same "state" offline "$(state)"
same "the second boot fails" "sh: write error: Input/output error" "$(power start)"
same "the third succeeds" "" "$(power start)"
comes "its channel is there" channel

sim crash_boots=2
logged "remoteproc remoteproc0: handling crash #1 in rproc-sim"
logged "remoteproc remoteproc0: handling crash #2 in rproc-sim"
comes "the third boot succeeds" channel
same "it runs" running "$(state)"
same "it has crashed twice" 2 "$(log_count 'handling crash')"
play "after two crashes" 10

sim silent=1
comes "it runs" state_is running
check "and announces nothing" no_channel

# What its driver knows, nobody announces.
sim silent=1 static_channels=1
comes "the client's channel is there" channel
check "the server's too" test -e /sys/bus/rpmsg/devices/*.rpmsg-server-sample.137.-1
same "nobody has announced them" 0 "$(log_count 'creating channel')"
play "without an announcement" 100
check "the server loads" modprobe rpmsg_server_sample
comes "the remote has its answers" traced "10 answers of rpmsg-server-sample at 0x89"
check "the server unloads" rmmod rpmsg_server_sample
logged "10 messages served"
comes "the remote knows" traced "Linux has no rpmsg-server-sample at 0x89 any more"

# Who uses its services, if it wants to know.
check "nobody tells it unasked" sh -c "! grep -q 'rpmsg-client-sample' $debug/trace0"
sim tell_bound=1
comes "its channel is there" channel
check "the sample loads" modprobe rpmsg_client_sample count=1
comes "it hears of the client" traced "Linux has rpmsg-client-sample at 0x400"
check "the sample unloads" rmmod rpmsg_client_sample
comes "and of its end" traced "Linux has no rpmsg-client-sample at 0x400 any more"

sim crash_after=50
comes "its channel is there" channel
check "the sample loads" modprobe rpmsg_client_sample count=100
logged "remoteproc remoteproc0: crash detected in rproc-sim: type fatal error"
comes "it was recovered" log_line "remote processor rproc-sim is now up"
comes "it runs again" state_is running
comes "its channel is back" channel
check "the sample unloads" rmmod rpmsg_client_sample

sim hang_after=50
comes "its channel is there" channel
check "the sample loads" modprobe rpmsg_client_sample count=100
comes "it says so in its trace" grep -q "hanging as asked for" "$debug/trace0"
same "it is still running, as far as anybody knows" running "$(state)"
check "the sample unloads" rmmod rpmsg_client_sample
same "it can be stopped" "" "$(power stop)"
same "and started" "" "$(power start)"
comes "its channel is back" channel

sim slow_us=2000
comes "its channel is there" channel
play "slowly" 50

sim malformed=1
comes "its channel is there" channel
mark
play "among malformed messages" 300
same "one was to an address that nobody has" "dropped_no_endpoint: 1" \
	"$(grep dropped_no_endpoint /sys/kernel/debug/rpmsg/*/device)"
check "the log is not flooded" test "$(dmesg | grep -cv rpmsg_client_sample)" -lt 30

# The same by a message.
# order TEXT: a message to its service, from a shell.
order() {
	comes "$1: its channel is there" channel
	dev=$(channel)
	echo rpmsg_chrdev >"$dev/driver_override"
	echo "${dev##*/}" >/sys/bus/rpmsg/drivers/rpmsg_chrdev/bind
	comes "$1: it has a device" test -c /dev/rpmsg0
	check "$1: the message is sent" sh -c "printf %s '$1' >/dev/rpmsg0"
}
sim raw=0
check "the character driver loads" modprobe rpmsg_char
order '!malformed'
comes "it is counted" grep -q 'dropped_no_endpoint: 1' /sys/kernel/debug/rpmsg/*/device
same "stop" "" "$(power stop)"
same "start" "" "$(power start)"
order '!hang'
comes "it says so in its trace" traced "hanging as asked for"
same "stop" "" "$(power stop)"
same "start" "" "$(power start)"
order '!crash'
logged "remoteproc remoteproc0: crash detected in rproc-sim: type fatal error"
comes "its channel is back" channel
check "the character driver unloads" rmmod rpmsg_char

# Away while it talks.
sim
comes "its channel is there" channel
check "the sample loads" modprobe rpmsg_client_sample count=1000000
check "the processor unloads in the middle of it" rmmod rproc_sim
check "the sample unloads" rmmod rpmsg_client_sample
check "all is gone" test ! -e "$rproc"
finish
