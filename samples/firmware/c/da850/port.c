// SPDX-License-Identifier: GPL-2.0
/*
 * The C674x of a DA850 (OMAP-L138, AM1808): interrupts, caches, and which
 * addresses may be touched. Registers: OMAP-L138 TRM (SPRUH77), "System
 * Configuration"; C674x megamodule (SPRUFK5).
 *
 * Linux and the DSP interrupt each other through the bits of CHIPSIG: bit 0, to
 * Linux, and bit 2, to the DSP, say "look at the vrings"; bits 1 and 0 together
 * say that the firmware has crashed.
 */
#include "da850.h"

#define CHIPSIG		0x01c14174u
#define CHIPSIG_CLR	0x01c14178u
#define SIGNAL_KICK	(1u << 0)
#define SIGNAL_CRASH	(1u << 1 | 1u << 0)
#define SIGNAL_DSP	(1u << 2)

/* Interrupt controller: event 5 is CHIPSIG bit 2, and becomes interrupt 4. */
#define EVTCLR0		0x01800040u
#define INTMUX1		0x01800104u
#define EVENT_CHIPINT2	5u

/* Caches. */
#define L2CFG		0x01840000u
#define L1PCFG		0x01840020u
#define L1DCFG		0x01840040u
#define L1DWBAR		0x01844040u
#define L1DWWC		0x01844044u
#define L1DIBAR		0x01844048u
#define L1DIWC		0x0184404cu
#define MAR(addr)	(0x01848000u + 4 * ((addr) >> 24))
#define CACHE_ALL	7u
#define CACHE_NONE	0u

/* Nothing of this chip is there. */
#define NOTHING		0xdead0000u

const char board_name[] = "da850-dsp";
char *const board_trace = (char *)TRACE;
const uint32_t board_trace_size = TRACE_LEN;

/* L2 stays memory; both L1 are caches, also of the 16 MiB that we share with Linux. */
static void caches_init(void)
{
	*reg(L2CFG) = CACHE_NONE;
	*reg(L1PCFG) = CACHE_ALL;
	*reg(L1DCFG) = CACHE_ALL;
	*reg(MAR(POOL)) = 1;
	/* A write takes effect when a read of the same register comes back. */
	(void)*reg(MAR(POOL));
}

void board_init(void)
{
	caches_init();
	*reg(INTMUX1) = (*reg(INTMUX1) & ~0x7fu) | EVENT_CHIPINT2;
	/* Kicks from before this need no interrupt: the vrings are looked at anyway. */
	*reg(CHIPSIG_CLR) = SIGNAL_DSP;
	*reg(EVTCLR0) = 1u << EVENT_CHIPINT2;
	interrupts_enable();
}

/* The interrupt handler in start.S does what there is to do. */
void board_receive(void)
{
}

/* kick() never has to wait. */
void board_send(void)
{
}

void board_tell_crash(void)
{
	*reg(CHIPSIG) = SIGNAL_CRASH;
}

void board_read_nothing(void)
{
	*reg(NOTHING);
}

/* A cause is the register EFR: bit 31 NMI, 30 an event, 1 the core itself. */
void fault(uint32_t at, uint32_t cause)
{
	crash(cause & 2 ? "exception of the core at" : "unexpected interrupt at", at);
}

static void *map(void *ctx, uint64_t da, uint32_t len)
{
	(void)ctx;
	if (da < POOL || len > POOL_LEN || da - POOL > POOL_LEN - len)
		return NULL;
	return (void *)(uintptr_t)da;
}

/*
 * Linux clears the bit before it looks at the vrings: one that is still set from
 * the last kick will do as well.
 */
static void kick(void *ctx, unsigned int vring)
{
	(void)ctx;
	(void)vring;
	*reg(CHIPSIG) = SIGNAL_KICK;
}

/* The core does everything in order; the compiler must not change that. */
static void barrier(void *ctx)
{
	(void)ctx;
	__asm__ volatile("" ::: "memory");
}

/*
 * A block operation on L1D. An interrupt between its two registers would not
 * matter: the handler touches no cache.
 */
static void cache_block(uint32_t base, uint32_t count, const void *start, uint32_t len)
{
	uint32_t first = (uint32_t)(uintptr_t)start & ~3u;
	uint32_t end = (uint32_t)(uintptr_t)start + len;

	__asm__ volatile("" ::: "memory");
	*reg(base) = first;
	*reg(count) = (end - first + 3) >> 2;
	while (*reg(count) != 0)
		;
	__asm__ volatile("" ::: "memory");
}

static void writeback(void *ctx, const void *start, uint32_t len)
{
	(void)ctx;
	cache_block(L1DWBAR, L1DWWC, start, len);
}

static void invalidate(void *ctx, const void *start, uint32_t len)
{
	(void)ctx;
	cache_block(L1DIBAR, L1DIWC, start, len);
}

const struct rpmsg_port board_port = {
	.map = map,
	.kick = kick,
	.barrier = barrier,
	.writeback = writeback,
	.invalidate = invalidate,
};
