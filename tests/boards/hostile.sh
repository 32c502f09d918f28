# SPDX-License-Identifier: GPL-2.0
# Firmware that sends messages that no host should fall for (see hostile.rs of
# the sample firmware): good messages still get through, the rings keep all of
# their buffers, the log is not flooded.
# boards: panda hawk
# firmware: hostile
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh

# refused WHY: how many announcements were.
refused() { sed -n "s/^refused_$1: //p" /sys/kernel/debug/rpmsg/virtio0/device; }

x31=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
odd31=_______________________________
# odd_channels: those with such names, by address: what their files are called.
odd_channels() {
	(cd /sys/bus/rpmsg/devices && echo *."$x31".* *."$odd31".*) | sed -E 's/virtio0\.([^.]*)\.([^ ]*)/\2=\1/g'
}

ln -s /add/firmware-hostile.elf /lib/firmware/hostile.elf
up
same "stop" "" "$(power stop)"
echo hostile.elf >"$rproc/firmware"
mark
# A ring has 256 buffers, each start gives the processor one chance to attack.
round=0
while [ $round -lt 5 ]; do
	round=$((round + 1))
	same "round $round: start" "" "$(power start)"
	comes "round $round: the channel comes" channel
	check "round $round: the sample loads" modprobe rpmsg_client_sample count=1000
	comes "round $round: it gets all answers" log_line "goodbye!"
	for count in length=2 name=1 too_many=0 duplicate=1 unknown=1 other=0; do
		same "round $round: announcements refused for $count" "${count#*=}" "$(refused "${count%=*}")"
	done
	same "round $round: names of 32 bytes are cut, odd bytes harmless" "-1.0=$x31 -1.0=$odd31" "$(odd_channels)"
	check "round $round: the sample unloads" rmmod rpmsg_client_sample
	check "round $round: the log is not flooded" test "$(dmesg | grep -cv rpmsg_client_sample)" -lt 60
	mark
	same "round $round: stop" "" "$(power stop)"
done
finish
