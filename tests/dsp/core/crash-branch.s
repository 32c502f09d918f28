# SPDX-License-Identifier: GPL-2.0
# A branch to where nothing is.
# status: 125
# says: c674x: no memory to execute from at 0x10000000

	.include "check.inc"

_start:
	load	b4, .s2, 0x10000000
	b	.s2	b4
	nop	5
	pass
