/* SPDX-License-Identifier: GPL-2.0 */
/*
 * C674x: unit .S, shifts, bit fields, constants and control registers. Its
 * branches are in c674x-branch.c.
 */

#include "qemu/osdep.h"
#include "c674x-ops.h"

/* Six bits of the count are used; from 40 on everything is shifted out. */
static unsigned count(const C674xOp *op)
{
    return MIN(U1 & 63, 40);
}

static uint64_t shl(C674xState *s, const C674xOp *op)
{
    return (uint32_t)((uint64_t)U2 << count(op));
}

static uint64_t shr(C674xState *s, const C674xOp *op)
{
    return (uint32_t)((int64_t)S2 >> count(op));
}

static uint64_t shru(C674xState *s, const C674xOp *op)
{
    return (uint64_t)U2 >> count(op);
}

static uint64_t shl_ul(C674xState *s, const C674xOp *op)
{
    return c674x_long((uint64_t)U2 << count(op));
}

static uint64_t shl_ll(C674xState *s, const C674xOp *op)
{
    return c674x_long(UL2 << count(op));
}

static uint64_t shr_ll(C674xState *s, const C674xOp *op)
{
    return c674x_long(SL2 >> count(op));
}

static uint64_t shru_ll(C674xState *s, const C674xOp *op)
{
    return UL2 >> count(op);
}

/* A count above 31 saturates whatever is not zero. */
static uint64_t sshl(C674xState *s, const C674xOp *op)
{
    unsigned n = MIN(U1 & 63, 32);

    return (uint32_t)c674x_sat32(s, op, (int64_t)((uint64_t)(int64_t)S2 << n));
}

/*
 * Bit fields: "a" and "b" are csta and cstb, each of 5 bits, from a register
 * or packed in the same way from the instruction's constants.
 */
static uint32_t extu(uint32_t value, unsigned a, unsigned b)
{
    return value << a >> b;
}

static uint32_t ext(uint32_t value, unsigned a, unsigned b)
{
    return (int32_t)(value << a) >> b;
}

static uint32_t bits(unsigned a, unsigned b)
{
    return a > b ? 0 : MAKE_64BIT_MASK(a, b - a + 1);
}

#define FIELD_A(x) extract32(x, 5, 5)
#define FIELD_B(x) extract32(x, 0, 5)

uint64_t c674x_extu(C674xState *s, const C674xOp *op)
{
    return extu(U2, FIELD_A(U1), FIELD_B(U1));
}

uint64_t c674x_ext(C674xState *s, const C674xOp *op)
{
    return ext(U2, FIELD_A(U1), FIELD_B(U1));
}

uint64_t c674x_set(C674xState *s, const C674xOp *op)
{
    return U2 | bits(FIELD_A(U1), FIELD_B(U1));
}

uint64_t c674x_clr(C674xState *s, const C674xOp *op)
{
    return U2 & ~bits(FIELD_A(U1), FIELD_B(U1));
}

uint64_t c674x_addk(C674xState *s, const C674xOp *op)
{
    return s->reg[op->dst] + U1;
}

uint64_t c674x_mvkh(C674xState *s, const C674xOp *op)
{
    return (s->reg[op->dst] & 0xffff) | U1;
}

uint64_t c674x_mvc_read(C674xState *s, const C674xOp *op)
{
    return c674x_control_read(s, op->imm[0], op->pc);
}

uint64_t c674x_mvc_write(C674xState *s, const C674xOp *op)
{
    c674x_control_write(s, op->imm[0], U2);
    return 0;
}

