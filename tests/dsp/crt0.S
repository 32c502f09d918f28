/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The start of a test program: QEMU has loaded it, zeroed the rest and set up the
 * stack. exit(main(1, argv)).
 */
	.text
	.globl _start
_start:
	mvkl	.s2	__c6xabi_DSBT_BASE, b14
	mvkh	.s2	__c6xabi_DSBT_BASE, b14
	mvkl	.s2	argv, b4
	mvkh	.s2	argv, b4
	mvk	.s1	1, a4
	mvkl	.s2	1f, b3
	mvkh	.s2	1f, b3
	b	.s1	main
	nop	5
1:
	b	.s1	exit
	nop	5

/* int setjmp(jmp_buf), void longjmp(jmp_buf, int): include/setjmp.h. */
	.macro all_saved what
	\what	1, a10, 0
	\what	1, a11, 1
	\what	1, a12, 2
	\what	1, a13, 3
	\what	1, a14, 4
	\what	1, a15, 5
	\what	2, b10, 6
	\what	2, b11, 7
	\what	2, b12, 8
	\what	2, b13, 9
	\what	2, b14, 10
	\what	2, b15, 11
	\what	2, b3, 12
	.endm
	.macro save side, register, index
	stw	.d1t\side	\register, *+a4[\index]
	.endm
	.macro restore side, register, index
	ldw	.d1t\side	*+a4[\index], \register
	.endm

	.globl setjmp
setjmp:
	all_saved save
	mvk	.s1	0, a4
	b	.s2	b3
	nop	5

	.globl longjmp
longjmp:
	all_saved restore
	nop	4
	mv	.l1x	b4, a0
	mv	.l1	a0, a4
	[!a0] mvk .s1	1, a4
	b	.s2	b3
	nop	5

	.section .fardata, "aw"
	.align 2
argv:
	.word	name, 0
name:
	.asciz	"test"
