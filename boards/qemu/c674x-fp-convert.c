/* SPDX-License-Identifier: GPL-2.0 */
/* C674x floating point: conversions, compares and reciprocal estimates. */

#include "qemu/osdep.h"
#include "c674x-fp.h"

uint64_t c674x_abssp(C674xState *s, const C674xOp *op)
{
    float32 f = make_float32(U2);

    c674x_fp_note(s, op, fp_operand32(f, FP_NAN2, FP_DEN2));
    return U2 & 0x7fffffff;
}

uint64_t c674x_absdp(C674xState *s, const C674xOp *op)
{
    float64 f = make_float64(D2);

    c674x_fp_note(s, op, fp_operand64(f, FP_NAN2, FP_DEN2));
    return D2 & ~(1ull << 63);
}

#define FROM_SINGLE(name, expression)                                   \
    uint64_t c674x_##name(C674xState *s, const C674xOp *op)             \
    {                                                                   \
        float_status *fp = fp_begin(s, op);                             \
        float32 f = make_float32(U2);                                   \
        uint64_t result = expression;                                   \
                                                                        \
        c674x_fp_end(s, op, fp, fp_operand32(f, FP_NAN2, FP_DEN2));     \
        return result;                                                  \
    }

#define FROM_DOUBLE(name, expression)                                   \
    uint64_t c674x_##name(C674xState *s, const C674xOp *op)             \
    {                                                                   \
        float_status *fp = fp_begin(s, op);                             \
        float64 f = make_float64(D2);                                   \
        uint64_t result = expression;                                   \
                                                                        \
        c674x_fp_end(s, op, fp, fp_operand64(f, FP_NAN2, FP_DEN2));     \
        return result;                                                  \
    }

#define FROM_INTEGER(name, expression)                                  \
    uint64_t c674x_##name(C674xState *s, const C674xOp *op)             \
    {                                                                   \
        float_status *fp = fp_begin(s, op);                             \
        uint64_t result = expression;                                   \
                                                                        \
        c674x_fp_end(s, op, fp, 0);                                     \
        return result;                                                  \
    }

FROM_SINGLE(spdp, float64_val(float32_to_float64(f, fp)))
FROM_SINGLE(spint, (uint32_t)float32_to_int32(f, fp))
FROM_SINGLE(sptrunc, (uint32_t)float32_to_int32_round_to_zero(f, fp))
FROM_DOUBLE(dpsp, float32_val(float64_to_float32(f, fp)))
FROM_DOUBLE(dpint, (uint32_t)float64_to_int32(f, fp))
FROM_DOUBLE(dptrunc, (uint32_t)float64_to_int32_round_to_zero(f, fp))
FROM_INTEGER(intsp, float32_val(int32_to_float32(S2, fp)))
FROM_INTEGER(intspu, float32_val(uint32_to_float32(U2, fp)))
FROM_INTEGER(intdp, float64_val(int32_to_float64(S2, fp)))
FROM_INTEGER(intdpu, float64_val(uint32_to_float64(U2, fp)))

/*
 * Estimates with 8 bits of fraction. The manual promises that many and no
 * particular value of the rest: here these are zero.
 */
static uint32_t estimate32(float32 f)
{
    return float32_is_any_nan(f) ? float32_val(f) : float32_val(f) & ~0x7fff;
}

static uint64_t estimate64(float64 f)
{
    return float64_is_any_nan(f) ? float64_val(f)
                                 : float64_val(f) & ~((1ull << 44) - 1);
}

FROM_SINGLE(rcpsp, estimate32(float32_div(float32_one, f, fp)))
FROM_DOUBLE(rcpdp, estimate64(float64_div(float64_one, f, fp)))
FROM_SINGLE(rsqrsp,
            estimate32(float32_div(float32_one, float32_sqrt(f, fp), fp)))
FROM_DOUBLE(rsqrdp,
            estimate64(float64_div(float64_one, float64_sqrt(f, fp), fp)))

/* Compares are of unit .S and know an order of numbers only. */
static uint64_t compared(C674xState *s, const C674xOp *op, float_status *fp,
                         FloatRelation relation, FloatRelation wanted,
                         uint32_t operands)
{
    if (relation == float_relation_unordered) {
        operands |= FP_UNORDERED;
        if (wanted != float_relation_equal) {
            operands |= FP_INVALID;
        }
    }
    c674x_fp_end(s, op, fp, operands);
    return relation == wanted;
}

static uint64_t compare32(C674xState *s, const C674xOp *op,
                          FloatRelation wanted)
{
    float_status *fp = fp_begin(s, op);
    float32 a = make_float32(U1), b = make_float32(U2);

    return compared(s, op, fp, float32_compare_quiet(a, b, fp), wanted,
                    fp_operand32(a, FP_NAN1, FP_DEN1) |
                    fp_operand32(b, FP_NAN2, FP_DEN2));
}

static uint64_t compare64(C674xState *s, const C674xOp *op,
                          FloatRelation wanted)
{
    float_status *fp = fp_begin(s, op);
    float64 a = make_float64(D1), b = make_float64(D2);

    return compared(s, op, fp, float64_compare_quiet(a, b, fp), wanted,
                    fp_operand64(a, FP_NAN1, FP_DEN1) |
                    fp_operand64(b, FP_NAN2, FP_DEN2));
}

uint64_t c674x_cmpeqsp(C674xState *s, const C674xOp *op)
{
    return compare32(s, op, float_relation_equal);
}

uint64_t c674x_cmpgtsp(C674xState *s, const C674xOp *op)
{
    return compare32(s, op, float_relation_greater);
}

uint64_t c674x_cmpltsp(C674xState *s, const C674xOp *op)
{
    return compare32(s, op, float_relation_less);
}

uint64_t c674x_cmpeqdp(C674xState *s, const C674xOp *op)
{
    return compare64(s, op, float_relation_equal);
}

uint64_t c674x_cmpgtdp(C674xState *s, const C674xOp *op)
{
    return compare64(s, op, float_relation_greater);
}

uint64_t c674x_cmpltdp(C674xState *s, const C674xOp *op)
{
    return compare64(s, op, float_relation_less);
}
