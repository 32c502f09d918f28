# SPDX-License-Identifier: GPL-2.0
# Runs in the guest: a KUnit module's suites run when it is loaded.
# shellcheck shell=sh
set -e
# What the suites test but do not depend on: a driver finds the fake remote.
modprobe virtio_rpmsg_bus
# Firmware for the suite remoteproc_power: an ELF32 file for the given machine with
# one segment of 16 bytes at 0x1000, of which 4 are in the file; it starts at 0x1010.
elf() {
	printf '\177ELF\1\1\1\0\0\0\0\0\0\0\0\0'
	printf '\2\0%b\0\1\0\0\0\020\020\0\0\064\0\0\0\0\0\0\0' "$1"
	printf '\0\0\0\0\064\0\040\0\1\0\050\0\0\0\0\0'
	printf '\1\0\0\0\124\0\0\0\0\020\0\0\0\020\0\0'
	printf '\4\0\0\0\020\0\0\0\5\0\0\0\4\0\0\0firm'
}
elf '\050' >/lib/firmware/kunit-good.elf
elf '\0214' >/lib/firmware/kunit-other-machine.elf
for module in /lib/modules/*/kernel/*_kunit.ko; do
	name=$(basename "$module" .ko)
	modprobe "$name"
done
