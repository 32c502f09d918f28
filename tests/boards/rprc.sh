# SPDX-License-Identifier: GPL-2.0
# The sample firmware converted to RPRC: whatever the file is called, its format
# is told by its content; it boots, its service answers, it comes back.
# firmware as RPRC
# boards: panda
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh
. /add/elf.sh

good=$(echo /add/*.rprc)
bad=/lib/firmware/bad.rprc
ln -s "$good" /lib/firmware/converted.elf
# change OFFSET BYTE...: bad.rprc is the firmware with other bytes.
change() {
	cp "$good" $bad
	poke $bad "$@"
	echo bad.rprc >"$rproc/firmware"
	mark
}
# refused WHAT ERROR LINE
refused() {
	same "$1: start" "sh: write error: $2" "$(power start)"
	same "$1: state" offline "$(state)"
	logged "remoteproc remoteproc0: $3"
}
# Offset of the first section: behind the header and its text.
first=$((12 + $(peek "$good" 8 4)))
resources=$((first + 16))

up
same "stop" "" "$(power stop)"
echo converted.elf >"$rproc/firmware"
mark
same "start" "" "$(power start)"
comes "its channel comes" channel
check "the sample loads" modprobe rpmsg_client_sample count=100
comes "its messages are answered" log_line "goodbye!"
check "the sample unloads" rmmod rpmsg_client_sample
check "the first carveout has the vrings and buffers" sh -c "grep -A3 'Name: IPC' $debug/carveout_memories | grep -q 'Device address: 0xa0000000'"
check "the table is shown" grep -q 'Entry 0 is of type carveout' "$debug/resource_table"
pa=$(sed -n '/Entry 0 /,/^$/s/.*Physical Address //p' "$debug/resource_table")
same "its physical address is written back" "$(awk '$1 == "0xa0000000" { print $2 }' "$debug/iommu_mappings")" "$pa"
check "the trace buffer is there" grep -q '[[:print:]]' "$debug/trace0"

mark
echo 1 >"$debug/crash"
logged "remoteproc remoteproc0: recovering 55020000.ipu"
comes "the channel comes after a crash" channel
same "stop" "" "$(power stop)"
same "state" offline "$(state)"

change 4 9
refused "version 9" "Invalid argument" "firmware bad.rprc: "
change $first 9
refused "unknown section" "Invalid argument" "firmware bad.rprc: "
change 8 255 255 255 255
refused "text without end" "Invalid argument" "firmware bad.rprc: "
# The IPC carveout: its physical address, then its length.
change $((resources + 12)) 0 0 0 64
refused "carveout outside of the pool" "No space left on device" "IPC must lie at 0x40000000, the memory-region has room at 0x"
change $((resources + 20)) 0 0 4 0
refused "no room for vrings" "Invalid argument" "firmware bad.rprc: "

echo converted.elf >"$rproc/firmware"
same "the next start works" "" "$(power start)"
comes "its channel is back" channel
finish
