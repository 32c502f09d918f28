# SPDX-License-Identifier: GPL-2.0
# /dev/rpmsgN, as Documentation/rpmsg-user.rst promises it: messages, lengths,
# what is bounded, what blocks and what wakes it, and the end of the device while
# it is in use.
# tools: rpmsg_user
# kernel: checked
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh

tool=/add/rpmsg_user
class=/sys/class/rpmsg
user() { $tool "$@"; }
open_fails() { sh -c "exec 9<>$1" 2>&1 | sed 's/.*: //'; }
pending() { [ "$(user "$1" pending)" = "$2" ]; }
asleep() { grep -q '^State:.S' "/proc/$1/status"; }
counter() { sed -n "s/^$1: //p" /sys/kernel/debug/rpmsg/virtio0/device; }
dropped() { [ "$(cat $class/rpmsg0/dropped)" = "$1" ]; }

# blocks WHAT FD COMMAND...: runs the tool until it sleeps in the kernel; says
# with whom in $blocked. What it prints goes to the file /tmp/WHAT.
blocks() {
	what=$1
	shift
	$tool "$@" >"/tmp/$what" &
	blocked=$!
	comes "the $what blocks" asleep $blocked
}

start() {
	comes "the processor runs" state_is running
	comes "the control device is there" test -c /dev/rpmsg_ctrl0
	exec 3<>/dev/rpmsg_ctrl0
	same "a device for an endpoint" 0 "$(user 3 create-ept demo -1 50)"
	check "it is there" test -c /dev/rpmsg0
}

check "the modules load" load
check "the drivers load" modprobe rpmsg_char
check "the control driver loads" modprobe rpmsg_ctrl
start

# --- what it looks like ---------------------------------------------------------
same "the name" demo "$(cat $class/rpmsg0/name)"
same "the address before it is open" -1 "$(cat $class/rpmsg0/src)"
same "the other side's" 50 "$(cat $class/rpmsg0/dst)"
exec 4<>/dev/rpmsg0
same "the address while it is open" 1024 "$(cat $class/rpmsg0/src)"
same "nobody else can open it" "Device or resource busy" "$(open_fails /dev/rpmsg0)"

# --- messages ---------------------------------------------------------------------
same "a message" 5 "$(user 4 write hello)"
same "its answer" hello "$(user 4 read 512)"
polls=$(counter polls) soft_polls=$(counter soft_polls)
same "another message" 5 "$(user 4 write again)"
same "its answer" again "$(user 4 read 512)"
same "a softirq has taken that" "1 1" \
	"$(($(counter polls) - polls)) $(($(counter soft_polls) - soft_polls))"
same "ready for writing only" OUT "$(user 4 poll 0)"
same "two messages" "3 3" "$(user 4 write one) $(user 4 write two)"
same "the first answer" one "$(user 4 read 512)"
same "the second" two "$(user 4 read 512)"
same "an empty message" 0 "$(user 4 write-zeroes 0)"
same "as long as it may be" 496 "$(user 4 write-zeroes 496)"
same "longer" EMSGSIZE "$(user 4 write-zeroes 497)"
same "much longer" EMSGSIZE "$(user 4 write-zeroes 131072)"
# Its length is enough to refuse it: no memory is allocated, nothing is copied.
same "longer, from nowhere" EMSGSIZE "$(user 4 write-fault 497)"
same "from nowhere" EFAULT "$(user 4 write-fault 496)"
same "the empty answer" "" "$(user 4 read 512)"
comes "the long answer" pending 4 496
same "ready for both" "IN OUT" "$(user 4 poll 0)"
same "no room for it" EMSGSIZE "$(user 4 read 495)"
same "no memory for it" EFAULT "$(user 4 fault)"
same "it is still there" 496 "$(user 4 pending)"
same "all of it" 496 "$(($(user 4 read 496 | wc -c) - 1))"
same "nothing more" 0 "$(user 4 pending)"

# --- what does not block ------------------------------------------------------------
same "no waiting" 0 "$(user 4 nonblock 1)"
same "nothing to read" EAGAIN "$(user 4 read 512)"
same "waiting again" 0 "$(user 4 nonblock 0)"
blocks reader 4 read 512
same "poll beside a reader" OUT "$(user 4 poll 0)"
same "a message for it" 4 "$(user 4 write wake)"
wait $blocked || true
same "it wakes the reader" wake "$(cat /tmp/reader)"
blocks reader 4 read 512
kill -TERM $blocked
wait $blocked || true
same "a signal ends waiting" "" "$(cat /tmp/reader)"

