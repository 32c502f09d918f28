# SPDX-License-Identifier: GPL-2.0
# Firmware that jumps to an address that nothing is mapped at: the crash is
# reported with that address, once, and the processor can be started again.
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh
. /add/elf.sh

# The vector table is at device address 0; its second word is where execution
# starts (bit 0: Thumb).
lost=0x30000000
good=/lib/firmware/$FIRMWARE
cp "$good" /lib/firmware/lost.elf
vectors=$(peek $good $(($(segment $good 0) + p_offset)) 4)
poke32 /lib/firmware/lost.elf $((vectors + 4)) $((lost + 1))

up
same "stop" "" "$(power stop)"
# A crash of this kind would come again after each recovery.
echo disabled >"$rproc/recovery"
echo lost.elf >"$rproc/firmware"
mark
same "start of the lost firmware" "" "$(power start)"
comes "the processor has crashed" state_is crashed
logged "MMU fault"
check "the address is named" log_has "crash.*$lost|fault.*$lost"
same "crashes reported" 1 "$(log_count 'crash detected')"
check "no channel" no_channel

same "stop" "" "$(power stop)"
same "state after stop" offline "$(state)"
echo "$FIRMWARE" >"$rproc/firmware"
echo enabled >"$rproc/recovery"
same "start of good firmware" "" "$(power start)"
comes "the channel comes" channel
finish
