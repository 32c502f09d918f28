# SPDX-License-Identifier: GPL-2.0
# A fetch packet with a header: it has compact instructions.
# status: 125
# says: c674x: compact instructions (header 0xe0000000) at 0xc0000

	.include "check.inc"

_start:
	b	.s1	1f
	nop	5
	.balign	32
1:	.skip	28
	.word	0xe0000000
