/* SPDX-License-Identifier: GPL-2.0 */
/* C674x: the formats of loads, stores and address arithmetic with B14, B15. */

#include "qemu/osdep.h"
#include "qemu/host-utils.h"
#include "c674x-decode.h"

/* What a load or store moves; the op field, and 8 if the r bit is set. */
typedef struct Transfer {
    C674xFn *fn;
    uint8_t size;
    bool unaligned;
} Transfer;

static const Transfer transfers[16] = {
    { c674x_load, 2 },          /* LDHU */
    { c674x_load, 1 },          /* LDBU */
    { c674x_load_signed, 1 },   /* LDB */
    { c674x_store, 1 },         /* STB */
    { c674x_load_signed, 2 },   /* LDH */
    { c674x_store, 2 },         /* STH */
    { c674x_load, 4 },          /* LDW */
    { c674x_store, 4 },         /* STW */
    [10] = { c674x_load, 8, true },     /* LDNDW */
    [11] = { c674x_load, 4, true },     /* LDNW */
    [12] = { c674x_store, 8 },          /* STDW */
    [13] = { c674x_store, 4, true },    /* STNW */
    [14] = { c674x_load, 8 },           /* LDDW */
    [15] = { c674x_store, 8, true },    /* STNDW */
};

static void transfer(C674xState *s, C674xOp *op, unsigned code)
{
    const Transfer *t = &transfers[code];
    unsigned data = SIDE(op->word) * 32 + DST(op->word);

    if (!t->fn) {
        c674x_decode_unknown(op);
        return;
    }
    op->fn = t->fn;
    op->unit = C674X_D;
    op->size = t->size;
    op->align = t->unaligned ? 0 : t->size - 1;
    op->scale = ctz32(t->size);
    if (t->size == 8) {
        /* The lowest bit of a non-aligned pair says whether to scale. */
        op->scale = !t->unaligned || (data & 1) ? 3 : 0;
        data &= ~1;
    }
    if (t->fn == c674x_store) {
        op->special = C674X_STORE;
        op->src2 = &s->reg[data];
    } else {
        op->special = C674X_LOAD;
        op->dst = data;
        op->lo = 5;
        op->hi = t->size == 8 ? 5 : 0;
    }
}

void c674x_decode_load_store(C674xState *s, C674xOp *op)
{
    uint32_t word = op->word;

    transfer(s, op, extract32(word, 4, 3) + 8 * extract32(word, 8, 1));
    op->side = extract32(word, 7, 1);
    op->base = op->side * 32 + SRC2(word);
    op->mode = extract32(word, 9, 4);
    op->src1 = c674x_decode_operand(s, op, op->mode & 4 ? REG : UCST,
                                    SRC1(word));
    if ((op->mode & 10) == 2) {
        c674x_decode_unknown(op);
    }
}

/* With B14 or B15 as base and a constant of 15 bits. */
void c674x_decode_long_offset(C674xState *s, C674xOp *op, bool always)
{
    uint32_t word = op->word;
    unsigned code = extract32(word, 4, 3);

    if (!always) {
        transfer(s, op, code);
        op->side = 1;
        op->imm[0] = extract32(word, 8, 15);
        op->src1 = op->imm;
    } else if (code == 3 || code == 5 || code == 7) {
        c674x_decode_constant(op, c674x_adda, C674X_D, extract32(word, 8, 15));
        op->lo = 1;
        op->scale = (code - 3) / 2;
    } else {
        c674x_decode_unknown(op);
    }
    op->base = C674X_B(14) + extract32(word, 7, 1);
    op->mode = 1;
}
