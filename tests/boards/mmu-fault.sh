# SPDX-License-Identifier: GPL-2.0
# Firmware that reads an address that nothing maps: the crash is reported once,
# with that address, the processor can be stopped and started again, and with
# recovery enabled it comes back by itself.
# firmware: crash-mmu
# boards: panda
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh

# crash: the firmware's fault happens at the 51st message to it.
crash() {
	mark
	check "the sample loads" modprobe rpmsg_client_sample count=100
	comes "the processor crashes" log_line "crash detected in 55020000.ipu"
	logged "remoteproc remoteproc0: crash detected in 55020000.ipu: type mmufault"
	check "the address is named" log_has '(0x|da:)dead0000'
	check "the sample did not get all answers" test "$(log_count 'goodbye!')" = 0
}

ln -s /add/firmware-crash-mmu.elf /lib/firmware/crash-mmu.elf
up
same "stop" "" "$(power stop)"
echo crash-mmu.elf >"$rproc/firmware"

echo disabled >"$rproc/recovery"
same "start, without recovery" "" "$(power start)"
comes "the channel comes" channel
crash
comes "the state says so" state_is crashed
same "crash reports" 1 "$(log_count 'handling crash #')"
check "the sample unloads" rmmod rpmsg_client_sample
same "stop" "" "$(power stop)"
same "state after stop" offline "$(state)"

echo enabled >"$rproc/recovery"
same "start, with recovery" "" "$(power start)"
comes "the channel comes" channel
crash
logged "remoteproc remoteproc0: recovering 55020000.ipu"
# The sample is still loaded and plays with the recovered processor, 50 messages
# until the next crash: it has to go first.
check "the sample unloads" rmmod rpmsg_client_sample
comes "the processor runs again" state_is running
comes "the channel is back" channel
same "stop" "" "$(power stop)"
same "state after stop" offline "$(state)"

echo "$FIRMWARE" >"$rproc/firmware"
same "start of good firmware" "" "$(power start)"
comes "its channel comes" channel
finish
