# SPDX-License-Identifier: GPL-2.0
# Firmware that is missing or broken: one line says what is wrong and what would
# be right, the state stays offline, nothing is lost, and good firmware starts
# afterwards.
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh
. /add/elf.sh

good=/lib/firmware/$FIRMWARE
bad=/lib/firmware/bad.elf

# refused WHAT ERROR LINE: the start with bad.elf fails like that.
refused() {
	echo bad.elf >"$rproc/firmware"
	mark
	same "$1: start" "sh: write error: $2" "$(power start)"
	same "$1: state" offline "$(state)"
	logged "remoteproc remoteproc0: $3"
	same "$1: free contiguous memory" "$free" "$(free_memory)"
	echo "$FIRMWARE" >"$rproc/firmware"
	same "$1: good firmware starts afterwards" "" "$(power start)"
	comes "$1: its channel comes" channel
	same "$1: it stops" "" "$(power stop)"
}
free_memory() { awk '/CmaFree/ { print $2 }' /proc/meminfo; }

# change OFFSET NUMBER: bad.elf is the good firmware with another number at OFFSET.
change() { cp "$good" $bad && poke32 $bad "$1" "$2"; }

up
same "stop" "" "$(power stop)"
free=$(free_memory)

rm -f $bad
refused "missing" "No such file or directory" "bad.elf"
: >$bad
refused "empty" "Invalid argument" "bad.elf"
finish
