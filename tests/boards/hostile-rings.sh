# SPDX-License-Identifier: GPL-2.0
# Firmware with two virtio devices damages the rings of the second one, every field
# that it can write (see saboteur.rs of the sample firmware): the kernel stays up, says
# what is wrong, and the first device's channels work on. A ring that makes no sense
# stays unused until the driver is bound anew; then it is as good as ever.
# boards: panda
# firmware: hostile
# tools: rpmsg_user
# kernel: checked
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh

user() { /add/rpmsg_user "$@"; }
bus=/sys/bus/virtio/drivers/virtio_rpmsg_bus
# counted NAME: what the second device has counted.
counted() { sed -n "s/^$1: //p" /sys/kernel/debug/rpmsg/virtio1/device; }
# counts NAME N: whether it has counted N.
counts() { [ "$(counted "$1")" = "$2" ]; }
# ctrl_of DEVICE: the control device on it.
ctrl_of() {
	for dev in /sys/class/rpmsg/rpmsg_ctrl*; do
		case $(readlink -f "$dev") in */"$1"/*) echo "/dev/${dev##*/}" && return 0 ;; esac
	done
	return 1
}
# An order to the saboteur.
order() { same "$1" "done" "$(user 4 ask "$1")"; }
asleep() { grep -q '^State:.S' "/proc/$1/status"; }
good_works() { same "$1: the first device works" 50 "$(user 5 pingpong 50 16)"; }
# anew: the second device, bound again, its rings set up anew, an endpoint on it.
anew() {
	echo virtio1 >$bus/unbind
	echo virtio1 >$bus/bind
	wait_for "its control device" ctrl_of virtio1 >/dev/null || fail "the second device has no control device"
	mark
}
# open_second: an endpoint on the second device, as 7.
open_second() {
	exec 6<>"$(ctrl_of virtio1)"
	user 6 create-ept victim 3000 50 >/dev/null
	for dev in /sys/class/rpmsg/rpmsg*; do
		[ "$(cat "$dev/name" 2>/dev/null)" != victim ] || victim=/dev/${dev##*/}
	done
	exec 7<>"$victim"
	user 7 nonblock 1 >/dev/null
}
close_second() {
	user 7 destroy >/dev/null
	exec 6>&- 7>&-
}
ln -s /add/firmware-hostile.elf /lib/firmware/hostile.elf
up
check "the drivers load" modprobe rpmsg_ctrl
same "stop" "" "$(power stop)"
echo hostile.elf >"$rproc/firmware"
mark
same "start" "" "$(power start)"
comes "the first device's control device is there" ctrl_of virtio0
comes "the second one's too" ctrl_of virtio1
# Its configuration space ends after the magic number.
logged "virtio_rpmsg_bus virtio1: buffers of 0 bytes, they have 64 to 65536 bytes, a multiple of 8; buffers have 512 bytes"
exec 3<>"$(ctrl_of virtio0)"
same "an endpoint for the saboteur" 0 "$(user 3 create-ept orders -1 57)"
same "one for the echo" 0 "$(user 3 create-ept echo -1 50)"
exec 4<>/dev/rpmsg0 5<>/dev/rpmsg1
# The first message is answered by those that hostile.sh is about, too.
user 5 write x >/dev/null
comes "an empty message from nobody" user 5 read 496
comes "the answer" user 5 read 496
good_works "before"

# --- messages that are none: the buffer goes back, nothing else happens -------------------
mark
for round in 1 2 3; do
	order "0 len long"
	order "0 len short"
	good_works "lengths, round $round"
done
for line in "the ring claims 4294967295 bytes in a buffer of 512" "dropped a message: "; do
	logged "virtio_rpmsg_bus virtio1: $line"
done
same "all were counted that are too long" 3 "$(counted dropped_bad_length)"
same "and too short" 3 "$(counted dropped_bad_header)"

# --- rings that make no sense ------------------------------------------------------------------
# once LINE: the log has it, and once.
once() {
	logged "$1"
	same "once" 1 "$(dmesg | grep -cF "$1")"
}
quiet() { check "$1: the log is not flooded" test "$(dmesg | wc -l)" -lt 20; }
anew
same "a ring as good as new" 00 "$(counted damaged_ring_from_remote)$(counted damaged_ring_to_remote)"
# used DAMAGE: what the log says of it.
used() {
	case $1 in
	"id range") echo "has used buffer 65535, there are 256" ;;
	"id twice") echo "has used buffer 0, which it did not have" ;;
	"idx jump") echo "has used 1000 buffers at once, it had 256" ;;
	used) echo "has used 65535 buffers at once, it had 256" ;;
	esac
}
for damage in "id range" "idx jump" used; do
	anew
	order "0 $damage"
	good_works "receive ring, $damage"
	once "virtio_rpmsg_bus virtio1: input: the device $(used "$damage")"
	once "virtio_rpmsg_bus virtio1: the remote has damaged the ring of messages from it: nothing is received until it restarts or the driver is bound anew"
	same "$damage: it is counted" 1 "$(counted damaged_ring_from_remote)"
	quiet "$damage"
