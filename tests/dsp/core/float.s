# SPDX-License-Identifier: GPL-2.0
# Floating point: values, flags, rounding.

	.include "check.inc"

	.macro	operands x, y
	load	a4, .s1, \x
	load	a5, .s1, \y
	.endm

_start:
	# 1.5 and 2.25.
	operands 0x3fc00000, 0x40100000
	addsp	.l1	a4, a5, a6
	subsp	.l1	a4, a5, a7
	mpysp	.m1	a4, a5, a8
	nop	3
	check	1, a6, 0x40700000
	check	2, a7, 0xbf400000
	check	3, a8, 0x40580000
	cmpltsp	.s1	a4, a5, a6
	cmpgtsp	.s1	a4, a5, a7
	cmpeqsp	.s1	a4, a4, a8
	check	4, a6, 1
	check	5, a7, 0
	check	6, a8, 1

	# Conversions.
	sptrunc	.l1	a5, a6
	spint	.l1	a4, a7
	nop	3
	check	7, a6, 2
	check	8, a7, 2
	mvk	.s1	-3, a4
	intsp	.l1	a4, a6
	intspu	.l1	a4, a7
	nop	3
	check	9, a6, 0xc0400000
	check	10, a7, 0x4f800000
	intdp	.l1	a4, a7:a6
	nop	4
	check	11, a6, 0
	check	12, a7, 0xc0080000
	absdp	.s1	a7:a6, a9:a8
	nop
	check	13, a9, 0x40080000
	dpint	.l1	a7:a6, a8
	dpsp	.l1	a7:a6, a10
	nop	3
	check	14, a8, -3
	check	15, a10, 0xc0400000

	# Double precision: -3 + 0.1, -3 * 0.1, -3 < 0.1.
	load	a8, .s1, 0x9999999a
	load	a9, .s1, 0x3fb99999
	adddp	.l1	a7:a6, a9:a8, a11:a10
	nop	6
	check	16, a10, 0x33333333
	check	17, a11, 0xc0073333
	mpydp	.m1	a7:a6, a9:a8, a11:a10
	nop	9
	check	18, a10, 0x33333334
	check	19, a11, 0xbfd33333
	cmpltdp	.s1	a7:a6, a9:a8, a5
	nop
	check	20, a5, 1
	spdp	.s1	a4, a11:a10
	nop

	# No denormals; one NaN; infinity; what FADCR says.
	mvk	.s2	0, b4
	mvc	.s2	b4, fadcr
	operands 0x7f7fffff, 0x7f7fffff
	addsp	.l1	a4, a5, a6
	nop	3
	mvc	.s2	fadcr, b5
	check	21, a6, 0x7f800000
	checkb	22, b5, 0xe0
	mvc	.s2	b4, fadcr
	operands 0x7f800000, 0xff800000
	addsp	.l1	a4, a5, a6
	nop	3
	mvc	.s2	fadcr, b5
	check	23, a6, 0x7fffffff
	checkb	24, b5, 0x10
	mvc	.s2	b4, fadcr
	operands 0x00000001, 0x3f800000
	addsp	.l1	a4, a5, a6
	nop	3
	mvc	.s2	fadcr, b5
	check	25, a6, 0x3f800000
	and	.l2	4, b5, b5
	checkb	26, b5, 4

	# Rounding up: 1 + 2^-30.
	mvk	.s2	0x400, b4
	mvc	.s2	b4, fadcr
	operands 0x3f800000, 0x30800000
	addsp	.l1	a4, a5, a6
	nop	3
	check	27, a6, 0x3f800001
	mvk	.s2	0, b4
	mvc	.s2	b4, fadcr

	# Estimates: 8 bits of fraction.
	operands 0x40000000, 0x40400000
	rcpsp	.s1	a4, a6
	rcpsp	.s1	a5, a7
	rsqrsp	.s1	a4, a8
	check	28, a6, 0x3f000000
	check	29, a7, 0x3eaa8000
	check	30, a8, 0x3f350000

	# Too large for an integer.
	load	a4, .s1, 0x4f800000
	sptrunc	.l1	a4, a6
	nop	3
	check	31, a6, 0x7fffffff

	pass
