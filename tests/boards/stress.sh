# SPDX-License-Identifier: GPL-2.0
# A thousand random steps: modules, drivers, channels, endpoints and the processor
# come, go and crash, in any order, while processes send and receive, block, have
# files open and are killed. Nothing hangs, the kernel has nothing to complain
# about and keeps no memory, and in the end everything works as in the beginning.
# The words stress.seed=N and stress.steps=N of the kernel's command line choose
# other steps, or more (SEED=N, STEPS=N tests/boards/run stress).
# boards: panda hawk sim
# firmware: tty
# tools: stress
# shellcheck shell=sh disable=SC1091,SC2153,SC2154 # what is sourced is in the guest
. /add/check.sh

# option NAME DEFAULT: a word of the kernel's command line.
option() {
	found=$(tr ' ' '\n' </proc/cmdline | sed -n "s/^stress\.$1=//p" | tail -n 1)
	echo "${found:-$2}"
}
seed=$(option seed 1)
# A kernel that checks everything takes five times as long for each.
if [ -e "$kmemleak" ] || [ -e /sys/kernel/debug/kcsan ]; then
	steps=$(option steps 200)
else
	steps=$(option steps 1000)
fi

# The firmware with more services, where there is firmware.
if [ -e /add/firmware-tty.elf ]; then
	cp /add/firmware-tty.elf "/lib/firmware/$FIRMWARE"
fi
up
check "the drivers load" modprobe rpmsg_ctrl
check "the sample loads" modprobe rpmsg_client_sample count=10
mkdir /tmp/modules
ln -s /lib/modules/*/kernel/*.ko /tmp/modules
if [ -e /mainline/rpmsg_tty.ko ]; then
	ln -s /mainline/rpmsg_tty.ko /tmp/modules
	check "the terminal's driver loads" insmod /mainline/rpmsg_tty.ko
fi
comes "the control device is there" test -c /dev/rpmsg_ctrl0
mark

echo "seed $seed"
if ! /add/stress "$seed" "$steps" /tmp/modules "$DRIVER" "$DEVICE"; then
	fail "$steps steps with seed $seed end"
	# Nothing that follows could be relied upon to end.
	exit 1
fi
pass "$steps steps with seed $seed end"

# A known good state: from there all works as ever.
for module in rpmsg_tty rpmsg_client_sample; do
	[ ! -d /sys/module/$module ] || check "$module unloads" rmmod $module
done
comes "the processor runs" state_is running
# It may have many users: each start while it boots or recovers counts as one.
tries=0
while state_is running && [ $tries -lt 100 ]; do
	tries=$((tries + 1))
	power stop
done
same "it is off" offline "$(state)"
same "start" "" "$(power start)"
comes "its service has a channel" channel
mark
check "the sample loads" modprobe rpmsg_client_sample count=100
logged "100 round trips"
check "the sample unloads" rmmod rpmsg_client_sample
finish
