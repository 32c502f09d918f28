# SPDX-License-Identifier: GPL-2.0
# Firmware that says that it can't go on: the crash is reported as
# such, its trace buffer says why, and the processor comes back by itself.
# boards: panda hawk
# firmware: crash-panic
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh

ln -s /add/firmware-crash-panic.elf /lib/firmware/crash-panic.elf
up
same "stop" "" "$(power stop)"
echo disabled >"$rproc/recovery"
echo crash-panic.elf >"$rproc/firmware"
same "start" "" "$(power start)"
comes "the channel comes" channel
check "the sample loads" modprobe rpmsg_client_sample count=100
comes "the processor crashes" state_is crashed
logged "remoteproc remoteproc0: crash detected in $PROCESSOR: type fatal error"
same "crash reports" 1 "$(log_count 'handling crash #')"
check "the trace buffer says why" grep -q 'crash: 50 echoes are enough' "$debug/trace0"
check "the sample unloads" rmmod rpmsg_client_sample

# Enabling recovery starts the processor that has crashed already.
echo recover >"$rproc/recovery"
comes "it runs again" state_is running
comes "its channel is back" channel
same "stop" "" "$(power stop)"
same "state after stop" offline "$(state)"
finish
