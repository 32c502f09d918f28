# SPDX-License-Identifier: GPL-2.0
# The counters in debugfs, and with them the worked example of
# Documentation/rpmsg-performance.rst: finding a remote that takes nothing any more.
# tools: rpmsg_user
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh

counters=/sys/kernel/debug/rpmsg/virtio0
user() { /add/rpmsg_user "$@"; }
# endpoint ADDR NAME: a number of an endpoint; device NAME: one of all of them.
endpoint() { sed -n "s/^$1:.* $2=\([0-9]*\).*/\1/p" $counters/endpoints; }
device() { sed -n "s/^$1: //p" $counters/device; }
asleep() { grep -q '^State:.S' "/proc/$1/status"; }

up
check "the drivers load" modprobe -a rpmsg_char rpmsg_ctrl
comes "the control device is there" test -c /dev/rpmsg_ctrl0
exec 3<>/dev/rpmsg_ctrl0
same "a device" 0 "$(user 3 create-ept demo 2000 50)"
same "another, for the remote's commands" 0 "$(user 3 create-ept commands 2001 51)"
exec 4<>/dev/rpmsg0 5<>/dev/rpmsg1

# --- all is well ----------------------------------------------------------------
same "the longest message" 496 "$(device mtu)"
check "the name service has heard of a service" test "$(endpoint 0x35 received)" -ge 1
same "a message" 5 "$(user 4 write hello)"
same "its answer" hello "$(user 4 read 512)"
same "another" 3 "$(user 4 write you)"
same "its answer" you "$(user 4 read 512)"
for number in sent=2 sent_bytes=8 received=2 received_bytes=8 waits=0 no_buffer=0 \
	timeouts=0 failed=0 dropped=0; do
	same "the endpoint has $number" "${number#*=}" "$(endpoint 0x7d0 "${number%=*}")"
done
same "nobody waits" 0 "$(endpoint 0x7d0 waiting)"
same "no message was dropped" 0 "$(device dropped_no_endpoint)"
check "there were kicks" test "$(device kicks_for_messages)" -ge 1
check "there were interrupts" test "$(device interrupts)" -ge 1
interrupts=$(device buffer_interrupts)
check "a driver loads that takes a buffer in vain" modprobe rpmsg_sleeper
same "it has a channel" 0 "$(user 3 create-dev rpmsg-borrower 2002 50)"
comes "and that is bound" test -e /sys/bus/rpmsg/drivers/rpmsg_sleeper/virtio0.rpmsg-borrower.2002.50
same "that is no interrupt for a buffer" "$interrupts" "$(device buffer_interrupts)"

# --- the remote hangs ---------------------------------------------------------------
same "the remote hangs" 4 "$(user 5 write hang)"
user 4 nonblock 1 >/dev/null
same "the ring is full" EAGAIN "$(user 4 fill)"
same "the endpoint found no buffer" 1 "$(endpoint 0x7d0 no_buffer)"
user 4 nonblock 0 >/dev/null
interrupts=$(device buffer_interrupts)
/add/rpmsg_user 4 write more >/dev/null &
writer=$!
comes "a writer waits" asleep $writer
same "it is counted" 1 "$(endpoint 0x7d0 waits)"
same "no interrupt says that a buffer is free" "$interrupts" "$(device buffer_interrupts)"
kill -TERM $writer
wait $writer
same "it gave up" 1 "$(endpoint 0x7d0 failed)"
same "it had no answer since" 2 "$(endpoint 0x7d0 received)"

# --- what remains when it is closed ----------------------------------------------
sent=$(endpoint 0x7d0 sent)
exec 4>&-
same "the endpoint is gone" "" "$(endpoint 0x7d0 sent)"
same "its messages are not" "sent=$sent" "$(device endpoints_gone | cut -d ' ' -f 1)"
exec 3>&- 5>&-
same "stop" "" "$(power stop)"
check "the counters go with the transport" test ! -e $counters
finish
