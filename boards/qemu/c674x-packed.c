/* SPDX-License-Identifier: GPL-2.0 */
/* C674x: arithmetic on two halfwords or four bytes of a word at once. */

#include "qemu/osdep.h"
#include "c674x-ops.h"

/* Define an operation whose halves are given in terms of a and b. */
#define HALVES(name, type, expression)                          \
    static uint16_t name##_half(type a, type b)                 \
    {                                                           \
        return expression;                                      \
    }                                                           \
    uint64_t c674x_##name(C674xState *s, const C674xOp *op)     \
    {                                                           \
        return c674x_pair(name##_half(U1 >> 16, U2 >> 16),      \
                          name##_half(U1, U2));                 \
    }

#define BYTES(name, expression)                                 \
    uint64_t c674x_##name(C674xState *s, const C674xOp *op)     \
    {                                                           \
        uint32_t result = 0;                                    \
        int i;                                                  \
                                                                \
        for (i = 0; i < 4; i++) {                               \
            int a = BYTE(U1, i), b = BYTE(U2, i);               \
            result |= (uint32_t)(uint8_t)(expression) << 8 * i; \
        }                                                       \
        return result;                                          \
    }

/* One bit of the result for each pair that compares so. */
#define COMPARE_HALVES(name, type, operator)                    \
    uint64_t c674x_##name(C674xState *s, const C674xOp *op)     \
    {                                                           \
        return ((type)(U1 >> 16) operator (type)(U2 >> 16)) << 1\
               | ((type)U1 operator (type)U2);                  \
    }

#define COMPARE_BYTES(name, operator)                           \
    uint64_t c674x_##name(C674xState *s, const C674xOp *op)     \
    {                                                           \
        uint32_t result = 0;                                    \
        int i;                                                  \
                                                                \
        for (i = 0; i < 4; i++) {                               \
            result |= (BYTE(U1, i) operator BYTE(U2, i)) << i;  \
        }                                                       \
        return result;                                          \
    }

HALVES(add2, int16_t, a + b)
HALVES(sub2, int16_t, a - b)
HALVES(sadd2, int16_t, c674x_clamp16(a + b))
HALVES(ssub2, int16_t, c674x_clamp16(a - b))
HALVES(min2, int16_t, MIN(a, b))
HALVES(max2, int16_t, MAX(a, b))

BYTES(add4, a + b)
BYTES(sub4, a - b)
BYTES(saddu4, MIN(a + b, 255))
BYTES(subabs4, ABS(a - b))
BYTES(minu4, MIN(a, b))
BYTES(maxu4, MAX(a, b))

COMPARE_HALVES(cmpeq2, uint16_t, ==)
COMPARE_HALVES(cmpgt2, int16_t, >)
COMPARE_BYTES(cmpeq4, ==)
COMPARE_BYTES(cmpgtu4, >)

/* Unsigned src1 plus signed src2, the sum unsigned. */
static uint16_t saddus(uint16_t a, int16_t b)
{
    return MAX(0, MIN(a + b, UINT16_MAX));
}

uint64_t c674x_saddus2(C674xState *s, const C674xOp *op)
{
    return c674x_pair(saddus(U1 >> 16, U2 >> 16), saddus(U1, U2));
}

static uint16_t abs16(int16_t a)
{
    return a == INT16_MIN ? INT16_MAX : ABS(a);
}

uint64_t c674x_abs2(C674xState *s, const C674xOp *op)
{
    return c674x_pair(abs16(U2 >> 16), abs16(U2));
}

uint64_t c674x_shr2(C674xState *s, const C674xOp *op)
{
    unsigned n = MIN(U1 & 31, 15);

    return c674x_pair(HI(U2) >> n, LO(U2) >> n);
}

uint64_t c674x_shru2(C674xState *s, const C674xOp *op)
{
    unsigned n = U1 & 31;

    return c674x_pair(UHI(U2) >> n, ULO(U2) >> n);
}

/* src2 moves by a byte, a byte of src1 moves in. */
uint64_t c674x_shlmb(C674xState *s, const C674xOp *op)
{
    return U2 << 8 | U1 >> 24;
}

uint64_t c674x_shrmb(C674xState *s, const C674xOp *op)
{
    return U2 >> 8 | U1 << 24;
}

static uint64_t both(uint32_t sum, uint32_t difference)
{
    return (uint64_t)sum << 32 | difference;
}

uint64_t c674x_addsub(C674xState *s, const C674xOp *op)
{
    return both(U1 + U2, U1 - U2);
}

uint64_t c674x_addsub2(C674xState *s, const C674xOp *op)
{
    return both(c674x_add2(s, op), c674x_sub2(s, op));
}

uint64_t c674x_saddsub(C674xState *s, const C674xOp *op)
{
    return both(c674x_sadd(s, op), c674x_ssub(s, op));
}

uint64_t c674x_saddsub2(C674xState *s, const C674xOp *op)
{
    return both(c674x_sadd2(s, op), c674x_ssub2(s, op));
}
