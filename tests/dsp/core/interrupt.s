# SPDX-License-Identifier: GPL-2.0
# The interrupt controller, interrupts and IDLE.

	.include "check.inc"

	.equ	EVTSET, 0x01800020
	.equ	EVTCLR, 0x01800040
	.equ	EVTMASK, 0x01800080
	.equ	INTMUX1, 0x01800104
	.equ	INTXSTAT, 0x01800180

	.macro	poke address, value
	load	a20, .s1, \address
	load	a21, .s1, \value
	stw	.d1t1	a21, *a20
	.endm

# Handlers: A10 counts interrupt 4, A11 interrupt 5, A12 NMI.
	.section .vectors, "ax"
	.balign	1024
vectors:
	.skip	4 * 32
	mvc	.s2	irp, b10
	mvc	.s2	csr, b11
	b	.s2	irp
||	addk	.s1	1, a10
	nop	5
	.balign	32
	b	.s2	irp
||	addk	.s1	1, a11
	mv	.l1	a10, a13
	nop	4
	.balign	32

	.text
_start:
	load	b4, .s2, vectors
	mvc	.s2	b4, istp
	mvk	.s1	0, a10
	mvk	.s1	0, a11

	# Interrupt 4 from event 5, interrupt 5 from event 67.
	poke	INTMUX1, 0x07064305
	mvk	.s2	0x32, b4
	mvc	.s2	b4, ier

	# An event while GIE is off: pending only.
	poke	EVTSET, (1<<5)
	nop	4
	mvc	.s2	ifr, b5
	checkb	1, b5, 0x10
	check	2, a10, 0
	mvc	.s2	istp, b5
	extu	.s2	b5, 22, 27, b5
	checkb	3, b5, 4

	# GIE: taken at once, with GIE off in it and on again after it.
	mvc	.s2	csr, b4
	or	.l2	1, b4, b4
	mvc	.s2	b4, csr
1:	nop
	nop	5
	check	4, a10, 1
	mvc	.s2	ifr, b5
	checkb	5, b5, 0
	and	.l2	3, b11, b5
	checkb	6, b5, 2
	load	b5, .s2, 1b
	sub	.l2	b10, b5, b5
	checkb	7, b5, 0
	mvc	.s2	csr, b5
	and	.l2	1, b5, b5
	checkb	8, b5, 1

	# The event's flag is still set, so another event doesn't need clearing.
	poke	EVTSET, (1<<5)
	nop	9
	check	9, a10, 2

	# DINT and RINT; two pending: the lower number first.
	dint
	poke	EVTSET+8, (1<<3)
	poke	EVTSET, (1<<5)
	nop	9
	check	10, a10, 2
	check	11, a11, 0
	rint
	nop	9
	check	12, a10, 3
	check	13, a11, 1
	check	14, a13, 3

	# One that finds the same pending is dropped, and noted.
	dint
	poke	EVTSET, (1<<5)
	poke	EVTSET, (1<<5)
	load	a20, .s1, INTXSTAT
	ldw	.d1t1	*a20, a5
	nop	4
	check	24, a5, 0x04050001
	poke	INTXSTAT+4, 1
	load	a20, .s1, INTXSTAT
	ldw	.d1t1	*a20, a5
	nop	4
	check	25, a5, 0
	rint
	nop	9
	check	26, a10, 4

	# Not in the delay slots of a branch.
	dint
	poke	EVTSET, (1<<5)
	nop	4
	mvk	.s1	0, a14
	b	.s1	2f
	rint
	mv	.l1	a10, a14
	nop	3
2:	nop
	check	15, a14, 4
	check	16, a10, 5

	# IDLE goes on behind itself after an interrupt, here one of its own.
	poke	EVTCLR, -1
	poke	EVTMASK, 0xffffffbf
	poke	INTMUX1, 0x07070000
	# Interrupt 4 and 5 from event 0: event 6 is combined into it.
	dint
	poke	EVTSET, (1<<6)
	rint
||	idle
	nop	9
	check	17, a10, 6
	check	18, a11, 2

	# Cleared by ICR before anybody looks.
	dint
	mvk	.s2	0x10, b4
	mvc	.s2	b4, isr
	nop
	mvc	.s2	ifr, b5
	checkb	19, b5, 0x10
	mvc	.s2	b4, icr
	nop
	mvc	.s2	ifr, b5
	checkb	20, b5, 0
	rint
	nop	9
	check	21, a10, 6

	# ADDKPC and IRP: interrupts between any two packets of a computation.
	mvk	.s1	100, a5
	mvk	.s1	0, a6
	load	b6, .s2, 0x10
3:	mvc	.s2	b6, isr
	addk	.s1	3, a6
	mpy	.m1	2, a6, a7
	mvc	.s2	b6, isr
	addk	.s1	-2, a6
	bdec	.s1	3b, a5
	nop	5
	check	22, a6, 102
	load	a8, .s1, 210
	sub	.l1	a10, a8, a8
	check	23, a8, 0

	pass
