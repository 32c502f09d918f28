# SPDX-License-Identifier: GPL-2.0
# Firmware that is missing or broken: one line says what is wrong and what would
# be right, the state stays offline, no memory is lost, and good firmware starts
# afterwards.
# boards: panda hawk
# shellcheck shell=sh disable=SC1091,SC2153,SC2154 # what is sourced is in the guest
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
	check "$1: no virtio device" test ! -e /sys/bus/virtio/devices/virtio0
	echo "$FIRMWARE" >"$rproc/firmware"
	same "$1: good firmware starts afterwards" "" "$(power start)"
	comes "$1: its channel comes" channel
	same "$1: it stops" "" "$(power stop)"
}
free_memory() { awk '/CmaFree/ { print $2 }' /proc/meminfo; }

# change OFFSET NUMBER: bad.elf is the good firmware with another number at OFFSET.
change() { cp "$good" $bad && poke32 $bad "$1" "$2"; }

# What the good firmware has: its segments of code and of data, and memory for
# code and data as its resource table asks for it.
text=$(segment "$good" "$FIRMWARE_TEXT")
data=$(segment "$good" "$FIRMWARE_DATA")
# Segments without content count as well: the number is that of the header.
number_of() { echo $((($1 - $(peek "$good" "$e_phoff" 4)) / $(peek "$good" "$e_phentsize" 2))); }
size=$(stat -c %s "$good")
text_at=$(peek "$good" $((text + p_offset)) 4)
text_len=$(peek "$good" $((text + p_filesz)) 4)
data_len=$(peek "$good" $((data + p_memsz)) 4)

up
memories="$MEMORIES, $(sed -n '/^Carveout memory entry/,$p' "$debug/carveout_memories" | awk '
	/Name:/ { name = $2 } /Device address:/ { da = $3 } /Length:/ { print name, da, $2 }' |
	while read -r name da len; do printf '%s 0x%x-0x%x, ' "$name" "$da" $((da + len - 1)); done | sed 's/, $//')"
same "stop" "" "$(power stop)"
free=$(free_memory)

rm -f $bad
refused "missing" "No such file or directory" "can't read firmware bad.elf: ENOENT"

echo "This is no firmware." >$bad
refused "no ELF" "Invalid argument" \
	"firmware bad.elf: it begins with 54 68 69 73 but firmware begins with 7f 45 4c 46 (ELF)"

head -c 40 "$good" >$bad
refused "cut in the header" "Invalid argument" \
	"firmware bad.elf: 0x34 bytes of ELF header should be at offset 0x0, but the image ends at 0x28"

head -c $((text_at + 256)) "$good" >$bad
refused "cut in a segment" "Invalid argument" \
	"firmware bad.elf: segment 0 has $(printf '0x%x bytes at offset 0x%x, but the image ends at 0x%x' \
		"$text_len" "$text_at" $((text_at + 256)))"

head -c $((size - 8)) "$good" >$bad
refused "cut in the section headers" "Invalid argument" \
	"firmware bad.elf: $(printf '0x%x bytes of ELF section headers should be at offset 0x%x, but the image ends at 0x%x' \
		$((40 * $(peek "$good" "$e_shnum" 2))) "$(peek "$good" "$e_shoff" 4)" $((size - 8)))"

cp "$good" $bad && poke $bad "$e_ident_class" 3
refused "wrong class" "Invalid argument" \
	"firmware bad.elf: ELF class 3, it must be 1 (ELF32) or 2 (ELF64)"

cp "$good" $bad && poke $bad "$e_machine" 3 0
refused "wrong machine" "Exec format error" \
	"firmware bad.elf is for machine 3 (ELF32), $PROCESSOR is machine $(peek "$good" "$e_machine" 2)"

change $((data + p_paddr)) 0x90000000
refused "segment in no memory" "Invalid argument" \
	"firmware bad.elf: segment $(number_of "$data") at 0x90000000-$(printf '0x%x' $((0x90000000 + data_len - 1))) is in no memory of the processor; there are: $memories"

# The last 256 bytes of the memory of the code, and behind.
edge=$((FIRMWARE_TEXT + 0x100000 - 256))
change $((text + p_paddr)) $edge
refused "segment that leaves its memory" "Invalid argument" \
	"firmware bad.elf: segment 0 at $(printf '0x%x-0x%x' $edge $((edge + text_len - 1))) is in no memory of the processor; there are: $MEMORIES"

change $((data + p_paddr)) 0xffffff00
refused "segment behind the end of the address space" "Invalid argument" \
	"firmware bad.elf: segment $(number_of "$data") of $(printf '0x%x' "$data_len") bytes at 0xffffff00 goes past the end of the address space"
finish
