/* SPDX-License-Identifier: GPL-2.0 */
/* The address space of the C674x, by link.ld and table.c. */
#ifndef DA850_H
#define DA850_H

#include "../sample.h"

/*
 * The memory that the board reserves for the DSP. Linux allocates the vrings at
 * its start, the message buffers somewhere in it.
 */
#define POOL		0xc3000000u
#define POOL_LEN	(16u << 20)

/* The firmware's own part of it: see link.ld. */
#define FIRMWARE	0xc3100000u
#define FIRMWARE_LEN	(1u << 20)
#define TRACE		(FIRMWARE + 0x8000)
#define TRACE_LEN	0x8000u

/* start.S */
void interrupts_enable(void);

/* port.c, called by start.S when the core takes an exception. */
void fault(uint32_t at, uint32_t cause) __attribute__((noreturn));

static inline volatile uint32_t *reg(uint32_t addr)
{
	return (volatile uint32_t *)(uintptr_t)addr;
}

#endif
