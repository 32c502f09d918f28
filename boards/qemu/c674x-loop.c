/* SPDX-License-Identifier: GPL-2.0 */
/*
 * C674x: the loop buffer, SPLOOP and SPLOOPD to SPKERNEL (SPRUFE8, chapter 7).
 *
 * The body is fetched once, while its first iteration executes. A further
 * iteration starts every "ii" cycles, so several are in flight: in a cycle each
 * of them executes what the body has for its age in cycles. ILC counts the
 * iterations to come and is looked at when one would start; the first four
 * cycles of SPLOOPD don't look, as ILC may still be under way. When no further
 * iteration starts the epilog begins, and with it the delay, given by SPKERNEL,
 * after which the instructions behind the loop are fetched alongside.
 *
 * Not modelled: SPLOOPW, reloading (SPKERNELR, SPMASKR, a predicate on SPLOOP)
 * and an interrupt in the middle of a loop: it waits for the end.
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/host-utils.h"
#include "c674x-core.h"

#define MAX_II      14
#define DELAYED     4       /* cycles in which SPLOOPD doesn't look at ILC */
#define ENDED_MAX   255

void c674x_loop_init(C674xState *s)
{
    s->loop.body = (void *)g_new0(C674xOp,
                                  C674X_LOOP_CYCLES * C674X_PACKET_OPS);
}

void c674x_loop_reset(C674xState *s)
{
    s->loop.active = false;
}

uint64_t c674x_loop_start(C674xState *s, const C674xOp *op)
{
    C674xLoop *l = &s->loop;

    if (op->predicate || op->imm[0] > MAX_II || l->active) {
        c674x_crash(s, "unsupported SPLOOP 0x%08x at 0x%08x: only without "
                    "predicate, of 1 to %d cycles, not nested",
                    op->word, op->pc, MAX_II);
        return 0;
    }
    l->active = true;
    l->loading = true;
    l->delayed = op->special == C674X_SPLOOPD;
    l->ending = false;
    l->ii = op->imm[0];
    l->len = l->phase = l->elapsed = l->ended = l->resume = l->stall = 0;
    l->iterations = 0;
    return 0;
}

/* The boundary between two stages: does another iteration start? */
static void stage(C674xState *s, C674xLoop *l)
{
    if (!l->delayed || l->elapsed >= DELAYED) {
        if (!s->ilc) {
            l->ending = true;
            return;
        }
        s->ilc--;
    }
    l->age[l->iterations++] = 0;
}

/*
 * SPKERNEL's field: as many low bits as "ii" needs are cycles, the others,
 * mirrored, stages.
 */
static unsigned resume_after(const C674xLoop *l, uint32_t field)
{
    unsigned bit, bits = 32 - clz32(l->ii - 1), stages = 0;

    for (bit = bits; bit < 6; bit++) {
        stages = stages << 1 | extract32(field, bit, 1);
    }
    return MIN(stages * l->ii + (bits ? extract32(field, 0, bits) : 0),
               ENDED_MAX);
}

static bool is_masked(const C674xOp *op, uint32_t mask)
{
    return op->unit != C674X_NO_UNIT &&
           extract32(mask, op->unit * 2 + op->side, 1);
}

static uint32_t mask_of(const C674xPacket *p)
{
    unsigned i;

    for (i = 0; i < p->n; i++) {
        if (p->op[i].special == C674X_SPMASK) {
            return p->op[i].imm[0];
        }
    }
    return 0;
}

/* Put what @p adds to the body into the buffer; the rest executes once. */
static void load(C674xState *s, C674xLoop *l, const C674xPacket *p,
                 uint32_t mask)
{
    unsigned i, n = 0;

    for (i = 0; i < p->n; i++) {
        const C674xOp *op = &p->op[i];

        if (op->special == C674X_SPKERNEL) {
            l->resume = resume_after(l, op->imm[0]);
            l->loading = false;
        } else if (op->unit == C674X_NO_UNIT) {
            c674x_execute(s, op);
        } else if (is_masked(op, mask)) {
            c674x_execute(s, op);
        } else {
            l->words[l->len * C674X_PACKET_OPS + n] =
                (C674xLoopWord) { op->word, op->pc };
            c674x_decode(s, &l->body[l->len][n++], op->word, op->pc, false);
        }
    }
    l->n[l->len] = n;
}

/* Decode the body again, after its words came from a snapshot. */
void c674x_loop_loaded(C674xState *s)
{
    C674xLoop *l = &s->loop;
    unsigned cycle, i;

    for (cycle = 0; cycle < l->len; cycle++) {
        for (i = 0; i < l->n[cycle]; i++) {
            const C674xLoopWord *w = &l->words[cycle * C674X_PACKET_OPS + i];

            c674x_decode(s, &l->body[cycle][i], w->word, w->pc, false);
        }
    }
}

/* All iterations execute what is due, stores last. */
static void execute(C674xState *s, C674xLoop *l, uint32_t mask)
{
    unsigned i, j, pass;

    for (pass = 0; pass < 2; pass++) {
        for (i = 0; i < l->iterations; i++) {
            unsigned age = l->age[i];

            for (j = 0; j < l->n[age]; j++) {
                const C674xOp *op = &l->body[age][j];

                if ((op->special == C674X_STORE) == pass &&
                    !is_masked(op, mask)) {
                    c674x_execute(s, op);
                    s->instructions++;
                }
            }
        }
    }
}

/* One cycle older; the oldest iteration may be done. */
static void grow_old(C674xLoop *l)
{
    unsigned i, done = 0;

    for (i = 0; i < l->iterations; i++) {
        l->age[i]++;
    }
    if (!l->loading && l->iterations && l->age[0] >= l->len) {
        done = 1;
    }
    l->iterations -= done;
    memmove(l->age, l->age + done, l->iterations);
}

/* The packet that starts in this cycle, if one is fetched. */
static const C674xPacket *fetch(C674xState *s, C674xLoop *l)
{
    const C674xPacket *p;

    if (!l->loading && !(l->ending && l->ended >= l->resume)) {
        return NULL;
    }
    if (l->stall) {
        l->stall--;
        return NULL;
    }
    p = c674x_fetch(s, s->pc);
    if (p) {
        s->pc = p->next;
        l->stall = p->cycles - 1;
    }
    return p;
}

void c674x_loop_cycle(C674xState *s)
{
    C674xLoop *l = &s->loop;
    const C674xPacket *p;
    bool loading = l->loading;
    uint32_t mask = 0;
    unsigned i;

    if (l->phase == 0 && !l->ending) {
        stage(s, l);
    }
    p = fetch(s, l);
    if (p) {
        mask = mask_of(p);
    }
    if (loading) {
        if (l->len == C674X_LOOP_CYCLES) {
            c674x_crash(s, "loop of more than %d cycles", C674X_LOOP_CYCLES);
            return;
        }
        l->n[l->len] = 0;
        if (p) {
            load(s, l, p, mask);
        }
        l->len++;
    } else if (p) {
        s->instructions += p->n;
        for (i = 0; i < p->n; i++) {
            c674x_execute(s, &p->op[i]);
        }
    }
    execute(s, l, mask);
    if (s->halted) {
        return;
    }

    grow_old(l);
    l->phase = (l->phase + 1) % l->ii;
    l->elapsed = MIN(l->elapsed + 1, DELAYED);
    if (l->ending) {
        l->ended = MIN(l->ended + 1, ENDED_MAX);
    }
    if (c674x_tick(s)) {
        l->stall = 0;
    }
    if (l->ending && !l->loading && !l->iterations && !l->stall &&
        l->ended >= l->resume) {
        l->active = false;
    }
}
