// SPDX-License-Identifier: GPL-2.0
/*
 * OMAP4's mailbox: a FIFO of four words in each direction (OMAP4430 TRM, chapter
 * "Mailbox"). This processor is user 2; it reads FIFO 0 and writes FIFO 1. Of each
 * FIFO m there are two events, "a word is there" (bit 2m) and "there is room"
 * (2m + 1); clearing an event has no effect as long as its condition holds.
 */
#include "omap4.h"

#define MAILBOX		(L4_CFG + 0x000f4000u)
#define MESSAGE(m)	(MAILBOX + 0x40 + 4 * (m))
#define FIFOSTATUS(m)	(MAILBOX + 0x80 + 4 * (m))
#define MSGSTATUS(m)	(MAILBOX + 0xc0 + 4 * (m))
#define IRQSTATUS_CLR	(MAILBOX + 0x124)
#define IRQENABLE_SET	(MAILBOX + 0x128)
#define IRQENABLE_CLR	(MAILBOX + 0x12c)

#define RX		0u
#define TX		1u
#define RX_WORD		(1u << (2 * RX))
#define TX_ROOM		(1u << (2 * TX + 1))

static bool waiting;

/* An interrupt for each word that comes. */
void mailbox_init(void)
{
	*reg(IRQENABLE_CLR) = TX_ROOM;
	*reg(IRQENABLE_SET) = RX_WORD;
}

/* The next word; false if there is none: then the next one interrupts. */
bool mailbox_receive(uint32_t *word)
{
	if (*reg(MSGSTATUS(RX)) == 0) {
		*reg(IRQSTATUS_CLR) = RX_WORD;
		/* One may have come since. */
		if (*reg(MSGSTATUS(RX)) == 0)
			return false;
	}
	*word = *reg(MESSAGE(RX));
	return true;
}

/* Sends a word if there is room for it. */
bool mailbox_try_send(uint32_t word)
{
	if (*reg(FIFOSTATUS(TX)) != 0)
		return false;
	*reg(MESSAGE(TX)) = word;
	return true;
}

/* Interrupts when there is room, or does not. */
void mailbox_wait_for_room(bool wait)
{
	/* What it says is old, unless there is room by now. */
	if (wait)
		*reg(IRQSTATUS_CLR) = TX_ROOM;
	if (wait != waiting) {
		waiting = wait;
		*reg(wait ? IRQENABLE_SET : IRQENABLE_CLR) = TX_ROOM;
	}
}
