/* SPDX-License-Identifier: GPL-2.0 */
/*
 * C674x: fetching execute packets, decoded once.
 *
 * The cache of decoded packets stands for L1P: as on the chip a program that
 * writes instructions has to invalidate L1P before it executes them (see
 * c674x-cache.c). A reset does that too.
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "c674x-compact.h"

#define FETCH_PACKET        32
#define LAST_WORD           (FETCH_PACKET - 4)
#define PROTECTED_NOPS      4
#define NO_OPCODE           0xf0000000  /* this predicate doesn't exist */

/* An instruction as it is fetched. */
typedef struct Fetched {
    uint32_t word;              /* 32 bits, expanded if it was compact */
    uint32_t pc;
    uint32_t next;
    bool parallel;
    bool header;                /* in a fetch packet with a header, */
    bool protect;               /* that adds NOPs to loads */
} Fetched;

static bool bad_address(C674xState *s, uint32_t pc)
{
    c674x_crash(s, "branch to 0x%08x, where no instruction begins", pc);
    return false;
}

/* From a fetch packet with the header @h. */
static bool fetch_with_header(C674xState *s, const C674xHeader *h,
                              uint32_t word, Fetched *f)
{
    unsigned offset = f->pc % FETCH_PACKET;

    f->header = true;
    f->protect = h->protect;
    if (offset >= LAST_WORD) {
        return bad_address(s, f->pc);
    }
    if (extract32(h->compact, offset / 4, 1)) {
        uint16_t half = f->pc & 2 ? word >> 16 : word;

        if (!c674x_compact_expand(h, half, &f->word)) {
            f->word = NO_OPCODE | half;
        }
        f->parallel = extract32(h->parallel, offset / 2, 1);
        f->next = f->pc + 2;
    } else if (f->pc & 2) {
        return bad_address(s, f->pc);
    }
    if (f->next % FETCH_PACKET == LAST_WORD) {
        f->next += 4;
    }
    return true;
}

static bool fetch_one(C674xState *s, uint32_t pc, Fetched *f)
{
    uint32_t word, last;
    C674xHeader h;

    if (pc & 1) {
        return bad_address(s, pc);
    }
    if (!c674x_memory_fetch(s, pc & ~3, &word) ||
        !c674x_memory_fetch(s, (pc & -FETCH_PACKET) + LAST_WORD, &last)) {
        c674x_crash(s, "no memory to execute from at 0x%08x", pc);
        return false;
    }
    *f = (Fetched) {
        .word = word, .pc = pc, .next = pc + 4, .parallel = word & 1,
    };
    if (c674x_compact_header(last, &h)) {
        return fetch_with_header(s, &h, word, f);
    }
    return pc & 2 ? bad_address(s, pc) : true;
}

/* Stores come last: a load in the same packet sees the memory before them. */
static void order(C674xState *s, C674xPacket *p, const Fetched *fetched)
{
    int i, pass, n = 0;

    for (pass = 0; pass < 2; pass++) {
        for (i = 0; i < p->n; i++) {
            const Fetched *f = &fetched[i];
            C674xOp *op = &p->op[n];

            c674x_decode(s, op, f->word, f->pc, f->header);
            if (f->protect && op->special == C674X_LOAD) {
                op->nops = PROTECTED_NOPS;
            }
            if ((op->special == C674X_STORE) == (pass == 1)) {
                p->cycles = MAX(p->cycles, 1 + op->nops);
                n++;
            }
        }
    }
}

static bool read_packet(C674xState *s, C674xPacket *p, uint32_t pc)
{
    Fetched fetched[C674X_PACKET_OPS];
    uint32_t at = pc;
    int n = 0;

    do {
        if (n == C674X_PACKET_OPS) {
            c674x_crash(s, "more than %d parallel instructions at 0x%08x",
                        C674X_PACKET_OPS, pc);
            return false;
        }
        if (!fetch_one(s, at, &fetched[n])) {
            return false;
        }
        at = fetched[n].next;
    } while (fetched[n++].parallel);

    p->pc = pc;
    p->next = at;
    p->n = n;
    p->cycles = 1;
    order(s, p, fetched);
    p->generation = s->generation;
    return true;
}

const C674xPacket *c674x_fetch(C674xState *s, uint32_t pc)
{
    C674xPacket *p = &s->packets[pc / 2 % C674X_NUM_PACKETS];

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
