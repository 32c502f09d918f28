# SPDX-License-Identifier: GPL-2.0
# The simulated remote processor: no device tree, no firmware file, no second
# processor; everything else is as with a real one, misbehaviour too.
# shellcheck shell=sh disable=SC1091,SC2034,SC2154 # what is sourced is in the guest
. /add/check.sh

check "the bus loads" modprobe virtio_rpmsg_bus
check "the name service loads" modprobe rpmsg_ns

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

sim silent=1
comes "it runs" state_is running
check "and announces nothing" no_channel

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
check "the log is not flooded" test "$(dmesg | grep -cv rpmsg_client_sample)" -lt 30

# Away while it talks.
sim
comes "its channel is there" channel
check "the sample loads" modprobe rpmsg_client_sample count=1000000
check "the processor unloads in the middle of it" rmmod rproc_sim
check "the sample unloads" rmmod rpmsg_client_sample
check "all is gone" test ! -e "$rproc"
finish
