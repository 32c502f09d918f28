# SPDX-License-Identifier: GPL-2.0
# The sample firmware as COFF, as TI's compilers made it, converted to ELF: COFF
# itself is refused, what was converted boots, and its service answers.
# firmware as COFF
# boards: hawk
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh

set -- /add/*.coff
ln -s "$1" /lib/firmware/converted
printf '\302\000' >/lib/firmware/coff
head -c 100 "$1" | tail -c 98 >>/lib/firmware/coff

up
same "stop" "" "$(power stop)"
echo coff >"$rproc/firmware"
check "COFF is refused" sh -c "! echo start >$rproc/state"
echo converted >"$rproc/firmware"
mark
same "start" "" "$(power start)"
comes "its channel comes" channel
check "the sample loads" modprobe rpmsg_client_sample count=100
comes "its messages are answered" log_line "goodbye!"
check "the sample unloads" rmmod rpmsg_client_sample
same "stop" "" "$(power stop)"
finish