# --- what nobody knows ---------------------------------------------------------------
same "the other side has not asked to pause" 0 "$(user 4 get-flow)"
same "neither pause nor go on" EINVAL "$(user 4 set-flow 2)"
same "an unknown request" EINVAL "$(user 4 ioctl 12345)"

# --- more than anybody reads -----------------------------------------------------------
mark
same "1100 messages" 1100 "$(user 4 count 1100)"
comes "1024 are kept, the others counted" dropped 76
logged "nobody reads: the queue is full"
same "the oldest is the first" 0 "$(user 4 read 512)"
same "then the next" 1 "$(user 4 read 512)"
exec 4>&-
same "closed: no address" -1 "$(cat $class/rpmsg0/src)"
exec 4<>/dev/rpmsg0
same "open again: nothing to read" OUT "$(user 4 poll 0)"
same "an answer" 3 "$(user 4 write new)"
same "to this one" new "$(user 4 read 512)"

# --- the other side takes nothing any more ---------------------------------------------
same "a device for the remote's commands" 0 "$(user 3 create-ept commands -1 51)"
exec 5<>/dev/rpmsg1
same "the other side hangs" 4 "$(user 5 write hang)"
same "no waiting" 0 "$(user 4 nonblock 1)"
same "the ring is full" EAGAIN "$(user 4 fill)"
same "not ready for writing" "" "$(user 4 poll 0)"
same "waiting again" 0 "$(user 4 nonblock 0)"
blocks writer 4 write more
writer=$blocked
blocks reader 4 read 512
reader=$blocked
same "no waiting" 0 "$(user 4 nonblock 1)"
same "not even for other writers" EAGAIN "$(user 4 write more)"
same "nor readers" EAGAIN "$(user 4 read 512)"
same "poll beside them" "" "$(user 4 poll 0)"

# --- the device is destroyed --------------------------------------------------------------
same "destroy" 0 "$(user 4 destroy)"
wait $writer
wait $reader
same "the writer wakes" EPIPE "$(cat /tmp/writer)"
same "the reader wakes" EPIPE "$(cat /tmp/reader)"
check "it is gone" test ! -e /dev/rpmsg0
same "nothing to read from" EPIPE "$(user 4 read 512)"
same "nothing to write to" EPIPE "$(user 4 write more)"
same "poll says so" ERR "$(user 4 poll 0)"
same "no flow to control" EPIPE "$(user 4 set-flow 1)"
same "destroy again" 0 "$(user 4 destroy)"
exec 4>&-

# --- the processor goes -----------------------------------------------------------------
blocks writer 5 write more
writer=$blocked
blocks reader 5 read 512
reader=$blocked
blocks poller 5 epoll
poller=$blocked
same "stop" "" "$(power stop)"
wait $writer
wait $reader
wait $poller
same "the writer wakes" EPIPE "$(cat /tmp/writer)"
same "the reader wakes" EPIPE "$(cat /tmp/reader)"
same "epoll wakes" ERR "$(cat /tmp/poller)"
check "the device is gone" test ! -e /dev/rpmsg1
check "the control device too" test ! -e /dev/rpmsg_ctrl0
same "nothing to read from" EPIPE "$(user 5 read 512)"
same "nothing to destroy" 0 "$(user 5 destroy)"
same "nobody to ask" ENODEV "$(user 3 create-ept demo -1 50)"

# --- the modules ----------------------------------------------------------------------
check "rpmsg_char stays while its device is open" sh -c "! rmmod rpmsg_char 2>/dev/null"
check "rpmsg_ctrl too" sh -c "! rmmod rpmsg_ctrl 2>/dev/null"
exec 5>&- 3>&-
same "start" "" "$(power start)"
start
exec 4<>/dev/rpmsg0
same "an answer" 5 "$(user 4 write again)"
same "as before" again "$(user 4 read 512)"
exec 3>&- 4>&-
check "rpmsg_char stays while rpmsg_ctrl uses it" sh -c "! rmmod rpmsg_char 2>/dev/null"
check "rpmsg_ctrl goes when nobody has it open" rmmod rpmsg_ctrl
check "its devices with it" test ! -e /dev/rpmsg0
check "then rpmsg_char" rmmod rpmsg_char
finish
