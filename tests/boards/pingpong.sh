# SPDX-License-Identifier: GPL-2.0
# 100 messages there and back, with the stack's sample driver and, on our stack,
# with the unmodified C one as well.
# kernel: checked
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh

# play WHOSE COMMAND...: COMMAND loads the sample. The C one reports each
# message, ours the number of round trips, both say goodbye.
play() {
	whose=$1
	shift
	mark
	check "$whose sample loads" "$@"
	comes "$whose sample gets 100 answers" log_line "goodbye!"
	same "$whose sample says so once" 1 "$(log_count 'goodbye!')"
	check "$whose sample counts 100" count_100
	check "$whose sample unloads" rmmod rpmsg_client_sample
}
count_100() { log_has 'incoming msg 100 |100 round trips'; }

up
play "the stack's" modprobe rpmsg_client_sample count=100
check "the channel outlives its driver" channel
play "the stack's, again," modprobe rpmsg_client_sample count=100
if [ -e /mainline/rpmsg_client_sample.ko ]; then
	play "mainline's" insmod /mainline/rpmsg_client_sample.ko count=100
fi
check "the remote saw it" grep -q '[[:print:]]' "$debug/trace0"
finish
