/* SPDX-License-Identifier: GPL-2.0 */
/*
 * C674x: unit .L, arithmetic, compares and 40-bit arithmetic ("long": a
 * register pair of which the upper register holds bits 39 to 32).
 */

#include "qemu/osdep.h"
#include "qemu/host-utils.h"
#include "c674x-ops.h"

static int64_t sat40(C674xState *s, const C674xOp *op, int64_t value)
{
    int64_t limit = (1ll << 39) - 1;

    if (value > limit || value < -limit - 1) {
        c674x_saturated(s, op);
        return value < 0 ? -limit - 1 : limit;
    }
    return value;
}

static uint64_t add_l(C674xState *s, const C674xOp *op)
{
    return c674x_long((int64_t)S1 + S2);
}

static uint64_t add_ll(C674xState *s, const C674xOp *op)
{
    return c674x_long(S1 + SL2);
}

static uint64_t sub_l(C674xState *s, const C674xOp *op)
{
    return c674x_long((int64_t)S1 - S2);
}

static uint64_t sub_ll(C674xState *s, const C674xOp *op)
{
    return c674x_long(S1 - SL2);
}

static uint64_t addu_l(C674xState *s, const C674xOp *op)
{
    return c674x_long((uint64_t)U1 + U2);
}

static uint64_t addu_ll(C674xState *s, const C674xOp *op)
{
    return c674x_long(U1 + UL2);
}

static uint64_t subu_l(C674xState *s, const C674xOp *op)
{
    return c674x_long((uint64_t)U1 - U2);
}

static uint64_t sadd_ll(C674xState *s, const C674xOp *op)
{
    return c674x_long(sat40(s, op, S1 + SL2));
}

static uint64_t ssub_ll(C674xState *s, const C674xOp *op)
{
    return c674x_long(sat40(s, op, S1 - SL2));
}

static uint64_t sat(C674xState *s, const C674xOp *op)
{
    return (uint32_t)c674x_sat32(s, op, SL2);
}

static uint64_t abs_i(C674xState *s, const C674xOp *op)
{
    return S2 == INT32_MIN ? INT32_MAX : ABS(S2);
}

static uint64_t abs_l(C674xState *s, const C674xOp *op)
{
    int64_t value = SL2;

    return MIN(ABS(value), (1ll << 39) - 1);
}

/* One step of a division. */
static uint64_t subc(C674xState *s, const C674xOp *op)
{
    return U1 >= U2 ? (U1 - U2) << 1 | 1 : U1 << 1;
}

/* The number of leading bits that differ from the lowest bit of src1. */
static uint64_t lmbd(C674xState *s, const C674xOp *op)
{
    return clz32(U1 & 1 ? U2 : ~U2);
}

/* How far the value can be shifted left before its sign changes. */
static uint64_t norm_i(C674xState *s, const C674xOp *op)
{
    return clrsb32(S2);
}

static uint64_t norm_l(C674xState *s, const C674xOp *op)
{
    return clrsb64(SL2) - 24;
}

#define COMPARE(name, expression)                               \
    static uint64_t name(C674xState *s, const C674xOp *op)      \
    {                                                           \
        return expression;                                      \
    }

COMPARE(cmpeq, U1 == U2)
COMPARE(cmpgt, S1 > S2)
COMPARE(cmplt, S1 < S2)
COMPARE(cmpgtu, U1 > U2)
COMPARE(cmpltu, U1 < U2)
COMPARE(cmpeq_l, S1 == SL2)
COMPARE(cmpgt_l, S1 > SL2)
COMPARE(cmplt_l, S1 < SL2)
COMPARE(cmpgtu_l, U1 > UL2)
COMPARE(cmpltu_l, U1 < UL2)

