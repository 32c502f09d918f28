// SPDX-License-Identifier: GPL-2.0
/*
 * The Cortex-M3 of an OMAP4: vectors, sleep, and which addresses may be touched.
 *
 * Interrupts stay masked for ever. WFI ends when one is *pending*, masked or not,
 * so the main loop can look at everything, decide to sleep, and cannot miss what
 * happens in between; no handler runs beside it.
 */
#include "omap4.h"

#define MAILBOX_IRQ	26u

/* ARMv7-M Architecture Reference Manual, "System Control Space". */
#define NVIC_ISER	0xe000e100u
#define NVIC_ICER	0xe000e180u
#define NVIC_ICPR	0xe000e280u
#define CFSR		0xe000ed28u
#define BFAR		0xe000ed38u
#define CFSR_BFARVALID	(1u << 15)

/* Mapped by nothing: neither the resource table nor the processor. */
#define NOTHING		0xdead0000u

const char board_name[] = "omap4-ipu";
char *const board_trace = (char *)TRACE;
const uint32_t board_trace_size = TRACE_LEN;

/* Kicks that are due, a bit for each vring, and whether Linux waits for an echo. */
static uint32_t kicks;
static bool echo_due;

static void fault(void)
{
	uint32_t cfsr = *reg(CFSR);

	if (cfsr & CFSR_BFARVALID)
		crash("bus fault at", *reg(BFAR));
	crash("fault, cfsr", cfsr);
}

/* Linux has loaded all segments, and zeroed what has no contents, before each start. */
void reset(void);
void reset(void)
{
	__asm__ volatile("cpsid i" ::: "memory");
	main();
}

extern char __stack_top;

/* The vector table, at address 0: stack, reset, 14 exceptions, 64 interrupts. */
static const struct {
	void *stack;
	void (*reset)(void);
	void (*other[14 + 64])(void);
} vectors __attribute__((section(".vectors"), used)) = {
	&__stack_top, reset, { [0 ... 14 + 64 - 1] = fault },
};

void board_init(void)
{
	*reg(NVIC_ISER) = 1u << MAILBOX_IRQ;
	mailbox_init();
}

/* A kick needs no more than this: all vrings are looked at afterwards. */
void board_receive(void)
{
	uint32_t word;

	while (mailbox_receive(&word)) {
		if (word == WORD_ECHO_REQUEST)
			echo_due = true;
		if (word == WORD_ABORT_REQUEST)
			crash("Linux asked for it", 0);
	}
}

void board_send(void)
{
	uint32_t vring;

	if (echo_due)
		echo_due = !mailbox_try_send(WORD_ECHO_REPLY);
	for (vring = 0; vring < 2; vring++) {
		if (kicks & 1u << vring && mailbox_try_send(vring))
			kicks &= ~(1u << vring);
	}
	mailbox_wait_for_room(echo_due || kicks);
}

void board_wait(void)
{
	/* Has no effect while the mailbox still asserts its interrupt. */
	*reg(NVIC_ICPR) = 1u << MAILBOX_IRQ;
	__asm__ volatile("dsb\n\twfi" ::: "memory");
}

void board_tell_crash(void)
{
	while (!mailbox_try_send(WORD_CRASH))
		;
}

void board_stop(void)
{
	*reg(NVIC_ICER) = 1u << MAILBOX_IRQ;
	for (;;)
		board_wait();
}

void board_read_nothing(void)
{
	*reg(NOTHING);
}

static bool within(uint64_t da, uint32_t len, uint32_t start, uint32_t size)
{
	return da >= start && len <= size && da - start <= size - len;
}

static void *map(void *ctx, uint64_t da, uint32_t len)
{
	(void)ctx;
	if (!within(da, len, VRINGS, VRINGS_LEN) && !within(da, len, POOL, POOL_LEN))
		return NULL;
	return (void *)(uintptr_t)da;
}

static void kick(void *ctx, unsigned int vring)
{
	(void)ctx;
	kicks |= 1u << vring;
	board_send();
}

static void barrier(void *ctx)
{
	(void)ctx;
	__asm__ volatile("dmb" ::: "memory");
}

/* The M3's accesses to shared memory are not cached. */
const struct rpmsg_port board_port = { .map = map, .kick = kick, .barrier = barrier };
