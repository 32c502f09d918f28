/* SPDX-License-Identifier: GPL-2.0 */
/* C674x: the cycles of the core. */

#include "qemu/osdep.h"
#include "qemu/error-report.h"
#include "hw/irq.h"
#include "c674x-core.h"

void c674x_crash(C674xState *s, const char *fmt, ...)
{
    g_autofree char *what = NULL;
    va_list args;

    if (s->halted) {
        return;
    }
    va_start(args, fmt);
    what = g_strdup_vprintf(fmt, args);
    va_end(args);
    error_report("c674x: %s: the core is stopped (pc 0x%08x, b3 0x%08x, "
                 "sp 0x%08x, cycle %" PRIu64 ")", what, s->pc,
                 s->reg[C674X_B(3)], s->reg[C674X_B(15)], s->cycle);
    s->halted = true;
    qemu_irq_raise(s->crash);
}

void c674x_ring_full(C674xState *s)
{
    c674x_crash(s, "more than %d results in one cycle", C674X_SLOT_WRITES);
}

/* Let every result that is under way arrive. No branch must be. */
void c674x_drain(C674xState *s)
{
    int i;

    for (i = 0; i < C674X_RING; i++) {
        c674x_tick(s);
    }
}

/*
 * IDLE in the delay slots of a branch ends with it. In parallel with RINT it
 * waits for nothing if an interrupt is pending.
 */
static void idle(C674xState *s)
{
    if (s->branches) {
        s->idle = false;
        while (!c674x_tick(s)) {
            /* no operation */
        }
    } else {
        c674x_tick(s);
        s->idle = !s->irq_ready;
    }
}

static void step(C674xState *s)
{
    const C674xPacket *p = c674x_fetch(s, s->pc);
    unsigned i, cycles;

    if (unlikely(!p)) {
        return;
    }
    s->pc = p->next;
    s->instructions += p->n;
    for (i = 0; i < p->n; i++) {
        c674x_execute(s, &p->op[i]);
    }
    if (unlikely(s->idle)) {
        idle(s);
        return;
    }
    cycles = p->cycles;
    do {
        /* A branch that is taken ends a multi-cycle NOP. */
        if (c674x_tick(s)) {
            break;
        }
    } while (--cycles);
}

/* Execute about @cycles cycles; fewer if the core comes to rest. */
void c674x_run(C674xState *s, unsigned cycles)
{
    uint64_t end = s->cycle + cycles;

    while (s->cycle < end && !s->halted && !s->held && !s->idle) {
        if (unlikely(s->loop.active)) {
            c674x_loop_cycle(s);
            continue;
        }
        /* On the chip, too, no interrupt is taken in delay slots. */
        if (unlikely(s->irq_ready) && !s->branches) {
            c674x_interrupt_take(s);
        }
        step(s);
    }
    c674x_memory_sync(s);
}
