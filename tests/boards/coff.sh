# SPDX-License-Identifier: GPL-2.0
# The sample firmware as COFF, as TI's compilers made it: COFF itself is refused,
# what was made of it, ELF and RPRC, boots, and its service answers.
# firmware as COFF
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh

set -- /add/*.coff
ln -s "$1" /lib/firmware/converted-elf
ln -s "$1.rprc" /lib/firmware/converted-rprc
printf '\302\000' >/lib/firmware/coff
head -c 100 "$1" | tail -c 98 >>/lib/firmware/coff

up
same "stop" "" "$(power stop)"
echo coff >"$rproc/firmware"
mark
same "COFF: start" "sh: write error: Invalid argument" "$(power start)"
logged "firmware coff: it begins with c2 00 "
for format in elf rprc; do
	echo converted-$format >"$rproc/firmware"
	mark
	same "$format: start" "" "$(power start)"
	comes "$format: its channel comes" channel
	check "$format: the sample loads" modprobe rpmsg_client_sample count=100
	comes "$format: its messages are answered" log_line "goodbye!"
	check "$format: the sample unloads" rmmod rpmsg_client_sample
	same "$format: stop" "" "$(power stop)"
done
finish
