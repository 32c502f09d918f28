# SPDX-License-Identifier: GPL-2.0
# Tracepoints: what events/rpmsg and events/remoteproc say of a boot, of messages,
# of a crash and of a stop; and that they say nothing when they are off.
# boards: panda hawk
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh

tracing=/sys/kernel/tracing
# events PATTERN: the lines of the trace that match, without task, CPU and time.
events() { sed -n 's/^.*: \(\(rpmsg\|rproc\)_[a-z_]*: \)/\1/p' $tracing/trace | grep -E -e "$1"; }
times() { events "$1" | wc -l; }
switch() { echo "$1" >$tracing/events/rpmsg/enable && echo "$1" >$tracing/events/remoteproc/enable; }
forget() { echo >$tracing/trace; }
# play: three messages there and back.
play() {
	mark
	check "the sample loads" modprobe rpmsg_client_sample count=3
	comes "its messages are answered" log_line "goodbye!"
	check "the sample unloads" rmmod rpmsg_client_sample
}

check "tracing is there" mount -t tracefs tracefs $tracing
check "the tracepoints come with amp" modprobe amp
check "they can be switched on" switch 1

# --- a boot -----------------------------------------------------------------------
up
file=/lib/firmware/$FIRMWARE
same "the boot" "rproc_boot: dev=remoteproc0 firmware=$FIRMWARE len=$(wc -c <"$file") ret=0" \
	"$(events rproc_boot)"
same "the state" "rproc_state: dev=remoteproc0 offline -> running" "$(events rproc_state)"
addr=$(cat "$(channel)/dst")
same "the service" \
	"rpmsg_name_service: dev=virtio0 remote create name=$service addr=$addr" \
	"$(events "name=$service ")"

# --- messages -----------------------------------------------------------------------
forget
play
src=0x400
same "what was sent" 3 "$(times "^rpmsg_send: dev=virtio0 src=$src dst=$addr len=12 ret=0$")"
same "what was received" 3 "$(times "^rpmsg_receive: dev=virtio0 src=$addr dst=$src len=12$")"
same "nothing else was sent" 3 "$(times "^rpmsg_send: .* dst=$addr ")"
check "the remote was kicked" events '^rpmsg_kick: dev=virtio0 queue=1$'

# --- a crash, a stop -------------------------------------------------------------------
forget
echo 1 >"$debug/crash"
comes "it runs again" log_line "is now up"
same "the crash" "rproc_crash: dev=remoteproc0 type=watchdog" "$(events rproc_crash)"
same "the states" "rproc_state: dev=remoteproc0 running -> crashed
rproc_state: dev=remoteproc0 crashed -> offline
rproc_state: dev=remoteproc0 offline -> running" "$(events rproc_state)"
same "one boot" 1 "$(times 'rproc_boot: .* ret=0')"
comes "the channel is back" channel
forget
same "stop" "" "$(power stop)"
same "the last state" "rproc_state: dev=remoteproc0 running -> offline" "$(events rproc_state)"

# --- what fails -----------------------------------------------------------------------
forget
echo x >/lib/firmware/bad
echo bad >"$rproc/firmware"
check "a start that fails" test -n "$(power start)"
same "the boot that was none" "rproc_boot: dev=remoteproc0 firmware=bad len=2 ret=-22" \
	"$(events rproc_boot)"
same "no other state" "" "$(events rproc_state)"

# --- off ------------------------------------------------------------------------------
echo "$FIRMWARE" >"$rproc/firmware"
check "they can be switched off" switch 0
forget
same "start" "" "$(power start)"
comes "the channel is there" channel
play
same "nothing is said" 0 "$(times .)"
finish
