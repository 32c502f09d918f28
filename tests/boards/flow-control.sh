# SPDX-License-Identifier: GPL-2.0
# Flow control between /dev/rpmsgN and a service of the remote that pauses those who
# ask for it, and sends numbers: who waits, what wakes them, what the other side
# keeps back.
# boards: panda hawk
# tools: rpmsg_user
# kernel: checked
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh

tool=/add/rpmsg_user
user() { $tool "$@"; }
asleep() { grep -q '^State:.S' "/proc/$1/status"; }
# is FD EVENTS: whether the file is ready for these.
is() { [ "$(user "$1" poll 0)" = "$2" ]; }
# digits FD DIGIT...: the messages that come are these.
digits() {
	from=$1
	shift
	for digit in "$@"; do same "number $digit" "$digit" "$(user "$from" read 512)"; done
}
dump() { grep -h . /sys/kernel/debug/rpmsg/virtio0/*; }

check "the modules load" load
check "the drivers load" modprobe rpmsg_char
check "the control driver loads" modprobe rpmsg_ctrl
comes "the processor runs" state_is running
comes "the control device is there" test -c /dev/rpmsg_ctrl0
exec 3<>/dev/rpmsg_ctrl0
same "a device for an endpoint" 0 "$(user 3 create-ept flow -1 56)"
exec 4<>/dev/rpmsg0
same "ready" OUT "$(user 4 poll 0)"
same "nobody has paused us" 0 "$(user 4 get-flow)"

# --- the remote pauses us -------------------------------------------------------------
same "asked for a pause" 5 "$(user 4 write pause)"
comes "news, and not ready any more" is 4 PRI
same "we are paused" 1 "$(user 4 get-flow)"
same "that is no news any more" "" "$(user 4 poll 0)"
same "no waiting" 0 "$(user 4 nonblock 1)"
same "a write that does not wait" EAGAIN "$(user 4 write x)"
same "waiting again" 0 "$(user 4 nonblock 0)"

# Another endpoint is not paused.
same "another device" 0 "$(user 3 create-ept other -1 56)"
exec 5<>/dev/rpmsg1
same "it can send" 5 "$(user 5 write other)"
same "and is answered" other "$(user 5 read 512)"

$tool 4 write first >/tmp/first &
first=$!
comes "a writer waits" asleep $first
kill -TERM $first
wait $first || true
same "a signal ends that" "" "$(cat /tmp/first)"
$tool 4 write second >/tmp/second &
second=$!
comes "another writer waits" asleep $second

# The service lets go of whom it has paused, whoever says so.
same "another asks for it" 5 "$(user 5 write 'go on')"
wait $second || true
same "the writer goes on" 6 "$(cat /tmp/second)"
same "its answer" second "$(user 4 read 512)"
same "nobody has paused us any more" 0 "$(user 4 get-flow)"
same "ready again" OUT "$(user 4 poll 0)"

# --- we pause the remote ----------------------------------------------------------------
same "we have enough" 0 "$(user 4 set-flow 1)"
same "numbers" 8 "$(user 4 write 'stream 5')"
# The service has seen both when it has answered somebody else.
same "a message from elsewhere" 4 "$(user 5 write "done")"
same "is answered" "done" "$(user 5 read 512)"
same "no number has come" OUT "$(user 4 poll 0)"
same "we want more" 0 "$(user 4 set-flow 0)"
digits 4 1 2 3 4 5
same "another value" EINVAL "$(user 4 set-flow 2)"

# What we have paused goes on when we are gone: the next one at the address knows nothing.
same "a device at an address of its own" 0 "$(user 3 create-ept fixed 3000 56)"
exec 6<>/dev/rpmsg2
same "it has enough" 0 "$(user 6 set-flow 1)"
exec 6>&-
exec 6<>/dev/rpmsg2
same "the next one wants numbers" 8 "$(user 6 write 'stream 3')"
digits 6 1 2 3
exec 6>&-
# A channel's endpoint stays when its device is closed; the pause does not.
same "a channel" 0 "$(user 3 create-dev rpmsg-raw -1 56)"
comes "its device is there" test -c /dev/rpmsg3
exec 6<>/dev/rpmsg3
same "enough" 0 "$(user 6 set-flow 1)"
exec 6>&-
exec 6<>/dev/rpmsg3
same "the next one wants numbers" 8 "$(user 6 write 'stream 3')"
digits 6 1 2 3
exec 6>&-

# --- what becomes of a pause ------------------------------------------------------------
same "a pause" 5 "$(user 4 write pause)"
comes "it is there" is 4 PRI
exec 4>&-
exec 4<>/dev/rpmsg0
same "not for the next endpoint" OUT "$(user 4 poll 0)"
same "nor does the device remember it" 0 "$(user 4 get-flow)"
same "a pause" 5 "$(user 4 write pause)"
comes "it is there" is 4 PRI
$tool 4 write last >/tmp/last &
last=$!
comes "a writer waits" asleep $last
same "the processor stops" "" "$(power stop)"
wait $last || true
same "the writer is told" EPIPE "$(cat /tmp/last)"
exec 4>&-
exec 5>&-
exec 3>&-

# --- when the remote takes nothing any more ------------------------------------------------
same "start" "" "$(power start)"
comes "the control device is there again" test -c /dev/rpmsg_ctrl0
exec 3<>/dev/rpmsg_ctrl0
same "a device" 0 "$(user 3 create-ept commands -1 51)"
exec 4<>/dev/rpmsg0
same "the remote hangs" 4 "$(user 4 write hang)"
same "no waiting" 0 "$(user 4 nonblock 1)"
same "the ring is full" EAGAIN "$(user 4 fill)"
same "there is no room for a wish either" EAGAIN "$(user 4 set-flow 1)"
same "the processor stops" "" "$(power stop)"
same "nobody is there to ask" EPIPE "$(user 4 set-flow 1)"
exec 4>&-
exec 3>&-
[ "$failures" = 0 ] || dump
finish
