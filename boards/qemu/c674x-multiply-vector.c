/* SPDX-License-Identifier: GPL-2.0 */
/*
 * C674x: unit .M, products of pairs of halfwords, of bytes, of complex numbers
 * (real part in the upper halfword) and in Galois fields.
 */

#include "qemu/osdep.h"
#include "qemu/host-utils.h"
#include "c674x-ops.h"

static uint64_t two(uint32_t odd, uint32_t even)
{
    return (uint64_t)odd << 32 | even;
}

uint64_t c674x_mpy2(C674xState *s, const C674xOp *op)
{
    return two(HI(U1) * HI(U2), LO(U1) * LO(U2));
}

uint64_t c674x_smpy2(C674xState *s, const C674xOp *op)
{
    return two(c674x_sat32(s, op, (int64_t)HI(U1) * HI(U2) * 2),
               c674x_sat32(s, op, (int64_t)LO(U1) * LO(U2) * 2));
}

uint64_t c674x_mpyu4(C674xState *s, const C674xOp *op)
{
    uint64_t result = 0;
    int i;

    for (i = 0; i < 4; i++) {
        result |= (uint64_t)(BYTE(U1, i) * BYTE(U2, i)) << 16 * i;
    }
    return result;
}

uint64_t c674x_mpysu4(C674xState *s, const C674xOp *op)
{
    uint64_t result = 0;
    int i;

    for (i = 0; i < 4; i++) {
        uint16_t product = (int8_t)BYTE(U1, i) * BYTE(U2, i);

        result |= (uint64_t)product << 16 * i;
    }
    return result;
}

static int64_t dot(uint32_t a, uint32_t b)
{
    return (int64_t)HI(a) * HI(b) + LO(a) * LO(b);
}

uint64_t c674x_dotp2(C674xState *s, const C674xOp *op)
{
    return (uint32_t)dot(U1, U2);
}

uint64_t c674x_dotp2_long(C674xState *s, const C674xOp *op)
{
    return dot(U1, U2);
}

uint64_t c674x_dotpn2(C674xState *s, const C674xOp *op)
{
    return (uint32_t)(HI(U1) * HI(U2) - LO(U1) * LO(U2));
}

/* src1 signed, src2 unsigned, rounded to the upper halfword. */
uint64_t c674x_dotprsu2(C674xState *s, const C674xOp *op)
{
    return (uint32_t)(((int64_t)HI(U1) * UHI(U2) + (int64_t)LO(U1) * ULO(U2)
                       + 0x8000) >> 16);
}

uint64_t c674x_dotpnrsu2(C674xState *s, const C674xOp *op)
{
    return (uint32_t)(((int64_t)HI(U1) * UHI(U2) - (int64_t)LO(U1) * ULO(U2)
                       + 0x8000) >> 16);
}

uint64_t c674x_dotpu4(C674xState *s, const C674xOp *op)
{
    uint32_t sum = 0;
    int i;

    for (i = 0; i < 4; i++) {
        sum += BYTE(U1, i) * BYTE(U2, i);
    }
    return sum;
}

uint64_t c674x_dotpsu4(C674xState *s, const C674xOp *op)
{
    int32_t sum = 0;
    int i;

    for (i = 0; i < 4; i++) {
        sum += (int8_t)BYTE(U1, i) * BYTE(U2, i);
    }
    return (uint32_t)sum;
}

/* Halfwords of src1 with signed bytes of src2. */
uint64_t c674x_ddotp4(C674xState *s, const C674xOp *op)
{
    return two(HI(U1) * (int8_t)BYTE(U2, 3) + LO(U1) * (int8_t)BYTE(U2, 2),
               HI(U1) * (int8_t)BYTE(U2, 1) + LO(U1) * (int8_t)BYTE(U2, 0));
}

/*
 * Two dot products of src2 with a window on the four halfwords of src1, that
 * moves by one: from the low end (l) or from the high end (h).
 */
static uint32_t window(const C674xOp *op, int n)
{
    return extract64(D1, 16 * n, 32);
}

uint64_t c674x_ddotpl2(C674xState *s, const C674xOp *op)
{
    return two(dot(window(op, 1), U2), dot(window(op, 0), U2));
}

