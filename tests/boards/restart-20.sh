# SPDX-License-Identifier: GPL-2.0
# Stop and start, 20 times, each time with messages, and no memory is lost.
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh

free_memory() { awk '/CmaFree/ { print $2 }' /proc/meminfo; }

up
check "the sample loads" modprobe rpmsg_client_sample count=10
comes "its messages are answered" log_line "goodbye!"

round=0
while [ $round -lt 20 ]; do
	round=$((round + 1))
	mark
	same "round $round: stop" "" "$(power stop)"
	same "round $round: state" offline "$(state)"
	# The first round sets what the later ones are compared with.
	[ $round = 1 ] && before=$(free_memory)
	same "round $round: free contiguous memory" "$before" "$(free_memory)"
	same "round $round: start" "" "$(power start)"
	same "round $round: state" running "$(state)"
	comes "round $round: messages are answered" log_line "goodbye!"
done
finish
