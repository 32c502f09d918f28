/* SPDX-License-Identifier: GPL-2.0 */
/* C674x: moving halfwords, bytes and bits of registers about. */

#include "qemu/osdep.h"
#include "c674x-ops.h"

uint64_t c674x_pack2(C674xState *s, const C674xOp *op)
{
    return c674x_pair(U1, U2);
}

uint64_t c674x_packh2(C674xState *s, const C674xOp *op)
{
    return c674x_pair(U1 >> 16, U2 >> 16);
}

uint64_t c674x_packhl2(C674xState *s, const C674xOp *op)
{
    return c674x_pair(U1 >> 16, U2);
}

uint64_t c674x_packlh2(C674xState *s, const C674xOp *op)
{
    return c674x_pair(U1, U2 >> 16);
}

static uint32_t bytes(uint8_t b3, uint8_t b2, uint8_t b1, uint8_t b0)
{
    return (uint32_t)b3 << 24 | b2 << 16 | b1 << 8 | b0;
}

uint64_t c674x_packl4(C674xState *s, const C674xOp *op)
{
    return bytes(U1 >> 16, U1, U2 >> 16, U2);
}

uint64_t c674x_packh4(C674xState *s, const C674xOp *op)
{
    return bytes(U1 >> 24, U1 >> 8, U2 >> 24, U2 >> 8);
}

uint64_t c674x_unpklu4(C674xState *s, const C674xOp *op)
{
    return bytes(0, U2 >> 8, 0, U2);
}

uint64_t c674x_unpkhu4(C674xState *s, const C674xOp *op)
{
    return bytes(0, U2 >> 24, 0, U2 >> 16);
}

uint64_t c674x_swap4(C674xState *s, const C674xOp *op)
{
    return bytes(U2 >> 16, U2 >> 24, U2, U2 >> 8);
}

uint64_t c674x_spack2(C674xState *s, const C674xOp *op)
{
    return c674x_pair(c674x_clamp16(S1), c674x_clamp16(S2));
}

static uint8_t clampu8(int16_t v)
{
    return MAX(0, MIN(v, 255));
}

uint64_t c674x_spacku4(C674xState *s, const C674xOp *op)
{
    return bytes(clampu8(HI(U1)), clampu8(LO(U1)),
                 clampu8(HI(U2)), clampu8(LO(U2)));
}

/* The upper halves of both operands after a saturating shift left by one. */
uint64_t c674x_rpack2(C674xState *s, const C674xOp *op)
{
    uint32_t hi = c674x_sat32(s, op, (int64_t)S1 * 2);
    uint32_t lo = c674x_sat32(s, op, (int64_t)S2 * 2);

    return c674x_pair(hi >> 16, lo >> 16);
}

uint64_t c674x_dpack2(C674xState *s, const C674xOp *op)
{
    return (uint64_t)c674x_pair(U1 >> 16, U2 >> 16) << 32 | c674x_pair(U1, U2);
}

uint64_t c674x_dpackx2(C674xState *s, const C674xOp *op)
{
    return (uint64_t)c674x_pair(U2, U1 >> 16) << 32 | c674x_pair(U1, U2 >> 16);
}

/* The bits of three halfwords dealt out in turn: src2 low, src1 low, high. */
uint64_t c674x_shfl3(C674xState *s, const C674xOp *op)
{
    uint64_t result = 0;
    int i;

    for (i = 0; i < 16; i++) {
        uint64_t bits = extract32(U2, i, 1) | extract32(U1, i, 1) << 1 |
                        extract32(U1, i + 16, 1) << 2;

        result |= bits << (3 * i);
    }
    return result;
}

uint64_t c674x_dmv(C674xState *s, const C674xOp *op)
{
    return (uint64_t)U1 << 32 | U2;
}
