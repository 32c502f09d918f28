# SPDX-License-Identifier: GPL-2.0
# The loop buffer.

	.include "check.inc"

	.macro	iterations n
	mvk	.s2	\n, b4
	mvc	.s2	b4, ilc
	nop	4
	.endm

_start:
	# SPLOOP: as many iterations as ILC says, here in one stage.
	mvk	.s1	0, a4
	iterations 10
	sploop	4
	addk	.s1	1, a4
	nop	2
	spkernel 0, 0
	nop	4
	check	1, a4, 10

	# None at all.
	mvk	.s1	0, a4
	iterations 0
	sploop	4
	addk	.s1	1, a4
	nop	2
	spkernel 0, 0
	nop	4
	check	2, a4, 0

	# SPLOOPD: four cycles without a look at ILC.
	mvk	.s1	0, a4
	mvk	.s2	6, b4
	sploopd	1
||	mvc	.s2	b4, ilc
	spkernel 0, 0
||	addk	.s1	1, a4
	nop	4
	check	3, a4, 10

	mvk	.s1	0, a4
	mvk	.s2	6, b4
	sploopd	3
||	mvc	.s2	b4, ilc
	addk	.s1	1, a4
	nop
	spkernel 0, 0
	nop	4
	check	4, a4, 8

	# Iterations overlap: a sum of loads, four loads under way.
	load	a5, .s1, data
	mvk	.s1	0, a4
	iterations 8
	sploop	1
	ldw	.d1t1	*a5++, a6
	nop	4
	spkernel 5, 0
||	add	.l1	a6, a4, a4
	check	5, a4, 36
	load	a6, .s1, (data+32)
	sub	.l1	a5, a6, a5
	check	6, a5, 0

	# Fewer iterations than the body has stages.
	load	a5, .s1, data
	mvk	.s1	0, a4
	iterations 2
	sploop	1
	ldw	.d1t1	*a5++, a6
	nop	4
	spkernel 5, 0
||	add	.l1	a6, a4, a4
	check	7, a4, 3

	# What follows starts in the epilog if SPKERNEL says so: 0, 0.
	load	a5, .s1, data
	mvk	.s1	0, a4
	iterations 8
	sploop	1
	ldw	.d1t1	*a5++, a6
	nop	4
	spkernel 0, 0
||	add	.l1	a6, a4, a4
	mv	.s1	a4, a7
	nop	9
	check	8, a7, 6
	check	9, a4, 36

	# SPMASK: once, not in every iteration.
	mvk	.s1	0, a4
	mvk	.s1	0, a7
	iterations 5
	sploop	2
	spmask	l1
||	add	.l1	1, a7, a7
||	addk	.s1	1, a4
	spkernel 0, 0
	nop	4
	check	10, a4, 5
	check	11, a7, 1

	pass

	.data
	.align	8
data:	.word	1, 2, 3, 4, 5, 6, 7, 8
