# SPDX-License-Identifier: GPL-2.0
# Allocations fail, one of five, wherever Rust code makes them, while messages flow and
# devices, channels and the processor come and go. Nothing has to succeed meanwhile;
# afterwards everything does, and no buffer is lost.
# boards: sim
# tools: rpmsg_user
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh

failslab=/sys/kernel/debug/failslab
endpoints=/sys/kernel/debug/rpmsg/virtio0/endpoints
user() { /add/rpmsg_user "$@"; }
sent() { sed -n 's/^0x7d0: sent=\([0-9]*\) .*/\1/p' $endpoints; }
drained() { [ "$(user 4 read 512)" = EAGAIN ]; }

# faults PERCENT
faults() { echo "$1" >$failslab/probability; }
# again N COMMAND...: whatever comes of it.
again() {
	count=$1
	shift
	while [ "$count" -gt 0 ]; do
		"$@" >/dev/null 2>&1
		count=$((count - 1))
	done
}
message() { user 4 write hello; }
device() { user 3 create-ept other -1 50; sh -c 'exec 9<>/dev/rpmsg1 && /add/rpmsg_user 9 write hello; /add/rpmsg_user 9 destroy'; }
new_channel() { user 3 create-dev other -1 77; user 3 release-dev other -1 77; }
restart() { power stop; power start; }

if [ ! -d $failslab ]; then
	pass "this kernel injects no faults"
	finish
fi
up
check "the drivers load" modprobe -a rpmsg_char rpmsg_ctrl
comes "the control device is there" test -c /dev/rpmsg_ctrl0
start=$(awk '$3 == "rust_helper_krealloc_node_align" { print $1; exit }' /proc/kallsyms)
# The helper is small: the caller's return address lies within 256 bytes.
echo "0x$start" >$failslab/require-start
printf '0x%x\n' $((0x$start + 256)) >$failslab/require-end
echo 32 >$failslab/stacktrace-depth
echo N >$failslab/ignore-gfp-wait
echo 0 >$failslab/verbose
echo -1 >"$failslab/times"

exec 3<>/dev/rpmsg_ctrl0
same "a device" 0 "$(user 3 create-ept demo 2000 50)"
exec 4<>/dev/rpmsg0
faults 20
again 100 message
again 30 device
again 30 new_channel
faults 0
user 4 nonblock 1 >/dev/null
comes "all that was answered is read" drained
same "messages go there and back" 0 "$(user 4 nonblock 0)"
same "a thousand" 1000 "$(user 4 pingpong 1000 16)"

# All buffers to send in: the remote takes none any more.
same "a device for the remote's commands" 0 "$(user 3 create-ept commands 2001 51)"
dev=$(grep -lx commands /sys/class/rpmsg/rpmsg*/name)
exec 5<>"/dev/$(basename "${dev%/name}")"
same "the remote hangs" 4 "$(user 5 write hang)"
comes "it says so" grep -q "hanging as asked for" "$debug/trace0"
before=$(sent)
user 4 nonblock 1 >/dev/null
same "the ring is full" EAGAIN "$(user 4 fill)"
same "with all its buffers" 256 "$(($(sent) - before))"
exec 3>&- 4>&- 5>&-

faults 20
again 10 restart
faults 0
state_is running || same "it starts" "" "$(power start)"
comes "it runs" state_is running
comes "its channel is there" channel
check "the sample loads" modprobe rpmsg_client_sample count=300
comes "it has its answers" log_line "goodbye!"
check "all unload" rmmod rpmsg_client_sample rpmsg_ctrl rpmsg_char
finish