uint64_t c674x_ddotph2(C674xState *s, const C674xOp *op)
{
    return two(dot(window(op, 2), U2), dot(window(op, 1), U2));
}

static uint64_t rounded(C674xState *s, const C674xOp *op, int n)
{
    uint32_t odd = c674x_sat32(s, op, dot(window(op, n + 1), U2) + 0x8000);
    uint32_t even = c674x_sat32(s, op, dot(window(op, n), U2) + 0x8000);

    return c674x_pair(odd >> 16, even >> 16);
}

uint64_t c674x_ddotpl2r(C674xState *s, const C674xOp *op)
{
    return rounded(s, op, 0);
}

uint64_t c674x_ddotph2r(C674xState *s, const C674xOp *op)
{
    return rounded(s, op, 1);
}

static int64_t real(const C674xOp *op)
{
    return (int64_t)HI(U1) * HI(U2) - LO(U1) * LO(U2);
}

static int64_t imaginary(const C674xOp *op)
{
    return (int64_t)HI(U1) * LO(U2) + LO(U1) * HI(U2);
}

uint64_t c674x_cmpy(C674xState *s, const C674xOp *op)
{
    return two(c674x_sat32(s, op, real(op)),
               c674x_sat32(s, op, imaginary(op)));
}

uint64_t c674x_cmpyr(C674xState *s, const C674xOp *op)
{
    uint32_t re = c674x_sat32(s, op, real(op) + 0x8000);
    uint32_t im = c674x_sat32(s, op, imaginary(op) + 0x8000);

    return c674x_pair(re >> 16, im >> 16);
}

uint64_t c674x_cmpyr1(C674xState *s, const C674xOp *op)
{
    uint32_t re = c674x_sat32(s, op, (real(op) + 0x4000) * 2);
    uint32_t im = c674x_sat32(s, op, (imaginary(op) + 0x4000) * 2);

    return c674x_pair(re >> 16, im >> 16);
}

uint64_t c674x_mpy2ir(C674xState *s, const C674xOp *op)
{
    return two(c674x_sat32(s, op, ((int64_t)HI(U1) * S2 + 0x4000) >> 15),
               c674x_sat32(s, op, ((int64_t)LO(U1) * S2 + 0x4000) >> 15));
}

/* A product of polynomials over GF(2). */
static uint64_t carryless(uint32_t a, uint32_t b)
{
    uint64_t result = 0;

    for (; b; b &= b - 1) {
        result ^= (uint64_t)a << ctz32(b);
    }
    return result;
}

/* GFPGFR: bits 26:24 are the field's size less one, 7:0 the polynomial. */
uint64_t c674x_gmpy4(C674xState *s, const C674xOp *op)
{
    unsigned size = extract32(s->gfpgfr, 24, 3) + 1;
    uint32_t polynomial = extract32(s->gfpgfr, 0, 8) | 1u << size;
    uint32_t result = 0;
    int i, bit;

    for (i = 0; i < 4; i++) {
        uint32_t product = carryless(BYTE(U1, i), BYTE(U2, i));

        for (bit = 14; bit >= (int)size; bit--) {
            if (extract32(product, bit, 1)) {
                product ^= polynomial << (bit - size);
            }
        }
        result |= (product & 0xff) << 8 * i;
    }
    return result;
}

/*
 * 32 bits of src1 with 9 bits of src2, a remainder taken at each step with
 * @polynomial, as a CRC is computed.
 */
static uint32_t gmpy(uint32_t a, uint32_t b, uint32_t polynomial)
{
    uint32_t result = 0;
    int bit;

    for (bit = 8; bit >= 0; bit--) {
        result = result << 1 ^ (result >> 31 ? polynomial : 0);
        result ^= extract32(b, bit, 1) ? a : 0;
    }
    return result;
}

uint64_t c674x_gmpy(C674xState *s, const C674xOp *op)
{
    return gmpy(U1, U2, op->side ? s->gplyb : s->gplya);
}

uint64_t c674x_xormpy(C674xState *s, const C674xOp *op)
{
    return gmpy(U1, U2, 0);
}
