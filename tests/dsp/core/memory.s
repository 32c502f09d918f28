# SPDX-License-Identifier: GPL-2.0
# Addressing modes, non-aligned and circular accesses, internal memories.

	.include "check.inc"

_start:
	load	a4, .s1, data
	ldb	.d1t1	*+a4[3], a5
	ldbu	.d1t1	*+a4[3], a6
	ldh	.d1t1	*+a4[1], a7
	ldhu	.d1t1	*+a4[1], a8
	nop	4
	check	1, a5, -2
	check	2, a6, 0xfe
	check	3, a7, 0xfffffedc
	check	4, a8, 0xfedc

	# Before and after.
	mv	.l1	a4, a5
	ldw	.d1t1	*++a5[1], a6
	ldw	.d1t1	*a5++[1], a7
	ldw	.d1t1	*--a5[2], a8
	ldw	.d1t1	*-a5[0], a9
	nop	4
	check	5, a6, 0x76543210
	check	6, a7, 0x76543210
	check	7, a8, 0xfedcba98
	check	8, a9, 0xfedcba98
	sub	.l1	a5, a4, a5
	check	9, a5, 0

	# A register as offset, scaled by the size.
	mvk	.s1	1, a5
	lddw	.d1t1	*+a4[a5], a7:a6
	ldnw	.d1t1	*+a4[a5], a8
	nop	4
	check	10, a6, 0x11111111
	check	11, a7, 0x22222222
	check	12, a8, 0x76543210

	# Any address, and across a page of 4 KiB.
	load	a5, .s1, (page-3)
	load	a6, .s1, 0x89abcdef
	load	a7, .s1, 0x01234567
	stndw	.d1t1	a7:a6, *+a5(0)
	ldndw	.d1t1	*+a5(0), a9:a8
	ldnw	.d1t1	*a5, a10
	addk	.s1	1, a5
	ldnw	.d1t1	*a5, a11
	nop	4
	check	13, a8, 0x89abcdef
	check	14, a9, 0x01234567
	check	15, a10, 0x89abcdef
	check	16, a11, 0x6789abcd
	load	a5, .s1, page
	ldw	.d1t1	*a5, a6
	nop	4
	check	17, a6, 0x23456789

	# B15 with a long offset, both data paths.
	load	b15, .s2, data
	ldw	.d2t1	*+b15(8), a5
	ldw	.d2t2	*+b15(12), b5
	nop	4
	check	18, a5, 0x11111111
	checkb	19, b5, 0x22222222
	addaw	.d2	b15, 2, b5
	ldw	.d2t2	*b5, b6
	nop	4
	checkb	20, b6, 0x11111111

	# A circular buffer of 16 bytes for A5 (BK0 = 3).
	mvk	.s2	4, b4
	mvkh	.s2	0x30000, b4
	mvc	.s2	b4, amr
	mv	.l1	a4, a5
	ldw	.d1t1	*a5++[3], a6
	ldw	.d1t1	*a5++[3], a7
	nop	4
	mvk	.s2	0, b4
	mvc	.s2	b4, amr
	nop
	check	21, a7, 0x22222222
	sub	.l1	a5, a4, a5
	check	22, a5, 8

	# L2 at its local address, and the cache's registers: done when read.
	load	a5, .s1, 0x00800000
	load	a6, .s1, 0x5a5a5a5a
	stw	.d1t1	a6, *a5
	ldw	.d1t1	*a5, a7
	nop	4
	check	23, a7, 0x5a5a5a5a
	load	a5, .s1, 0x01844004
	stw	.d1t1	a6, *a5
	ldw	.d1t1	*a5, a7
	nop	4
	check	24, a7, 0

	# Code that is written needs L1P invalidated, and is then executed.
	callp	.s2	patch, b3
	load	a5, .s1, patch
	load	a6, .s1, other
	ldw	.d1t1	*a6, a6
	nop	4
	stw	.d1t1	a6, *a5
	load	a5, .s1, 0x01845028
	mvk	.s1	1, a6
	stw	.d1t1	a6, *a5
	mv	.l1	a9, a8
	callp	.s2	patch, b3
	check	25, a8, 1
	check	26, a9, 2

	pass

	.balign	32
patch:	mvk	.s1	1, a9
	b	.s2	b3
	nop	5
other:	mvk	.s1	2, a9

	.data
	.balign	16
data:	.word	0xfedcba98, 0x76543210, 0x11111111, 0x22222222
	.balign	4096
	.skip	4096
page:	.skip	16
