# SPDX-License-Identifier: GPL-2.0
# Resource tables: what is wrong in one is refused in one line, nothing is lost,
# and what may differ from our firmware's table is coped with.
# boards: panda
# shellcheck shell=sh disable=SC1091,SC2154 # what is sourced is in the guest
. /add/check.sh
. /add/elf.sh

good=/lib/firmware/$FIRMWARE
bad=/lib/firmware/bad.elf

# The table is the first thing in the segment of data.
table=$(peek "$good" $(($(segment "$good" 0x80000000) + p_offset)) 4)
# entry NUMBER: its offset in the file.
entry() { echo $((table + $(peek "$good" $((table + 16 + 4 * $1)) 4))); }
# find TYPE DA: the first entry of the type, with that address in its second word.
find_entry() {
	number=0
	while [ $number -lt "$(peek "$good" $((table + 4)) 4)" ]; do
		at=$(entry $number)
		if [ "$(peek "$good" "$at" 4)" = "$1" ] && [ "$(peek "$good" $((at + 4)) 4)" = $(($2)) ]; then
			echo "$at"
			return
		fi
		number=$((number + 1))
	done
}
data=$(find_entry 0 0x80000000)
pool=$(find_entry 1 0x98800000)
vdev=$(find_entry 3 7)
vring=$((vdev + 28))
# Fields of an entry that asks for memory, and of a vring.
kind=0 da=4 pa=8 len=12 reserved=20 vring_da=0 vring_align=4 vring_num=8 next_vring=20

free_memory() { awk '/CmaFree/ { print $2 }' /proc/meminfo; }
# Not exact: the guest's files may lie there too, and come and go.
nothing_lost() { check "$1: contiguous memory is given back" test "$(free_memory)" -gt $((free - 64)); }
# change OFFSET NUMBER...: bad.elf is the good firmware with other numbers.
change() {
	cp "$good" $bad
	while [ $# -gt 0 ]; do
		poke32 $bad "$1" "$2"
		shift 2
	done
	echo bad.elf >"$rproc/firmware"
	mark
}
# refused WHAT ERROR LINE
refused() {
	same "$1: start" "sh: write error: $2" "$(power start)"
	same "$1: state" offline "$(state)"
	logged "remoteproc remoteproc0: $3"
	nothing_lost "$1"
}
# works WHAT: messages get through.
works() {
	same "$1: start" "" "$(power start)"
	comes "$1: its channel comes" channel
	check "$1: the sample loads" modprobe rpmsg_client_sample count=10
	comes "$1: its messages are answered" log_line "goodbye!"
	check "$1: the sample unloads" rmmod rpmsg_client_sample
}
# buffers_seen: how many bytes the processor sees at their physical addresses.
buffers_seen() {
	total=0
	while read -r da pa len; do
		[ "$da" != "$pa" ] || total=$((total + len))
	done <"$debug/iommu_mappings"
	printf '0x%x' $total
}
bus=/sys/bus/virtio/drivers/virtio_rpmsg_bus
stops() {
	same "$1: stop" "" "$(power stop)"
	nothing_lost "$1"
}

up
same "stop" "" "$(power stop)"
free=$(free_memory)

change "$table" 2
refused "other version" "Invalid argument" "firmware bad.elf: the resource table has version 2, only version 1 is known"

change $((table + 4)) 100000
refused "too many entries" "Invalid argument" "firmware bad.elf: the resource table's header at offset 0x0 needs 0x61a90 bytes"

change $((table + 16)) 0xfffffff0
refused "entry outside" "Invalid argument" "firmware bad.elf: the resource table's entry at offset 0xfffffff0 needs 0x4 bytes"

change $((data + reserved)) 5
refused "reserved bits" "Invalid argument" "firmware bad.elf: the resource table's carveout entry at offset"

change $((data + da)) 0x80000
refused "overlapping carveouts" "File exists" "data at 0x80000 (size 0x100000) overlaps what is mapped at 0x0 (size 0x100000)"

change $((data + da)) 0x80000010
refused "crooked carveout" "Invalid argument" "data: can't map 0x"

change $((data + len)) 0
refused "empty carveout" "Invalid argument" "data of 0x0 bytes: the length must not be 0"

change $((data + len)) 0x40000000
refused "huge carveout" "Cannot allocate memory" "no 0x40000000 bytes of contiguous memory for data"

change $((vring + vring_num)) 300
refused "odd vring" "Invalid argument" "firmware bad.elf: vring 0 of the resource table's vdev at offset"

change $((vring + vring_align)) 3
refused "crooked vring" "Invalid argument" "firmware bad.elf: vring 0 of the resource table's vdev at offset"

change $((vring + next_vring + vring_da)) "$(peek "$good" $((vring + vring_da)) 4)"
refused "two vrings in one place" "Invalid argument" "vdev0vring1 at 0xa0000000 (size 0x2806) overlaps the vring at 0xa0000000 (size 0x2806); 0xffffffff is anywhere"

change $((vdev + 20)) 0xffffff
refused "huge configuration space" "Invalid argument" "firmware bad.elf: the resource table's vdev entry at offset"

change $((pool + kind)) 99
works "no mapping of the buffers, unknown entry"
logged "remoteproc remoteproc0: unsupported resource 99"
same "of the pool it sees the buffers only" 0x40000 "$(buffers_seen)"
echo virtio0 >$bus/unbind
same "without a driver there are no buffers to see" 0x0 "$(buffers_seen)"
echo virtio0 >$bus/bind
same "with a driver there are buffers again" 0x40000 "$(buffers_seen)"
stops "no mapping of the buffers, unknown entry"

change $((pool + kind)) 128
works "vendor entry"
logged "remoteproc remoteproc0: unsupported vendor resource 128"
stops "vendor entry"

change $((pool + da)) 0x98900000 $((pool + pa)) 0x98900000 $((pool + len)) 0x100000
works "mapping of a part of the buffers"
stops "mapping of a part of the buffers"

change $((vring + vring_da)) 0xffffffff $((vring + next_vring + vring_da)) 0xffffffff
works "vrings anywhere"
# The identity mapping of the pool lets the processor see them where they lie.
check "vrings anywhere: the table has their addresses" \
	sh -c "grep -A1 'Vring 0' $debug/resource_table | grep -q 'Device Address 0x98'"
stops "vrings anywhere"

echo "$FIRMWARE" >"$rproc/firmware"
works "good firmware"
finish