const C674xRow c674x_l_rows[128] = {
    [0x00] = { c674x_pack2, REG, XREG, 1 },
    [0x01] = { c674x_dptrunc, NONE, PAIR, 4 },
    [0x02] = { c674x_add, SCST, XREG, 1 },
    [0x03] = { c674x_add, REG, XREG, 1 },
    [0x04] = { c674x_sub2, REG, XREG, 1 },
    [0x05] = { c674x_add2, REG, XREG, 1 },
    [0x06] = { c674x_sub, SCST, XREG, 1 },
    [0x07] = { c674x_sub, REG, XREG, 1 },
    [0x08] = { c674x_dpint, NONE, PAIR, 4 },
    [0x09] = { c674x_dpsp, NONE, PAIR, 4 },
    [0x0a] = { c674x_spint, NONE, XREG, 4 },
    [0x0b] = { c674x_sptrunc, NONE, XREG, 4 },
    [0x0e] = { c674x_ssub, SCST, XREG, 1 },
    [0x0f] = { c674x_ssub, REG, XREG, 1 },
    [0x10] = { c674x_addsp, REG, XREG, 4 },
    [0x11] = { c674x_subsp, REG, XREG, 4 },
    [0x12] = { c674x_sadd, SCST, XREG, 1 },
    [0x13] = { c674x_sadd, REG, XREG, 1 },
    /* The reversed forms have the cross path on src1. */
    [0x15] = { c674x_subsp, XREG, REG, 4 },
    [0x17] = { c674x_sub, XREG, REG, 1 },
    [0x18] = { c674x_adddp, PAIR, XPAIR, 6, 7 },
    [0x19] = { c674x_subdp, PAIR, XPAIR, 6, 7 },
    [0x1b] = { c674x_packlh2, REG, XREG, 1 },
    [0x1c] = { c674x_packhl2, REG, XREG, 1 },
    [0x1d] = { c674x_subdp, XPAIR, PAIR, 6, 7 },
    [0x1e] = { c674x_packh2, REG, XREG, 1 },
    [0x1f] = { c674x_ssub, XREG, REG, 1 },
    [0x20] = { add_ll, SCST, PAIR, 1, 1 },
    [0x21] = { add_ll, XREG, PAIR, 1, 1 },
    [0x23] = { add_l, REG, XREG, 1, 1 },
    [0x24] = { sub_ll, SCST, PAIR, 1, 1 },
    [0x27] = { sub_l, REG, XREG, 1, 1 },
    [0x29] = { addu_ll, XREG, PAIR, 1, 1 },
    [0x2b] = { addu_l, REG, XREG, 1, 1 },
    [0x2c] = { ssub_ll, SCST, PAIR, 1, 1 },
    [0x2f] = { subu_l, REG, XREG, 1, 1 },
    [0x30] = { sadd_ll, SCST, PAIR, 1, 1 },
    [0x31] = { sadd_ll, XREG, PAIR, 1, 1 },
    [0x37] = { sub_l, XREG, REG, 1, 1 },
    [0x38] = { abs_l, NONE, PAIR, 1, 1 },
    [0x39] = { c674x_intdp, NONE, XREG, 4, 5 },
    [0x3b] = { c674x_intdpu, NONE, XREG, 4, 5 },
    [0x3f] = { subu_l, XREG, REG, 1, 1 },
    [0x40] = { sat, NONE, PAIR, 1 },
    [0x41] = { c674x_min2, REG, XREG, 1 },
    [0x42] = { c674x_max2, REG, XREG, 1 },
    [0x43] = { c674x_maxu4, REG, XREG, 1 },
    [0x44] = { cmpgt_l, SCST, PAIR, 1 },
    [0x45] = { cmpgt_l, XREG, PAIR, 1 },
    [0x46] = { cmpgt, SCST, XREG, 1 },
    [0x47] = { cmpgt, REG, XREG, 1 },
    [0x48] = { c674x_minu4, REG, XREG, 1 },
    [0x49] = { c674x_intspu, NONE, XREG, 4 },
    [0x4a] = { c674x_intsp, NONE, XREG, 4 },
    [0x4b] = { subc, REG, XREG, 1 },
    [0x4c] = { cmpgtu_l, UCST, PAIR, 1 },
    [0x4d] = { cmpgtu_l, XREG, PAIR, 1 },
    [0x4e] = { cmpgtu, UCST, XREG, 1 },
    [0x4f] = { cmpgtu, REG, XREG, 1 },
    [0x50] = { cmpeq_l, SCST, PAIR, 1 },
    [0x51] = { cmpeq_l, XREG, PAIR, 1 },
    [0x52] = { cmpeq, SCST, XREG, 1 },
    [0x53] = { cmpeq, REG, XREG, 1 },
    [0x54] = { cmplt_l, SCST, PAIR, 1 },
    [0x55] = { cmplt_l, XREG, PAIR, 1 },
    [0x56] = { cmplt, SCST, XREG, 1 },
    [0x57] = { cmplt, REG, XREG, 1 },
    [0x5a] = { c674x_subabs4, REG, XREG, 1 },
    [0x5c] = { cmpltu_l, UCST, PAIR, 1 },
    [0x5d] = { cmpltu_l, XREG, PAIR, 1 },
    [0x5e] = { cmpltu, UCST, XREG, 1 },
    [0x5f] = { cmpltu, REG, XREG, 1 },
    [0x60] = { norm_l, NONE, PAIR, 1 },
    [0x61] = { c674x_shlmb, REG, XREG, 1 },
    [0x62] = { c674x_shrmb, REG, XREG, 1 },
    [0x63] = { norm_i, NONE, XREG, 1 },
    [0x64] = { c674x_ssub2, REG, XREG, 1 },
    [0x65] = { c674x_add4, REG, XREG, 1 },
    [0x66] = { c674x_sub4, REG, XREG, 1 },
    [0x68] = { c674x_packl4, REG, XREG, 1 },
    [0x69] = { c674x_packh4, REG, XREG, 1 },
    [0x6a] = { lmbd, SCST, XREG, 1 },
    [0x6b] = { lmbd, REG, XREG, 1 },
    [0x6e] = { c674x_xor, SCST, XREG, 1 },
    [0x6f] = { c674x_xor, REG, XREG, 1 },
    /* 0x70 to 0x77 are unit .S, with .L's format. */
    [0x70] = { c674x_addsp, REG, XREG, 4 },
    [0x71] = { c674x_subsp, REG, XREG, 4 },
    [0x72] = { c674x_adddp, PAIR, XPAIR, 6, 7 },
    [0x73] = { c674x_subdp, PAIR, XPAIR, 6, 7 },
    [0x75] = { c674x_rsubsp, REG, XREG, 4 },
    [0x77] = { c674x_rsubdp, PAIR, XPAIR, 6, 7 },
    [0x7a] = { c674x_and, SCST, XREG, 1 },
    [0x7b] = { c674x_and, REG, XREG, 1 },
    [0x7c] = { c674x_andn, REG, XREG, 1 },
    [0x7e] = { c674x_or, SCST, XREG, 1 },
    [0x7f] = { c674x_or, REG, XREG, 1 },
};

/* Opcode 0x1a: the op field is where src1 would be. */
const C674xRow c674x_l_unary_rows[32] = {
    [0x00] = { abs_i, NONE, XREG, 1 },
    [0x01] = { c674x_swap4, NONE, XREG, 1 },
    [0x02] = { c674x_unpklu4, NONE, XREG, 1 },
    [0x03] = { c674x_unpkhu4, NONE, XREG, 1 },
    [0x04] = { c674x_abs2, NONE, XREG, 1 },
    [0x05] = { c674x_mv2, NONE, SCST, 1 },
};

/* Those that cannot be predicated. */
const C674xRow c674x_l_always_rows[128] = {
    [0x0c] = { c674x_addsub, REG, XREG, 1, 1 },
    [0x0d] = { c674x_addsub2, REG, XREG, 1, 1 },
    [0x0e] = { c674x_saddsub, REG, XREG, 1, 1 },
    [0x0f] = { c674x_saddsub2, REG, XREG, 1, 1 },
    [0x33] = { c674x_dpackx2, REG, XREG, 1, 1 },
    [0x34] = { c674x_dpack2, REG, XREG, 1, 1 },
    [0x36] = { c674x_shfl3, REG, XREG, 1, 1 },
};
