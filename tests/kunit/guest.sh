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
# Firmware for the suite remoteproc_firmware, in RPRC: the header and no text; then
# sections with type, address and content.
zeroes() { head -c "$1" /dev/zero; }
rprc() { printf 'RPRC%b\0\0\0\0\0\0\0' "$1"; }
section() { printf '%b\0\0\0%b\0\0\0\0\0\0%b\0\0\0' "$1" "$2" "$3"; }
text() { section '\1' '\0\020' '\010' && printf 'firmware'; }
# An entry of version 2: a type and an address.
entry() { printf '%b\0\0\0%b\0\0\0\0\0\0' "$1" "$2" && zeroes 64; }
fw=/lib/firmware/kunit
{ rprc '\2' && section '\0' '\0\0' '\0230' && entry '\5' '\0\020' && entry '\5' '\010\020' && text; } >$fw-v2.rprc
{ rprc '\1' && text && section '\4' '\0\0' '\4' && printf 'sign'; } >$fw-v1.rprc
{ rprc '\3' && text; } >$fw-v3.rprc
{ rprc '\2' && text && section '\1' '\0\020' '\0377' && printf 'short'; } >$fw-short.rprc
{ rprc '\2' && section '\7' '\0\020' '\1' && printf '!'; } >$fw-type.rprc
{ printf 'RPRC\0\0\0\0200\0\0\0\0\1\0\0\0\1\0\0\0' && zeroes 20; } >$fw-sbl.rprc
{ printf 'RPRC\2\0\0\0\0377\0377\0377\0377' && zeroes 20; } >$fw-header.rprc
{ rprc '\2' && text && section '\0' '\0\020' '\0114' && entry '\5' '\0\020'; } >$fw-late.rprc
printf 'MZ' >$fw-other.rprc
# Firmware for the suite remoteproc_c_driver: a resource table without entries, at
# 0x1000, as a segment and as a section.
{
	printf '%b' '\0177ELF\0001\0001\0001\0000\0000\0000\0000\0000\0000\0000\0000\0000\0002\0000\0050\0000\0001\0000\0000\0000\0020\0020\0000\0000\0064\0000\0000\0000\0200\0000\0000\0000\0000\0000\0000\0000\0064\0000\0040\0000\0001\0000\0050\0000\0003\0000\0002\0000'
	printf '%b' '\0001\0000\0000\0000T\0000\0000\0000\0000\0020\0000\0000\0000\0020\0000\0000\0020\0000\0000\0000\0020\0000\0000\0000\0006\0000\0000\0000\0004\0000\0000\0000'
	printf '%b' '\0001\0000\0000\0000\0000\0000\0000\0000\0000\0000\0000\0000\0000\0000\0000\0000'
	printf '%b' '\0000.resource_table\0000.shstrtab\0000\0000'
	zeroes 40
	printf '%b' '\0001\0000\0000\0000\0001\0000\0000\0000\0002\0000\0000\0000\0000\0020\0000\0000T\0000\0000\0000\0020\0000\0000\0000\0000\0000\0000\0000\0000\0000\0000\0000\0004\0000\0000\0000\0000\0000\0000\0000'
	printf '%b' '\0021\0000\0000\0000\0003\0000\0000\0000\0002\0000\0000\0000\0000\0000\0000\0000d\0000\0000\0000\0033\0000\0000\0000\0000\0000\0000\0000\0000\0000\0000\0000\0004\0000\0000\0000\0000\0000\0000\0000'
} >$fw-table.elf
# A suite's thread is waited for without a break, for some cases longer than the usual
# 30 s when the machine has other work. One that hangs ends by its own time.
echo 300 >/proc/sys/kernel/hung_task_timeout_secs 2>/dev/null || true
for module in /lib/modules/*/kernel/*_kunit.ko; do
	name=$(basename "$module" .ko)
	modprobe "$name"
done
