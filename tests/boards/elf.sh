# SPDX-License-Identifier: GPL-2.0
# Sourced by scenarios that damage firmware, in the guest (". /add/elf.sh"):
# reading and changing 32-bit ELF files.
# shellcheck shell=sh disable=SC2034 # for who sources this

# peek FILE OFFSET SIZE: the little-endian number there.
peek() { od -An -j "$2" -N "$3" -t "u$3" "$1" | tr -d ' '; }

# poke FILE OFFSET BYTE...: overwrites, bytes are numbers.
poke() {
	file=$1 offset=$2
	shift 2
	for byte; do
		# shellcheck disable=SC2059 # an octal escape
		printf "\\$(printf %o "$byte")"
	done | dd of="$file" bs=1 seek="$offset" conv=notrunc 2>/dev/null
}

# poke32 FILE OFFSET NUMBER
poke32() {
	poke "$1" "$2" $(($3 & 255)) $(($3 >> 8 & 255)) $(($3 >> 16 & 255)) $(($3 >> 24 & 255))
}

# Offsets in the file header, and in a program header.
e_ident_class=4 e_machine=18 e_phoff=28 e_shoff=32 e_phentsize=42 e_phnum=44 e_shnum=48
p_type=0 p_offset=4 p_paddr=12 p_filesz=16 p_memsz=20

# segment FILE DA: the offset of the program header of the segment with content
# that is loaded at device address DA, and its number in $segment_number.
segment() {
	number=0 header=$(peek "$1" $e_phoff 4)
	while [ $number -lt "$(peek "$1" $e_phnum 2)" ]; do
		if [ "$(peek "$1" $((header + p_type)) 4)" = 1 ] &&
			[ "$(peek "$1" $((header + p_memsz)) 4)" != 0 ] &&
			[ "$(peek "$1" $((header + p_paddr)) 4)" = $(($2)) ]; then
			echo "$header"
			return 0
		fi
		number=$((number + 1)) header=$((header + $(peek "$1" $e_phentsize 2)))
	done
	return 1
}
