/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The C674x: vectors, reset, the interrupt of a kick, and sleep.
 *
 * A handler interrupts compiled code anywhere, and GCC has no attribute for one:
 * what it uses it saves itself. This one is short enough to do without C.
 */

#define CHIPSIG_CLR	0x01c14178
#define SIGNAL_DSP	4

/* IER: NMI, which all others need, and interrupt 4. */
#define IER_BITS	0x12
#define CSR_GIE		1
#define TSR_GEE		4

/* Eight instructions each: one fetch packet. */
	.macro vector target
	b	.s1	\target
	nop	5
	.rept 6
	nop
	.endr
	.endm

	/* Aligned to 1 KiB by link.ld: gas refuses to. */
	.section .vectors, "ax"
	.globl vectors
vectors:
	vector	reset		/* 0 */
	vector	exception	/* 1: NMI, and what the core itself stumbles over */
	vector	unexpected	/* 2, 3: reserved */
	vector	unexpected
	vector	kicked		/* 4: CHIPSIG */
	.rept 11
	vector	unexpected
	.endr

	.section .text.start, "ax"
	.globl reset
reset:
	mvkl	.s2	__stack_top, b15
	mvkh	.s2	__stack_top, b15
	mvkl	.s2	vectors, b0
	mvkh	.s2	vectors, b0
	mvc	.s2	b0, istp
	/* Exceptions of the core itself shall go to the vector of the NMI. */
	mvc	.s2	tsr, b0
	or	.s2	TSR_GEE, b0, b0
	mvc	.s2	b0, tsr
	b	.s1	main
	nop	5

	.globl interrupts_enable
interrupts_enable:
	mvk	.s2	IER_BITS, b0
	mvc	.s2	b0, ier
	mvc	.s2	csr, b0
	or	.s2	CSR_GIE, b0, b0
	mvc	.s2	b0, csr
	b	.s2	b3
	nop	5

exception:
unexpected:
	mvc	.s2	nrp, b4
	mv	.l1x	b4, a4
	mvc	.s2	efr, b4
	mvkl	.s2	__stack_top, b15
	mvkh	.s2	__stack_top, b15
	b	.s1	fault
	nop	5

/* void board_stop(void) */
	.globl board_stop
board_stop:
	mvc	.s2	csr, b0
	clr	.s2	b0, 0, 0, b0
	mvc	.s2	b0, csr
1:
	idle
	b	.s1	1b
	nop	5

/*
 * void board_wait(void): sleeps until there was a kick since the last sleep.
 *
 * IDLE ends with an interrupt's handler. One that comes after the look at the
 * flag and before IDLE would leave the core asleep: so the handler lets whoever
 * it finds between wait_begin and wait_end go on at wait_end.
 */
	.globl board_wait
board_wait:
	mvkl	.s1	kick_seen, a3
	mvkh	.s1	kick_seen, a3
wait_begin:
	ldw	.d1t1	*a3, a0
	nop	4
	[a0] b	.s1	wait_end
	nop	5
	idle
wait_end:
	mvk	.s1	0, a0
	b	.s2	b3
	stw	.d1t1	a0, *a3
	nop	4

/* The handler: says that the kick was taken, so that Linux may send the next one. */
kicked:
	stw	.d2t1	a0, *b15--[2]
	stw	.d2t1	a1, *b15--[2]
	stw	.d2t2	b0, *b15--[2]
	stw	.d2t2	b1, *b15--[2]
	mvkl	.s1	CHIPSIG_CLR, a0
	mvkh	.s1	CHIPSIG_CLR, a0
	mvk	.s1	SIGNAL_DSP, a1
	stw	.d1t1	a1, *a0
	/* Not 0: there was one. */
	mvkl	.s1	kick_seen, a0
	mvkh	.s1	kick_seen, a0
	stw	.d1t1	a1, *a0
	/* wait_begin <= IRP < wait_end, in one unsigned comparison. */
	mvkl	.s2	wait_begin, b1
	mvkh	.s2	wait_begin, b1
	mvc	.s2	irp, b0
	sub	.l2	b0, b1, b0
	mvkl	.s2	wait_end - wait_begin, b1
	mvkh	.s2	wait_end - wait_begin, b1
	cmpltu	.l2	b0, b1, b0
	mvkl	.s2	wait_end, b1
	mvkh	.s2	wait_end, b1
	[b0] mvc .s2	b1, irp
	ldw	.d2t2	*++b15[2], b1
	ldw	.d2t2	*++b15[2], b0
	ldw	.d2t1	*++b15[2], a1
	ldw	.d2t1	*++b15[2], a0
	b	.s2	irp
	nop	5

	.section .bss.kick_seen, "aw", @nobits
kick_seen:
	.word	0
