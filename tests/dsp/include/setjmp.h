/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SETJMP_H
#define SETJMP_H

/* A10 to A15, B10 to B15, B3. */
typedef unsigned int jmp_buf[14];

int setjmp(jmp_buf state) __attribute__((returns_twice));
void longjmp(jmp_buf state, int value) __attribute__((noreturn));

#endif
