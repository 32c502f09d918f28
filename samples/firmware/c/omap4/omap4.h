/* SPDX-License-Identifier: GPL-2.0 */
/* The address space of the Cortex-M3, by ../../omap4-ipu/link.ld and table.c. */
#ifndef OMAP4_H
#define OMAP4_H

#include "../sample.h"

#define TRACE		0x80004000u
#define TRACE_LEN	0x1000u

/*
 * Where both vrings are to be seen; if this firmware was converted to RPRC, the
 * carveout that has the buffers and the vrings behind them.
 */
#define VRINGS		0xa0000000u
#define VRINGS_LEN	(1u << 20)

/* The L4 interconnect, with the mailbox in it. */
#define L4_CFG		0xaa000000u

/* What the board reserves for this processor; message buffers come out of it. */
#define POOL		0x98800000u
#define POOL_LEN	(16u << 20)

/* What the other side is told or asked by a word in the mailbox; else it is the
 * number of a vring, which is a kick.
 */
#define WORD_CRASH		0xffffff02u
#define WORD_ECHO_REQUEST	0xffffff03u
#define WORD_ECHO_REPLY		0xffffff04u
#define WORD_ABORT_REQUEST	0xffffff05u

/* mailbox.c */
void mailbox_init(void);
bool mailbox_receive(uint32_t *word);
bool mailbox_try_send(uint32_t word);
void mailbox_wait_for_room(bool wait);

static inline volatile uint32_t *reg(uint32_t addr)
{
	return (volatile uint32_t *)(uintptr_t)addr;
}

#endif
