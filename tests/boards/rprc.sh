# SPDX-License-Identifier: GPL-2.0
# The sample firmware converted to RPRC: whatever the file is called, its format
# is told by its content; it boots, its service answers, it comes back.
# firmware as RPRC
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh
. /add/elf.sh

set -- /add/*.rprc
good=$1 bad=/lib/firmware/bad.rprc
ln -s "$good" /lib/firmware/converted.elf
# change OFFSET BYTE...: bad.rprc is the firmware with other bytes.
change() {
	cp "$good" $bad
	poke $bad "$@"
	echo bad.rprc >"$rproc/firmware"
	mark
}
# also OFFSET NUMBER: and another word.
also() { poke32 $bad "$@"; }
# refused WHAT ERROR LINE
refused() {
	same "$1: start" "sh: write error: $2" "$(power start)"
	same "$1: state" offline "$(state)"
	logged "remoteproc remoteproc0: $3"
}
# Offset of the first section: behind the header and its text.
first=$((12 + $(peek "$good" 8 4)))
resources=$((first + 16))
# In an entry: device address, physical address, length.
da=4 pa=12 len=20 entry=76
# The first two are carveouts: the shared memory, then one for the firmware.
ipc=$(printf '0x%x' "$(peek "$good" $((resources + da)) 4)")
# carveout N: how the table shows where entry N lies.
carveout() { sed -n "/Entry $1 /,/^\$/s/.*Physical Address //p" "$debug/resource_table"; }

up
same "stop" "" "$(power stop)"
echo converted.elf >"$rproc/firmware"
mark
same "start" "" "$(power start)"
comes "its channel comes" channel
check "the sample loads" modprobe rpmsg_client_sample count=100
comes "its messages are answered" log_line "goodbye!"
check "the sample unloads" rmmod rpmsg_client_sample
check "the first carveout has the vrings and buffers" sh -c "grep -A3 'Name: IPC' $debug/carveout_memories | grep -q 'Device address: $ipc'"
check "the table is shown" grep -q 'Entry 0 is of type carveout' "$debug/resource_table"
# Without an IOMMU the processor sees it where it lies.
lies=$(awk -v da="$ipc" '$1 == da { print $2 }' "$debug/iommu_mappings")
same "its physical address is written back" "${lies:-$ipc}" "$(carveout 0)"
check "the trace buffer is there" grep -q '[[:print:]]' "$debug/trace0"

mark
echo 1 >"$debug/crash"
logged "remoteproc remoteproc0: recovering $PROCESSOR"
comes "the channel comes after a crash" channel
pool=$(carveout 0)
same "stop" "" "$(power stop)"
same "state" offline "$(state)"

change 4 9
refused "version 9" "Invalid argument" "firmware bad.rprc: RPRC version 9 at offset 0x4, it must be 1 or 2"
change "$first" 9
refused "unknown section" "Invalid argument" "firmware bad.rprc: RPRC section 0 at offset 0x400 has type 9, it must be 0 (resource)"
change 8 255 255 255 255
refused "text without end" "Invalid argument" "firmware bad.rprc: the RPRC header says at offset 0x8 that 0xffffffff bytes of text follow"
change $((resources + len)) 0 0 4 0
refused "no room for vrings" "Invalid argument" "firmware bad.rprc: the first carveout, 0x40000 bytes at $ipc, has no room for the buffers and vrings, it must have 0x46000"

# Carveouts that must be at a physical address.
change $((resources + pa)) 0 0 0 64
refused "carveout outside of the pool" "No space left on device" "IPC (size 0x100000) must lie at 0x40000000: the memory-region is $(printf '0x%x' $((pool)))-"
change $((resources + pa)) 0 0 0 0
also $((resources + pa)) "$pool"
also $((resources + entry + pa)) "$pool"
same "carveout where another one is: start" "sh: write error: No space left on device" "$(power start)"
same "carveout where another one is: state" offline "$(state)"
logged "(size 0x100000) must lie at $pool: of the memory-region $pool-"
# With a hole before them, unless they can't be but where they are without an IOMMU.
hole=$((3 << 20))
[ -n "$lies" ] || hole=0
change $((resources + pa)) 0 0 0 0
also $((resources + pa)) $((pool + hole))
also $((resources + entry + pa)) $((pool + hole + (1 << 20)))
same "carveouts at chosen places: start" "" "$(power start)"
comes "carveouts at chosen places: its channel comes" channel
same "the first one" "$(printf '0x%x' $((pool + hole)))" "$(carveout 0)"
same "the second one" "$(printf '0x%x' $((pool + hole + (1 << 20))))" "$(carveout 1)"
same "stop" "" "$(power stop)"

echo converted.elf >"$rproc/firmware"
same "the next start works" "" "$(power start)"
comes "its channel is back" channel
finish
