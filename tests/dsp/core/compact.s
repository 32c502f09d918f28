# SPDX-License-Identifier: GPL-2.0
# Compact instructions. The assembler knows none: they are halfwords here, in
# fetch packets whose last word is the header.

	.include "check.inc"

	.equ	NOP1, 0x0c6e

_start:
	load	a4, .s1, data
	b	.s1	first
	nop	5

	# Loads followed by four NOPs, as the header wants; a 32-bit instruction
	# between compact ones; two in parallel.
	.balign	32
first:	.short	0x205c		; ldw .d1t1 *+a4(4), a5
	.short	0xa2e0		; add .l1 a5, a5, a6
	.short	0xe392		; mvk .s1 7, a7
	.short	0x2b93		; || mvk .s2 9, b7
	.word	0x038000d0	; addk .s1 1, a7
	.short	0xe79e		; mpy .m1 a7, a7, a2
	.short	0x2c6e		; nop 2
	.short	NOP1, NOP1, NOP1, NOP1, NOP1, NOP1
	.word	0xef700004	; words 0, 1, 3 to 6; protected; halfword 2 ||

	# Branches: halfwords from the fetch packet, CALLP words.
second:	.short	0xa20a		; bnop .s1 second + 16, 5
	.short	0x2192		; mvk .s1 1, a3
	.short	NOP1, NOP1, NOP1, NOP1, NOP1, NOP1
	.short	0x4092		; mvk .s1 2, a1
	.short	0x041b		; callp .s2 fourth, b3
	.short	0x6212		; mvk .s1 3, a4
	.short	NOP1, NOP1, NOP1
	.word	0xefe08000	; all words; branches

	b	.s1	done
	nop	5
	.balign	32

	# Registers 16 and up.
fourth:	.short	0xa212, NOP1	; mvk .s1 5, a20
	.word	0x000c0362	; b .s2 b3
	.short	0xac6e, NOP1	; nop 6
	.short	NOP1, NOP1, NOP1, NOP1, NOP1, NOP1, NOP1, NOP1
	.word	0xefa80000	; all words but 1; registers 16 and up

	.balign	32
done:	check	1, a5, 0x23456789
	check	2, a6, 0x468acf12
	check	3, a7, 8
	checkb	4, b7, 9
	check	5, a2, 64
	check	6, a3, 0
	check	7, a1, 2
	check	8, a4, 3
	check	9, a20, 5
	load	b4, .s2, (second+20)
	sub	.l2	b3, b4, b4
	checkb	10, b4, 0

	pass

	.data
	.balign	8
data:	.word	1, 0x23456789
