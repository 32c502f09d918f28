/* SPDX-License-Identifier: GPL-2.0 */
/*
 * C674x: fetching execute packets, decoded once.
 *
 * The cache of decoded packets stands for L1P: as on the chip a program that
 * writes instructions has to invalidate L1P before it executes them (see
 * c674x-cache.c). A reset does that too.
 */

#include "qemu/osdep.h"
#include "c674x-core.h"

#define FETCH_PACKET        32
#define LAST_WORD           (FETCH_PACKET - 4)
#define COMPACT_HEADER      0xe     /* bits 31:28 of the last word */

/* Read an instruction, unless it is in a fetch packet with a header. */
static bool read_word(C674xState *s, uint32_t pc, uint32_t *word)
{
    uint32_t last, last_pc = pc | LAST_WORD;

    if (!c674x_memory_fetch(s, pc, word) ||
        !c674x_memory_fetch(s, last_pc, &last)) {
        c674x_crash(s, "no memory to execute from at 0x%08x", pc);
        return false;
    }
    if (last >> 28 == COMPACT_HEADER) {
        c674x_crash(s, "compact instructions (header 0x%08x) at 0x%08x are "
                    "not implemented, compile for 32-bit opcodes only",
                    last, pc & -FETCH_PACKET);
        return false;
    }
    return true;
}

/* Stores come last: a load in the same packet sees the memory before them. */
static void order(C674xState *s, C674xPacket *p, const uint32_t *words)
{
    int i, pass, n = 0;

    for (pass = 0; pass < 2; pass++) {
        for (i = 0; i < p->n; i++) {
            C674xOp *op = &p->op[n];

            c674x_decode(s, op, words[i], p->pc + 4 * i);
            if ((op->special == C674X_STORE) == (pass == 1)) {
                p->cycles = MAX(p->cycles, 1 + op->nops);
                n++;
            }
        }
    }
}

static bool read_packet(C674xState *s, C674xPacket *p, uint32_t pc)
{
    uint32_t words[C674X_PACKET_OPS];
    uint32_t at = pc;
    int n = 0;

    if (pc & 3) {
        c674x_crash(s, "branch to 0x%08x, no multiple of 4", pc);
        return false;
    }
    do {
        if (n == C674X_PACKET_OPS) {
            c674x_crash(s, "more than %d parallel instructions at 0x%08x",
                        C674X_PACKET_OPS, pc);
            return false;
        }
        if (!read_word(s, at, &words[n])) {
            return false;
        }
        at += 4;
    } while (words[n++] & 1);

    p->pc = pc;
    p->next = at;
    p->n = n;
    p->cycles = 1;
    order(s, p, words);
    p->generation = s->generation;
    return true;
}

const C674xPacket *c674x_fetch(C674xState *s, uint32_t pc)
{
    C674xPacket *p = &s->packets[pc / 4 % C674X_NUM_PACKETS];

    if (likely(p->pc == pc && p->generation == s->generation)) {
        return p;
    }
    p->generation = 0;
    return read_packet(s, p, pc) ? p : NULL;
}

/* Fetch and decode everything anew. */
void c674x_invalidate(C674xState *s)
{
    unsigned i;

    if (++s->generation == 0) {
        for (i = 0; i < C674X_NUM_PACKETS; i++) {
            s->packets[i].generation = 0;
        }
        s->generation = 1;
    }
}
