# SPDX-License-Identifier: GPL-2.0
# Recovery from crashes: on, off and by hand, in sysfs and in debugfs; one that
# fails leaves a state from which everything can be had again.
# boards: panda hawk
# kernel: checked
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh

# put WORD FILE: what a write says.
put() { { echo "$1" >"$2"; } 2>&1; }
invalid="sh: write error: Invalid argument"
# recovered WHAT: it runs, its service is back, and it has the one user it had.
recovered() {
	comes "$1: its channel is back" channel
	same "$1: state" running "$(state)"
	check "$1: the sample loads" modprobe rpmsg_client_sample count=10
	comes "$1: its messages are answered" log_line "goodbye!"
	check "$1: the sample unloads" rmmod rpmsg_client_sample
}

up
same "debugfs says so" enabled "$(cat "$debug/recovery")"
same "sysfs: another word" "$invalid" "$(put on "$rproc/recovery")"
same "debugfs: another word" "$invalid" "$(put on "$debug/recovery")"
same "debugfs: a long word" "$invalid" "$(put disabled-or-what-do-you-think "$debug/recovery")"
same "no such kind of crash" "$invalid" "$(put 3 "$debug/crash")"
same "no crash" "$invalid" "$(put mmufault "$debug/crash")"
same "it runs" running "$(state)"
same "nothing to recover" "" "$(put recover "$rproc/recovery")"
same "it still runs" running "$(state)"

mark
same "a crash" "" "$(put 1 "$debug/crash")"
logged "remoteproc remoteproc0: crash detected in $PROCESSOR: type watchdog"
logged "remoteproc remoteproc0: handling crash #1 in $PROCESSOR"
logged "remoteproc remoteproc0: recovering $PROCESSOR"
logged "remoteproc remoteproc0: remote processor $PROCESSOR is now up"
recovered "recovery"

same "disable recovery in debugfs" "" "$(put disabled "$debug/recovery")"
same "sysfs says so" disabled "$(cat "$rproc/recovery")"
mark
same "a crash without recovery" "" "$(put 2 "$debug/crash")"
comes "the state says so" state_is crashed
logged "remoteproc remoteproc0: crash detected in $PROCESSOR: type fatal error"
same "recover by hand" "" "$(put recover "$debug/recovery")"
same "recovery is still disabled" disabled "$(cat "$debug/recovery")"
recovered "recovery by hand"
same "a second crash without recovery" "" "$(put 0x2 "$debug/crash")"
comes "the state says so again" state_is crashed
same "enabling recovery recovers it" "" "$(put enabled "$rproc/recovery")"
mark
recovered "recovery by enabling"
same "its only user leaves" "" "$(power stop)"
same "nobody is left" offline "$(state)"

# fails: a crash whose recovery has no firmware.
fails() {
	mark
	mv "/lib/firmware/$FIRMWARE" /lib/firmware/away
	same "$1: a crash" "" "$(put 1 "$debug/crash")"
	logged "recovery failed: ENOENT; $PROCESSOR is offline, write recover to its recovery to try again"
	same "$1: state" offline "$(state)"
	check "$1: no channel" no_channel
}

same "start" "" "$(power start)"
comes "its channel comes" channel
fails "failed recovery"
same "to try again fails as well" "sh: write error: No such file or directory" "$(put recover "$rproc/recovery")"
mv /lib/firmware/away "/lib/firmware/$FIRMWARE"
mark
same "to try again" "" "$(put recover "$rproc/recovery")"
recovered "second try"
same "its only user leaves" "" "$(power stop)"
same "nobody is left" offline "$(state)"

same "start" "" "$(power start)"
comes "its channel comes" channel
fails "another failed recovery"
mv /lib/firmware/away "/lib/firmware/$FIRMWARE"
same "its user leaves" "" "$(power stop)"
same "there is no other" "$invalid" "$(power stop)"
same "it starts" "" "$(power start)"
mark
recovered "start after a failed recovery"
same "stop" "" "$(power stop)"
same "it is off" offline "$(state)"
finish