done
# A buffer that is used goes back at once, so it may come again: that looks like messages that
# are none. Their number is what the saboteur says.
anew
order "0 id twice"
good_works "receive ring, id twice"
comes "two empty messages for nobody" counts dropped_no_endpoint 2
logged "virtio_rpmsg_bus virtio1: a message of 0 bytes from 0x0 to 0x0, where there is no endpoint"
quiet "id twice"
for damage in "id range" "id twice" "idx jump" used; do
	anew
	open_second
	same "$damage: a message" 1 "$(user 7 write x)"
	order "1 $damage"
	# Who needs a buffer looks at the ring.
	same "$damage: sending ends" EIO "$(user 7 fill)"
	good_works "send ring, $damage"
	once "virtio_rpmsg_bus virtio1: output: the device $(used "$damage")"
	once "virtio_rpmsg_bus virtio1: the remote has damaged the ring of messages to it: nothing is sent until it restarts or the driver is bound anew"
	same "$damage: it is counted" 1 "$(counted damaged_ring_to_remote)"
	quiet "$damage"
	close_second
done
# Nobody takes messages out of the second device's ring.
anew
open_second
same "the ring is full" EAGAIN "$(user 7 fill)"
user 7 nonblock 0 >/dev/null
user 7 write x >/tmp/writer &
writer=$!
comes "a writer waits" asleep $writer
order "1 id range"
wait $writer || true
same "it does not wait for what never comes" EIO "$(cat /tmp/writer)"
same "nor does the next one" EIO "$(user 7 write x)"
same "which poll tells" ERR "$(user 7 poll 0)"
damaged="virtio_rpmsg_bus virtio1: the remote has damaged the ring of messages to it: nothing is sent until it restarts or the driver is bound anew"
logged "$damaged"
same "the log says so once" 1 "$(dmesg | grep -cF "$damaged")"
close_second

# --- what only the other side reads --------------------------------------------------------------
for ring in 0 1; do
	for damage in desc avail; do
		anew
		open_second
		order "$ring $damage"
		same "$ring $damage: messages, until the ring is full" EAGAIN "$(user 7 fill)"
		same "$ring $damage: no damage to what Linux reads" 00 \
			"$(counted damaged_ring_from_remote)$(counted damaged_ring_to_remote)"
		good_works "ring $ring, $damage"
		close_second
	done
done

# --- anything anywhere ------------------------------------------------------------------------------
# noise: random words in both rings, in every tenth round with messages in them; whatever
# becomes of those.
noise() {
	round=0
	while [ $round -lt 50 ]; do
		round=$((round + 1))
		if [ $((round % 10)) != 0 ]; then
			echo virtio1 >$bus/unbind && echo virtio1 >$bus/bind &&
				[ "$(user 4 ask "0 noise" "1 noise")" = "done" ] || return 1
			continue
		fi
		[ "$(dmesg | wc -l)" -lt 200 ] || return 1
		anew
		open_second
		[ "$(user 4 ask "0 noise" "1 noise")" = "done" ] || return 1
		user 7 fill >/dev/null
		close_second
		[ "$(user 5 pingpong 5 16)" = 5 ] || return 1
	done
}
check "fifty rounds of noise, while the first device works and the log is not flooded" noise
good_works "after noise"

exec 3>&- 4>&- 5>&-
same "stop" "" "$(power stop)"
echo "$FIRMWARE" >"$rproc/firmware"
mark
same "start" "" "$(power start)"
comes "the good firmware's channel is there" channel
check "the sample loads" modprobe rpmsg_client_sample count=100
comes "it gets all answers" log_line "goodbye!"
check "all unload" rmmod rpmsg_client_sample rpmsg_ctrl
finish
