# SPDX-License-Identifier: GPL-2.0
# A compact opcode that there isn't.
# status: 125
# says: c674x: unknown opcode 0xf0000008 at 0xc0000

	.include "check.inc"

_start:
	b	.s1	1f
	nop	5
	.balign	32
1:	.short	0x0008
	.skip	26
	.word	0xefe00000
