# SPDX-License-Identifier: GPL-2.0
# The processor's users: the first boots it, the last one's leaving powers it
# down, errors of the boot reach who asked for it.
# boards: panda hawk
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh

# refused WHAT ERROR COMMAND...: the command fails with the error.
refused() {
	what=$1 error=$2
	shift 2
	if message=$("$@" 2>&1); then
		fail "$what: it succeeded"
	else
		case $message in *"$error"*) pass "$what" ;; *) fail "$what: $message" ;; esac
	fi
}

# The one who boots it when its driver is bound is a user as well.
up
same "stop" "" "$(power stop)"
same "its only user has left" offline "$(state)"
same "there is no more user" "sh: write error: Invalid argument" "$(power stop)"

check "a user comes" modprobe remoteproc_sample
same "the first user boots it" running "$(state)"
comes "its channel comes" channel
same "another user" "" "$(power start)"
check "the first user goes" rmmod remoteproc_sample
same "it still has a user" running "$(state)"
same "the other one goes" "" "$(power stop)"
same "nobody is left" offline "$(state)"
check "the channel is gone" no_channel

# The sample came second: it must not power the processor down.
same "a user" "" "$(power start)"
check "a second user" modprobe remoteproc_sample
check "the second user goes" rmmod remoteproc_sample
same "the first user still has it" running "$(state)"
same "stop" "" "$(power stop)"

echo missing.elf >"$rproc/firmware"
# What busybox's modprobe makes of ENOENT.
refused "no firmware: the user is told" "unknown symbol in module" modprobe remoteproc_sample
same "no firmware: state" offline "$(state)"
same "no firmware: no user is left" "sh: write error: Invalid argument" "$(power stop)"
echo "$FIRMWARE" >"$rproc/firmware"
check "with firmware a user gets it" modprobe remoteproc_sample
same "with firmware it runs" running "$(state)"

# The driver's module can't go while somebody uses its processor.
refused "the driver is in use" "" rmmod "$PLATFORM_DRIVER"
same "it still runs" running "$(state)"
# Unbinding it is the user's right; the user of the processor is left with a
# processor that is no more.
check "the driver is unbound" sh -c "echo $DEVICE >/sys/bus/platform/drivers/$DRIVER/unbind"
check "the processor is gone" test ! -e "$rproc"
check "its user can go" rmmod remoteproc_sample
check "the driver can go" rmmod "$PLATFORM_DRIVER"
check "no processor, no user" sh -c '! modprobe remoteproc_sample'
check "the driver comes again" modprobe "$PLATFORM_DRIVER"
comes "the processor runs again" state_is running
finish
