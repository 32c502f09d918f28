# SPDX-License-Identifier: GPL-2.0
# Integer operations, above all those that a C compiler has no use for.

	.include "check.inc"

	.macro	operands x, y
	load	a4, .s1, \x
	load	a5, .s1, \y
	.endm

_start:
	# The reversed subtractions: the cross path is on src1.
	mvk	.s1	10, a4
	mvk	.s2	3, b4
	sub	.l1	a4, 4, a6
	check	1, a6, 6
	sub	.l1x	b4, a4, a6
	check	2, a6, -7
	sub	.l1x	a4, b4, a6
	check	3, a6, 7
	sub	.d1	a4, 3, a6
	check	4, a6, 7

	# Saturation, and SAT in CSR.
	mvc	.s2	csr, b4
	extu	.s2	b4, 22, 31, b4
	checkb	5, b4, 0
	operands 0x7fffffff, 1
	sadd	.l1	a4, a5, a6
	mvc	.s2	csr, b4
	extu	.s2	b4, 22, 31, b4
	check	6, a6, 0x7fffffff
	checkb	7, b4, 1
	mvc	.s2	ssr, b4
	checkb	8, b4, 1
	operands 0x80000000, 0x80000000
	smpyh	.m1	a4, a5, a6
	nop
	check	9, a6, 0x7fffffff
	operands 0x80000000, 1
	ssub	.l1	a4, a5, a6
	check	10, a6, 0x80000000
	operands 0x40000000, 2
	sshl	.s1	a4, a5, a6
	check	11, a6, 0x7fffffff

	# 40 bits.
	operands 0xffffffff, 1
	addu	.l1	a4, a5, a7:a6
	check	12, a6, 0
	check	13, a7, 1
	subu	.l1	a5, a4, a7:a6
	check	14, a6, 2
	check	15, a7, 0xff
	add	.l1	-1, a7:a6, a7:a6
	check	16, a6, 1
	shl	.s1	a5, 31, a9:a8
	shl	.s1	a9:a8, 4, a9:a8
	check	17, a8, 0
	check	18, a9, 8
	norm	.l1	a9:a8, a6
	check	19, a6, 3
	sat	.l1	a9:a8, a6
	check	20, a6, 0x7fffffff
	load	a8, .s1, 0
	load	a9, .s1, 0x80
	shr	.s1	a9:a8, 8, a9:a8
	check	21, a8, 0x80000000
	check	22, a9, 0xff
	cmpgt	.l1	0, a9:a8, a6
	check	23, a6, 1

	# Bit fields and bit counts.
	operands 0x0012f400, 0
	ext	.s1	a4, 11, 20, a6
	check	24, a6, 0xfffff97a
	extu	.s1	a4, 11, 20, a6
	check	25, a6, 0x97a
	set	.s1	a5, 4, 11, a6
	check	26, a6, 0xff0
	mvk	.s1	-1, a5
	clr	.s1	a5, 4, 11, a6
	check	27, a6, 0xfffff00f
	lmbd	.l1	1, a4, a6
	check	28, a6, 11
	lmbd	.l1	0, a4, a6
	check	29, a6, 0
	norm	.l1	a4, a6
	check	30, a6, 10
	norm	.l1	a5, a6
	check	31, a6, 31

	# Halfwords and bytes.
	operands 0x12348765,0x7fff9000
	add2	.s1	a4, a5, a6
	check	32, a6, 0x92331765
	sadd2	.s1	a4, a5, a6
	check	33, a6, 0x7fff8000
	pack2	.s1	a4, a5, a6
	check	34, a6, 0x87659000
	packh2	.s1	a4, a5, a6
	check	35, a6, 0x12347fff
	packhl2	.s1	a4, a5, a6
	check	36, a6, 0x12349000
	packlh2	.s1	a4, a5, a6
	check	37, a6, 0x87657fff
	packl4	.l1	a4, a5, a6
	check	38, a6, 0x3465ff00
	packh4	.l1	a4, a5, a6
	check	39, a6, 0x12877f90
	max2	.l1	a4, a5, a6
	check	40, a6, 0x7fff9000
	cmpgt2	.s1	a4, a5, a6
	check	41, a6, 0
	cmpgtu4	.s1	a4, a5, a6
	check	42, a6, 1
	subabs4	.l1	a4, a5, a6
	check	43, a6, 0x6dcb0965
	swap4	.l1	a4, a6
	check	44, a6, 0x34126587
	unpkhu4	.l1	a4, a6
	check	45, a6, 0x00120034
	shlmb	.l1	a4, a5, a6
	check	46, a6, 0xff900012
	shrmb	.l1	a4, a5, a6
	check	47, a6, 0x657fff90
	shr2	.s1	a4, 4, a6
	check	48, a6, 0x0123f876
	dotp2	.m1	a4, a5, a6
	nop	3
	check	49, a6, 0x3dddbdcc
	dotpu4	.m1	a4, a5, a6
	nop	3
	check	50, a6, 0x000088aa
	mpyu4	.m1	a4, a5, a7:a6
	nop	3
	check	51, a6, 0x4bf00000
	check	52, a7, 0x08ee33cc
	mpy32	.m1	a4, a5, a7:a6
	nop	3
	check	53, a6, 0x84c3d000
	check	54, a7, 0x091a3bbb
	rotl	.m1	a4, 8, a6
	nop
	check	55, a6, 0x34876512
	bitr	.m1	a4, a6
	nop
	check	56, a6, 0xa6e12c48
	deal	.m1	a4, a6
	nop
	shfl	.m1	a6, a7
	nop
	check	57, a6, 0x1494463b
	check	58, a7, 0x12348765
	bitc4	.m1	a4, a6
	nop
	check	59, a6, 0x02030404
	avgu4	.m1	a4, a5, a6
	nop
	check	60, a6, 0x499a8c33
	dpackx2	.l1	a4, a5, a7:a6
	check	61, a6, 0x87657fff
	check	62, a7, 0x90001234
	cmpy	.m1	a4, a5, a7:a6
	nop	3

	# Galois field 2^8 of 0x11d: 2 * 0x80 = 0x1d.
	operands 0x02020202, 0x80010203
	gmpy4	.m1	a4, a5, a6
	nop	3
	check	63, a6, 0x1d020406

	# One step of a division.
	operands 100, 7
	subc	.l1	a4, a5, a6
	check	64, a6, 187
	subc	.l1	a5, a4, a6
	check	65, a6, 14

	pass