const C674xRow c674x_s_rows[64] = {
    /* 0x00, 0x03 to 0x05, 0x0d: branches; 0x0e, 0x0f: MVC; 0x3c: unary */
    [0x01] = { c674x_add2, REG, XREG, 1 },
    [0x02] = { c674x_spdp, NONE, XREG, 1, 2 },
    [0x06] = { c674x_add, SCST, XREG, 1 },
    [0x07] = { c674x_add, REG, XREG, 1 },
    [0x08] = { c674x_packhl2, REG, XREG, 1 },
    [0x09] = { c674x_packh2, REG, XREG, 1 },
    [0x0a] = { c674x_xor, SCST, XREG, 1 },
    [0x0b] = { c674x_xor, REG, XREG, 1 },
    [0x10] = { c674x_packlh2, REG, XREG, 1 },
    [0x11] = { c674x_sub2, REG, XREG, 1 },
    [0x12] = { shl_ul, UCST, XREG, 1, 1 },
    [0x13] = { shl_ul, REG, XREG, 1, 1 },
    [0x14] = { c674x_cmpgt2, REG, XREG, 1 },
    [0x15] = { c674x_cmpgtu4, REG, XREG, 1 },
    [0x16] = { c674x_sub, SCST, XREG, 1 },
    [0x17] = { c674x_sub, REG, XREG, 1 },
    [0x18] = { c674x_shr2, UCST, XREG, 1 },
    [0x19] = { c674x_shru2, UCST, XREG, 1 },
    [0x1a] = { c674x_or, SCST, XREG, 1 },
    [0x1b] = { c674x_or, REG, XREG, 1 },
    [0x1c] = { c674x_cmpeq4, REG, XREG, 1 },
    [0x1d] = { c674x_cmpeq2, REG, XREG, 1 },
    [0x1e] = { c674x_and, SCST, XREG, 1 },
    [0x1f] = { c674x_and, REG, XREG, 1 },
    [0x20] = { c674x_sadd, REG, XREG, 1 },
    [0x22] = { sshl, UCST, XREG, 1 },
    [0x23] = { sshl, REG, XREG, 1 },
    [0x24] = { shru_ll, UCST, PAIR, 1, 1 },
    [0x25] = { shru_ll, REG, PAIR, 1, 1 },
    [0x26] = { shru, UCST, XREG, 1 },
    [0x27] = { shru, REG, XREG, 1 },
    [0x28] = { c674x_cmpeqdp, PAIR, XPAIR, 2 },
    [0x29] = { c674x_cmpgtdp, PAIR, XPAIR, 2 },
    [0x2a] = { c674x_cmpltdp, PAIR, XPAIR, 2 },
    [0x2b] = { c674x_extu, REG, XREG, 1 },
    [0x2c] = { c674x_absdp, NONE, PAIR, 1, 2 },
    [0x2d] = { c674x_rcpdp, NONE, PAIR, 1, 2 },
    [0x2e] = { c674x_rsqrdp, NONE, PAIR, 1, 2 },
    [0x2f] = { c674x_ext, REG, XREG, 1 },
    [0x30] = { shl_ll, UCST, PAIR, 1, 1 },
    [0x31] = { shl_ll, REG, PAIR, 1, 1 },
    [0x32] = { shl, UCST, XREG, 1 },
    [0x33] = { shl, REG, XREG, 1 },
    [0x34] = { shr_ll, UCST, PAIR, 1, 1 },
    [0x35] = { shr_ll, REG, PAIR, 1, 1 },
    [0x36] = { shr, UCST, XREG, 1 },
    [0x37] = { shr, REG, XREG, 1 },
    [0x38] = { c674x_cmpeqsp, REG, XREG, 1 },
    [0x39] = { c674x_cmpgtsp, REG, XREG, 1 },
    [0x3a] = { c674x_cmpltsp, REG, XREG, 1 },
    [0x3b] = { c674x_set, REG, XREG, 1 },
    [0x3d] = { c674x_rcpsp, NONE, XREG, 1 },
    [0x3e] = { c674x_rsqrsp, NONE, XREG, 1 },
    [0x3f] = { c674x_clr, REG, XREG, 1 },
};

const C674xRow c674x_s_unary_rows[32] = {
    [0x00] = { c674x_abssp, NONE, XREG, 1 },
    [0x02] = { c674x_unpklu4, NONE, XREG, 1 },
    [0x03] = { c674x_unpkhu4, NONE, XREG, 1 },
};

/* RPACK2 shares DMV's opcode; it is the one that cannot be predicated. */
const C674xRow c674x_s_ext_rows[16] = {
    [0x00] = { c674x_sadd2, REG, XREG, 1 },
    [0x01] = { c674x_saddus2, REG, XREG, 1 },
    [0x02] = { c674x_spack2, REG, XREG, 1 },
    [0x03] = { c674x_saddu4, REG, XREG, 1 },
    [0x04] = { c674x_spacku4, REG, XREG, 1 },
    [0x05] = { c674x_rsub, REG, XREG, 1 },
    [0x06] = { c674x_andn, REG, XREG, 1 },
    [0x07] = { c674x_shr2, REG, XREG, 1 },
    [0x08] = { c674x_shru2, REG, XREG, 1 },
    [0x09] = { c674x_shlmb, REG, XREG, 1 },
    [0x0a] = { c674x_shrmb, REG, XREG, 1 },
    [0x0b] = { c674x_dmv, REG, XREG, 1, 1 },
    [0x0c] = { c674x_min2, REG, XREG, 1 },
    [0x0d] = { c674x_max2, REG, XREG, 1 },
    [0x0f] = { c674x_pack2, REG, XREG, 1 },
};
