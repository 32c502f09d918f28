# SPDX-License-Identifier: GPL-2.0
# Delay slots, parallel instructions, predicates, branches.

	.include "check.inc"

_start:
	# Parallel instructions read what was before all of them.
	mvk	.s1	1, a4
	mvk	.s1	2, a5
	mv	.l1	a4, a5
||	mv	.s1	a5, a4
	check	1, a4, 2
	check	2, a5, 1

	# A product takes one delay slot.
	mvk	.s1	7, a6
	mvk	.s1	3, a4
	mpy	.m1	a4, a4, a6
	mv	.l1	a6, a7
	mv	.l1	a6, a8
	check	3, a7, 7
	check	4, a8, 9

	# A load takes four; its address moves at once.
	load	a4, .s1, data
	mvk	.s1	5, a6
	ldw	.d1t1	*a4++, a6
	mv	.l1	a4, a7
	nop	2
	mv	.l1	a6, a8
	mv	.l1	a6, a9
	load	a5, .s1, (data+4)
	sub	.l1	a7, a5, a7
	check	5, a7, 0
	check	6, a8, 5
	check	7, a9, 0x12345678

	# A load and a store of one packet: the load sees the memory before.
	load	a4, .s1, data
	load	a6, .s1, 0x1111
	mv	.l2x	a4, b4
	stw	.d1t1	a6, *a4
||	ldw	.d2t2	*b4, b6
	nop	4
	ldw	.d1t1	*a4, a6
	nop	4
	checkb	8, b6, 0x12345678
	check	9, a6, 0x1111

	# Predicates, as they are when the packet starts.
	mvk	.s1	0, a1
	mvk	.s1	1, a4
  [a1]	mvk	.s1	2, a4
|| [!a1] mvk	.s2	3, b4
||	mvk	.l1	1, a1
  [a1]	addk	.s1	16, a4
	check	10, a4, 17
	checkb	11, b4, 3

	# Five delay slots, executed.
	mvk	.s1	0, a4
	b	.s1	1f
	addk	.s1	1, a4
	addk	.s1	1, a4
	addk	.s1	1, a4
	addk	.s1	1, a4
	addk	.s1	1, a4
	addk	.s1	16, a4
1:	check	12, a4, 5

	# A branch in the delay slots of a branch: one packet at its target.
	mvk	.s1	0, a4
	b	.s1	2f
	b	.s1	3f
	nop	4
	addk	.s1	1, a4
2:	addk	.s1	2, a4
	addk	.s1	4, a4
3:	check	13, a4, 2

	# A branch that is taken ends NOP n.
	mvk	.s1	0, a4
	load	b4, .s2, 4f
	b	.s2	b4
	nop	2
	nop	9
	addk	.s1	1, a4
4:	check	14, a4, 0

	# BNOP: the NOPs are there whether it branches or not.
	mvk	.s1	0, a1
	mvk	.s1	7, a6
	mpy	.m1	a4, a4, a6
  [a1]	bnop	.s1	finish, 5
	check	15, a6, 0

	# BDEC counts down to -1, BPOS doesn't count.
	mvk	.s1	3, a5
	mvk	.s1	0, a4
5:	addk	.s1	1, a4
	bdec	.s1	5b, a5
	nop	5
	check	16, a4, 5
	check	17, a5, -1
	bpos	.s1	finish, a5
	nop	5

	# CALLP leaves the address of the packet behind it.
	mvk	.s1	0, a4
	callp	.s2	6f, b3
	addk	.s1	16, a4
	b	.s1	7f
	nop	5
6:	addk	.s1	1, a4
	b	.s2	b3
	nop	5
7:	check	18, a4, 17

	# ADDKPC: an address, and NOPs.
	addkpc	.s2	8f, b5, 2
	nop
8:	load	b6, .s2, 8b
	sub	.l2	b5, b6, b6
	checkb	19, b6, 0

	# MVC reads PCE1: the fetch packet of the instruction.
	.balign	32
9:	nop
	nop
	mvc	.s2	pce1, b5
	load	b6, .s2, 9b
	sub	.l2	b5, b6, b6
	checkb	20, b6, 0

	pass

	.data
	.align	8
data:	.word	0x12345678, 0x9abcdef0
