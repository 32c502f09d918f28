/* SPDX-License-Identifier: GPL-2.0 */
/* C674x: unit .D, addresses, loads and stores. */

#include "qemu/osdep.h"
#include "c674x-ops.h"

#define AMR_BK0(amr) extract32(amr, 16, 5)
#define AMR_BK1(amr) extract32(amr, 21, 5)

/* How AMR has register @reg addressed: 0 linear, 1 with BK0, 2 with BK1. */
static unsigned addressing_mode(uint32_t amr, unsigned reg)
{
    unsigned n = reg % 32;

    if (n < 4 || n > 7) {
        return 0;
    }
    return extract32(amr, (reg >= 32 ? 8 : 0) + 2 * (n - 4), 2);
}

/* @address plus @offset, in the circular buffer that AMR gives @reg, if any. */
static uint32_t move(C674xState *s, unsigned reg, uint32_t address,
                     uint32_t offset)
{
    unsigned mode;
    uint64_t mask;

    if (likely(!s->amr)) {
        return address + offset;
    }
    mode = addressing_mode(s->amr, reg);
    if (!mode) {
        return address + offset;
    }
    mask = MAKE_64BIT_MASK(0, 1 + (mode == 1 ? AMR_BK0(s->amr)
                                             : AMR_BK1(s->amr)));
    return (address & ~mask) | ((address + offset) & mask);
}

/*
 * The address of a load or store. Bit 0 of the mode adds the offset, bit 3
 * writes the sum back, bit 1 then uses the address before.
 */
static uint32_t address(C674xState *s, const C674xOp *op)
{
    uint32_t base = s->reg[op->base];
    uint32_t offset = U1 << op->scale;
    uint32_t moved = move(s, op->base, base, op->mode & 1 ? offset : -offset);

    if (op->mode & 8) {
        c674x_write(s, op->base, moved, 1);
        if (op->mode & 2) {
            moved = base;
        }
    }
    return moved & ~op->align;
}

uint64_t c674x_load(C674xState *s, const C674xOp *op)
{
    return c674x_memory_read(s, address(s, op), op->size);
}

uint64_t c674x_load_signed(C674xState *s, const C674xOp *op)
{
    return sextract64(c674x_load(s, op), 0, 8 * op->size);
}

/* The data is in src2. */
uint64_t c674x_store(C674xState *s, const C674xOp *op)
{
    c674x_memory_write(s, address(s, op), op->size == 8 ? D2 : U2, op->size);
    return 0;
}

/* Here the base is src2 of the instruction. */
uint64_t c674x_adda(C674xState *s, const C674xOp *op)
{
    return move(s, op->base, s->reg[op->base], U1 << op->scale);
}

static uint64_t suba(C674xState *s, const C674xOp *op)
{
    return move(s, op->base, s->reg[op->base], -(U1 << op->scale));
}

/* Bits 3:2 of the opcodes from 0x30 on are the scale. */
const C674xRow c674x_d_rows[64] = {
    [0x00] = { c674x_mv1, SCST, NONE, 1 },
    [0x10] = { c674x_add, REG, REG, 1 },
    [0x11] = { c674x_rsub, REG, REG, 1 },
    [0x12] = { c674x_add, UCST, REG, 1 },
    [0x13] = { c674x_rsub, UCST, REG, 1 },
    [0x30] = { c674x_adda, REG, REG, 1 },
    [0x31] = { suba, REG, REG, 1 },
    [0x32] = { c674x_adda, UCST, REG, 1 },
    [0x33] = { suba, UCST, REG, 1 },
    [0x34] = { c674x_adda, REG, REG, 1 },
    [0x35] = { suba, REG, REG, 1 },
    [0x36] = { c674x_adda, UCST, REG, 1 },
    [0x37] = { suba, UCST, REG, 1 },
    [0x38] = { c674x_adda, REG, REG, 1 },
    [0x39] = { suba, REG, REG, 1 },
    [0x3a] = { c674x_adda, UCST, REG, 1 },
    [0x3b] = { suba, UCST, REG, 1 },
    [0x3c] = { c674x_adda, REG, REG, 1 },
    [0x3d] = { c674x_adda, UCST, REG, 1 },
};

const C674xRow c674x_d_ext_rows[16] = {
    [0x00] = { c674x_andn, REG, XREG, 1 },
    [0x02] = { c674x_or, REG, XREG, 1 },
    [0x03] = { c674x_or, SCST, XREG, 1 },
    [0x04] = { c674x_add2, REG, XREG, 1 },
    [0x05] = { c674x_sub2, REG, XREG, 1 },
    [0x06] = { c674x_and, REG, XREG, 1 },
    [0x07] = { c674x_and, SCST, XREG, 1 },
    [0x0a] = { c674x_add, REG, XREG, 1 },
    [0x0b] = { c674x_add, SCST, XREG, 1 },
    [0x0c] = { c674x_sub, REG, XREG, 1 },
    [0x0e] = { c674x_xor, REG, XREG, 1 },
    [0x0f] = { c674x_xor, SCST, XREG, 1 },
};
