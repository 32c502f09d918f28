# SPDX-License-Identifier: GPL-2.0
# An opcode that there isn't: behind a predicate that is false it does nothing.
# status: 125
# says: c674x: unknown opcode 0x2ffff000 at 0xc0000

	.include "check.inc"

_start:
	mvk	.s2	0, b0
	.word	0x2ffff000
	mvk	.s2	1, b0
	.word	0x2ffff000
	pass
