/* SPDX-License-Identifier: GPL-2.0 */
/* C674x: 32-bit arithmetic and logic that several units have. */

#include "qemu/osdep.h"
#include "c674x-ops.h"

uint64_t c674x_add(C674xState *s, const C674xOp *op)
{
    return U1 + U2;
}

uint64_t c674x_sub(C674xState *s, const C674xOp *op)
{
    return U1 - U2;
}

/* SUB of unit .D subtracts src1 from src2. */
uint64_t c674x_rsub(C674xState *s, const C674xOp *op)
{
    return U2 - U1;
}

uint64_t c674x_and(C674xState *s, const C674xOp *op)
{
    return U1 & U2;
}

uint64_t c674x_andn(C674xState *s, const C674xOp *op)
{
    return U1 & ~U2;
}

uint64_t c674x_or(C674xState *s, const C674xOp *op)
{
    return U1 | U2;
}

uint64_t c674x_xor(C674xState *s, const C674xOp *op)
{
    return U1 ^ U2;
}

/* A constant or a register as it is: MVK, MV, MVD. */
uint64_t c674x_mv1(C674xState *s, const C674xOp *op)
{
    return U1;
}

uint64_t c674x_mv2(C674xState *s, const C674xOp *op)
{
    return U2;
}

uint64_t c674x_sadd(C674xState *s, const C674xOp *op)
{
    return (uint32_t)c674x_sat32(s, op, (int64_t)S1 + S2);
}

uint64_t c674x_ssub(C674xState *s, const C674xOp *op)
{
    return (uint32_t)c674x_sat32(s, op, (int64_t)S1 - S2);
}
