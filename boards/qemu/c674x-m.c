/* SPDX-License-Identifier: GPL-2.0 */
/*
 * C674x: unit .M, products of halfwords and words, bit operations. Products of
 * several halfwords or bytes are in c674x-multiply-vector.c.
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/host-utils.h"
#include "c674x-ops.h"

#define RESULT(name, expression)                                \
    static uint64_t name(C674xState *s, const C674xOp *op)      \
    {                                                           \
        return expression;                                      \
    }

RESULT(mpy, (uint32_t)(LO(U1) * LO(U2)))
RESULT(mpyu, (uint32_t)ULO(U1) * ULO(U2))
RESULT(mpyus, (uint32_t)(ULO(U1) * LO(U2)))
RESULT(mpysu, (uint32_t)(LO(U1) * ULO(U2)))
RESULT(mpyh, (uint32_t)(HI(U1) * HI(U2)))
RESULT(mpyhu, (uint32_t)UHI(U1) * UHI(U2))
RESULT(mpyhus, (uint32_t)(UHI(U1) * HI(U2)))
RESULT(mpyhsu, (uint32_t)(HI(U1) * UHI(U2)))
RESULT(mpyhl, (uint32_t)(HI(U1) * LO(U2)))
RESULT(mpyhlu, (uint32_t)UHI(U1) * ULO(U2))
RESULT(mpyhuls, (uint32_t)(UHI(U1) * LO(U2)))
RESULT(mpyhslu, (uint32_t)(HI(U1) * ULO(U2)))
RESULT(mpylh, (uint32_t)(LO(U1) * HI(U2)))
RESULT(mpylhu, (uint32_t)ULO(U1) * UHI(U2))
RESULT(mpyluhs, (uint32_t)(ULO(U1) * HI(U2)))
RESULT(mpylshu, (uint32_t)(LO(U1) * UHI(U2)))

RESULT(mpy32, (uint64_t)((int64_t)S1 * S2))
RESULT(mpy32u, (uint64_t)U1 * U2)
RESULT(mpy32us, (uint64_t)((int64_t)U1 * S2))
RESULT(mpy32su, (uint64_t)((int64_t)S1 * U2))
RESULT(mpyhi, (uint64_t)((int64_t)HI(U1) * S2))
RESULT(mpyli, (uint64_t)((int64_t)LO(U1) * S2))
RESULT(mpyhir, (uint32_t)(((int64_t)HI(U1) * S2 + 0x4000) >> 15))
RESULT(mpylir, (uint32_t)(((int64_t)LO(U1) * S2 + 0x4000) >> 15))

/* Twice the product, saturated. */
#define SMPY(name, a, b)                                        \
    static uint64_t name(C674xState *s, const C674xOp *op)      \
    {                                                           \
        return (uint32_t)c674x_sat32(s, op, (int64_t)(a) * (b) * 2); \
    }

SMPY(smpy, LO(U1), LO(U2))
SMPY(smpyh, HI(U1), HI(U2))
SMPY(smpyhl, HI(U1), LO(U2))
SMPY(smpylh, LO(U1), HI(U2))

/* Only the product of the two most negative numbers has no double. */
static uint64_t smpy32(C674xState *s, const C674xOp *op)
{
    if (S1 == INT32_MIN && S2 == INT32_MIN) {
        c674x_saturated(s, op);
        return INT32_MAX;
    }
    return (uint32_t)((int64_t)S1 * S2 >> 31);
}

/* A shift by a signed count; a count below 0 shifts the other way. */
static uint32_t shift_left(C674xState *s, const C674xOp *op, int count)
{
    count = MAX(-31, MIN(count, 31));
    if (count < 0) {
        return S2 >> -count;
    }
    return c674x_sat32(s, op, (int64_t)((uint64_t)(int64_t)S2 << count));
}

RESULT(sshvl, shift_left(s, op, S1))
RESULT(sshvr, shift_left(s, op, -MAX(S1, -31)))
RESULT(rotl, rol32(U2, U1 & 31))

static uint16_t avg16(int16_t a, int16_t b)
{
    return (a + b + 1) >> 1;
}

RESULT(avg2, c674x_pair(avg16(U1 >> 16, U2 >> 16), avg16(U1, U2)))

static uint64_t avgu4(C674xState *s, const C674xOp *op)
{
    uint32_t result = 0;
    int i;

    for (i = 0; i < 4; i++) {
        result |= (uint32_t)(BYTE(U1, i) + BYTE(U2, i) + 1) >> 1 << 8 * i;
    }
    return result;
}

/* The number of set bits of each byte. */
static uint64_t bitc4(C674xState *s, const C674xOp *op)
{
    uint32_t result = 0;
    int i;

    for (i = 0; i < 4; i++) {
        result |= (uint32_t)ctpop8(BYTE(U2, i)) << 8 * i;
    }
    return result;
}

RESULT(bitr, revbit32(U2))

/* Odd bits to the upper half, even bits to the lower one; SHFL undoes it. */
RESULT(deal, half_unshuffle32(U2) | half_unshuffle32(U2 >> 1) << 16)
RESULT(shfl, half_shuffle32(U2 & 0xffff) | half_shuffle32(U2 >> 16) << 1)

/* A bit of the operand for each byte or halfword of the result. */
static uint64_t xpnd4(C674xState *s, const C674xOp *op)
{
    uint32_t result = 0;
    int i;

    for (i = 0; i < 4; i++) {
        result |= extract32(U2, i, 1) * 0xffu << 8 * i;
    }
    return result;
}

RESULT(xpnd2, (U2 & 1 ? 0xffff : 0) | (U2 & 2 ? 0xffff0000 : 0))

