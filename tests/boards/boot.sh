# SPDX-License-Identifier: GPL-2.0
# The processor boots by itself when its driver is loaded; everything that a
# user looks at is where mainline has it; it stops and leaves nothing behind.
# boards: panda hawk
# kernel: checked
# shellcheck shell=sh disable=SC1091,SC2153,SC2154 # what is sourced is in the guest
. /add/check.sh

device=/sys/bus/platform/devices/$DEVICE

up
same "platform driver" "$DRIVER" "$(basename "$(readlink "$device/driver")")"
same "name" "$PROCESSOR" "$(cat "$rproc/name")"
same "firmware" "$FIRMWARE" "$(cat "$rproc/firmware")"
# mainline's driver of the DaVinci DSP, which has a parameter, can't recover.
recovery=enabled
[ ! -e /sys/module/da8xx_remoteproc/parameters ] || recovery=disabled
same "recovery" $recovery "$(cat "$rproc/recovery")"
same "coredump" disabled "$(cat "$rproc/coredump")"
logged "remoteproc remoteproc0: $PROCESSOR is available"
logged "remoteproc remoteproc0: powering up $PROCESSOR"
logged "remoteproc remoteproc0: Booting fw image $FIRMWARE, size "
logged "remoteproc remoteproc0: remote processor $PROCESSOR is now up"
# Only the mailbox has a word for it.
[ "$PLATFORM_DRIVER" != omap_remoteproc ] || logged "received echo reply from $PROCESSOR"

same "name of the channel" "virtio0.$service.-1" "$(basename "$(channel)" | sed 's/\.[0-9]*$//')"
check "place of the channel" \
	test -d "$device/remoteproc/remoteproc0/rproc-virtio.0.auto/virtio0/$(basename "$(channel)")"
same "attribute name" "$service" "$(cat "$(channel)/name")"
same "attribute src" 0xffffffff "$(cat "$(channel)/src")"
same "attribute dst" "$(basename "$(channel)" | sed 's/.*\.//')" "$(printf %d "$(cat "$(channel)/dst")")"
same "attribute announce" false "$(cat "$(channel)/announce")"
same "attribute modalias" "rpmsg:$service" "$(cat "$(channel)/modalias")"
check "uevent" grep -qx "MODALIAS=rpmsg:$service" "$(channel)/uevent"
same "device id of virtio0" 0x0007 "$(cat /sys/bus/virtio/devices/virtio0/device)"
same "driver of virtio0" virtio_rpmsg_bus "$(basename "$(readlink /sys/bus/virtio/devices/virtio0/driver)")"

same "debugfs name" "$PROCESSOR" "$(sed 's/.*: *//;q' "$debug/name" | tr -d '\000')"
check "debugfs trace0" grep -q '[[:print:]]' "$debug/trace0"
check "debugfs resource_table" grep -q 'Entry 0' "$debug/resource_table"
check "debugfs carveout_memories" grep -q 'Device address' "$debug/carveout_memories"

same "stop" "" "$(power stop)"
same "state after stop" offline "$(state)"
logged "remoteproc remoteproc0: stopped remote processor $PROCESSOR"
check "the channel is gone" no_channel
check "the virtio device is gone" test ! -e /sys/bus/virtio/devices/virtio0
check "trace0 is gone" test ! -e "$debug/trace0"
same "start" "" "$(power start)"
comes "the channel comes back" channel
finish
