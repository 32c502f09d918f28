# SPDX-License-Identifier: GPL-2.0
# The DSP of DA850 starts at multiples of 1 KiB only: firmware that wants another
# address is refused, with what to do about it; the next start works.
# boards: hawk
# shellcheck shell=sh disable=SC1091,SC2153,SC2154 # what is sourced is in the guest
. /add/check.sh

up
same "stop" "" "$(power stop)"

# e_entry, a u32 at offset 24 of an ELF32 file.
entry() { hexdump -s 24 -n 4 -e '1/4 "%#x"' "$1"; }
cp "/lib/firmware/$FIRMWARE" /lib/firmware/odd-entry
good=$(entry /lib/firmware/odd-entry)
printf '\004' | dd of=/lib/firmware/odd-entry bs=1 seek=24 conv=notrunc 2>/dev/null
odd=$(entry /lib/firmware/odd-entry)
check "the entry points differ" test "$good" != "$odd"

echo odd-entry >"$rproc/firmware"
mark
same "start with an odd address" "sh: write error: Invalid argument" "$(power start)"
logged "remoteproc remoteproc0: the firmware's entry point is $odd: link it to a multiple of 1 KiB (0x400)"
same "state" offline "$(state)"

echo "$FIRMWARE" >"$rproc/firmware"
same "start with a good one" "" "$(power start)"
comes "the channel is back" channel
finish