const C674xRow c674x_m_rows[32] = {
    [0x01] = { mpyh, REG, XREG, 2 },
    [0x02] = { smpyh, REG, XREG, 2 },
    [0x03] = { mpyhsu, REG, XREG, 2 },
    [0x04] = { mpy32, REG, XREG, 9 },       /* MPYI */
    [0x05] = { mpyhus, REG, XREG, 2 },
    [0x06] = { mpy32, SCST, XREG, 9 },      /* MPYI */
    [0x07] = { mpyhu, REG, XREG, 2 },
    [0x08] = { mpy32, REG, XREG, 9, 10 },   /* MPYID */
    [0x09] = { mpyhl, REG, XREG, 2 },
    [0x0a] = { smpyhl, REG, XREG, 2 },
    [0x0b] = { mpyhslu, REG, XREG, 2 },
    [0x0c] = { mpy32, SCST, XREG, 9, 10 },  /* MPYID */
    [0x0d] = { mpyhuls, REG, XREG, 2 },
    [0x0e] = { c674x_mpydp, PAIR, XPAIR, 9, 10 },
    [0x0f] = { mpyhlu, REG, XREG, 2 },
    [0x10] = { mpy32, REG, XREG, 4 },
    [0x11] = { mpylh, REG, XREG, 2 },
    [0x12] = { smpylh, REG, XREG, 2 },
    [0x13] = { mpylshu, REG, XREG, 2 },
    [0x14] = { mpy32, REG, XREG, 4, 4 },
    [0x15] = { mpyluhs, REG, XREG, 2 },
    [0x16] = { mpy32su, REG, XREG, 4, 4 },
    [0x17] = { mpylhu, REG, XREG, 2 },
    [0x18] = { mpy, SCST, XREG, 2 },
    [0x19] = { mpy, REG, XREG, 2 },
    [0x1a] = { smpy, REG, XREG, 2 },
    [0x1b] = { mpysu, REG, XREG, 2 },
    [0x1c] = { c674x_mpysp, REG, XREG, 4 },
    [0x1d] = { mpyus, REG, XREG, 2 },
    [0x1e] = { mpysu, SCST, XREG, 2 },
    [0x1f] = { mpyu, REG, XREG, 2 },
};

const C674xRow c674x_m_compound_rows[32] = {
    [0x00] = { c674x_mpy2, REG, XREG, 4, 4 },
    [0x01] = { c674x_smpy2, REG, XREG, 4, 4 },
    [0x02] = { c674x_dotpsu4, REG, XREG, 4 },
    /* 0x03: unary */
    [0x04] = { c674x_mpyu4, REG, XREG, 4, 4 },
    [0x05] = { c674x_mpysu4, REG, XREG, 4, 4 },
    [0x06] = { c674x_dotpu4, REG, XREG, 4 },
    [0x07] = { c674x_dotpnrsu2, REG, XREG, 4 },
    [0x09] = { c674x_dotpn2, REG, XREG, 4 },
    [0x0b] = { c674x_dotp2_long, REG, XREG, 4, 4 },
    [0x0c] = { c674x_dotp2, REG, XREG, 4 },
    [0x0d] = { c674x_dotprsu2, REG, XREG, 4 },
    [0x0e] = { mpylir, REG, XREG, 4 },
    [0x10] = { mpyhir, REG, XREG, 4 },
    [0x11] = { c674x_gmpy4, REG, XREG, 4 },
    [0x12] = { avgu4, REG, XREG, 2 },
    [0x13] = { avg2, REG, XREG, 2 },
    [0x14] = { mpyhi, REG, XREG, 4, 4 },
    [0x15] = { mpyli, REG, XREG, 4, 4 },
    [0x16] = { c674x_mpyspdp, REG, XPAIR, 6, 7 },
    [0x17] = { c674x_mpysp2dp, REG, XREG, 4, 5 },
    [0x18] = { mpy32u, REG, XREG, 4, 4 },
    [0x19] = { mpy32us, REG, XREG, 4, 4 },
    [0x1a] = { sshvr, REG, XREG, 2 },
    [0x1c] = { sshvl, REG, XREG, 2 },
    [0x1d] = { rotl, REG, XREG, 2 },
    [0x1e] = { rotl, UCST, XREG, 2 },
};

const C674xRow c674x_m_unary_rows[32] = {
    [0x18] = { xpnd4, NONE, XREG, 2 },
    [0x19] = { xpnd2, NONE, XREG, 2 },
    [0x1a] = { c674x_mv2, NONE, XREG, 4 },
    [0x1c] = { shfl, NONE, XREG, 2 },
    [0x1d] = { deal, NONE, XREG, 2 },
    [0x1e] = { bitc4, NONE, XREG, 2 },
    [0x1f] = { bitr, NONE, XREG, 2 },
};

/* Those that cannot be predicated. */
const C674xRow c674x_m_always_rows[32] = {
    [0x0a] = { c674x_cmpy, REG, XREG, 4, 4 },
    [0x0b] = { c674x_cmpyr, REG, XREG, 4 },
    [0x0c] = { c674x_cmpyr1, REG, XREG, 4 },
    [0x0f] = { c674x_mpy2ir, REG, XREG, 4, 4 },
    [0x14] = { c674x_ddotpl2r, PAIR, XREG, 4 },
    [0x15] = { c674x_ddotph2r, PAIR, XREG, 4 },
    [0x16] = { c674x_ddotpl2, PAIR, XREG, 4, 4 },
    [0x17] = { c674x_ddotph2, PAIR, XREG, 4, 4 },
    [0x18] = { c674x_ddotp4, REG, XREG, 4, 4 },
    [0x19] = { smpy32, REG, XREG, 4 },
    [0x1b] = { c674x_xormpy, REG, XREG, 4 },
    [0x1f] = { c674x_gmpy, REG, REG, 4 },
};
