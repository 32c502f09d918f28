/* SPDX-License-Identifier: GPL-2.0 */
/* C674x floating point: state, exceptions, sums and products. */

#include "qemu/osdep.h"
#include "c674x-fp.h"

static uint32_t *config(C674xState *s, const C674xOp *op)
{
    switch (op->unit) {
    case C674X_L:
        return &s->fadcr;
    case C674X_M:
        return &s->fmcr;
    default:
        return &s->faucr;
    }
}

void c674x_fp_note(C674xState *s, const C674xOp *op, uint32_t flags)
{
    *config(s, op) |= flags << (op->side * FP_SIDE_BITS);
}

void c674x_fp_end(C674xState *s, const C674xOp *op, float_status *fp,
                  uint32_t operands)
{
    int raised = fp->float_exception_flags;
    uint32_t flags = operands;

    if (likely(!(raised | operands))) {
        return;
    }
    if (raised & float_flag_inexact) {
        flags |= FP_INEXACT;
    }
    if (raised & float_flag_invalid) {
        flags |= FP_INVALID;
    }
    if (raised & float_flag_overflow) {
        flags |= FP_OVERFLOW | FP_INFINITY | FP_INEXACT;
    }
    if (raised & (float_flag_underflow | float_flag_output_denormal_flushed)) {
        flags |= FP_UNDERFLOW | FP_INEXACT;
    }
    if (raised & float_flag_divbyzero) {
        flags |= FP_DIV0 | FP_INFINITY;
    }
    c674x_fp_note(s, op, flags);
}

/* The rounding modes of .L (FADCR) and .M (FMCR); .S has that of .L. */
void c674x_fp_rounding(C674xState *s)
{
    static const FloatRoundMode modes[4] = {
        float_round_nearest_even, float_round_to_zero,
        float_round_up, float_round_down,
    };
    int side;

    for (side = 0; side < 2; side++) {
        unsigned add = extract32(s->fadcr, 9 + side * FP_SIDE_BITS, 2);
        unsigned multiply = extract32(s->fmcr, 9 + side * FP_SIDE_BITS, 2);

        set_float_rounding_mode(modes[add], &s->fp[C674X_L][side]);
        set_float_rounding_mode(modes[add], &s->fp[C674X_S][side]);
        set_float_rounding_mode(modes[multiply], &s->fp[C674X_M][side]);
    }
}

void c674x_fp_reset(C674xState *s)
{
    int unit, side;

    for (unit = 0; unit < 4; unit++) {
        for (side = 0; side < 2; side++) {
            float_status *fp = &s->fp[unit][side];

            memset(fp, 0, sizeof(*fp));
            set_default_nan_mode(true, fp);
            set_float_default_nan_pattern(0x7f, fp);
            set_flush_to_zero(true, fp);
            set_flush_inputs_to_zero(true, fp);
        }
    }
    s->fadcr = s->faucr = s->fmcr = 0;
    c674x_fp_rounding(s);
}

#define SINGLE(name, first, second, function)                           \
    uint64_t c674x_##name(C674xState *s, const C674xOp *op)             \
    {                                                                   \
        float_status *fp = fp_begin(s, op);                             \
        float32 a = make_float32(first), b = make_float32(second);      \
        float32 result = function(a, b, fp);                            \
                                                                        \
        c674x_fp_end(s, op, fp, fp_operand32(a, FP_NAN1, FP_DEN1) |     \
                                fp_operand32(b, FP_NAN2, FP_DEN2));     \
        return float32_val(result);                                     \
    }

#define DOUBLE(name, first, second, function)                           \
    uint64_t c674x_##name(C674xState *s, const C674xOp *op)             \
    {                                                                   \
        float_status *fp = fp_begin(s, op);                             \
        float64 a = make_float64(first), b = make_float64(second);      \
        float64 result = function(a, b, fp);                            \
                                                                        \
        c674x_fp_end(s, op, fp, fp_operand64(a, FP_NAN1, FP_DEN1) |     \
                                fp_operand64(b, FP_NAN2, FP_DEN2));     \
        return float64_val(result);                                     \
    }

SINGLE(addsp, U1, U2, float32_add)
SINGLE(subsp, U1, U2, float32_sub)
SINGLE(rsubsp, U2, U1, float32_sub)
SINGLE(mpysp, U1, U2, float32_mul)
DOUBLE(adddp, D1, D2, float64_add)
DOUBLE(subdp, D1, D2, float64_sub)
DOUBLE(rsubdp, D2, D1, float64_sub)
DOUBLE(mpydp, D1, D2, float64_mul)

/* Single by double, and single by single, both with a double as product. */
uint64_t c674x_mpyspdp(C674xState *s, const C674xOp *op)
{
    float_status *fp = fp_begin(s, op);
    float32 a = make_float32(U1);
    float64 b = make_float64(D2);
    float64 result = float64_mul(float32_to_float64(a, fp), b, fp);

    c674x_fp_end(s, op, fp, fp_operand32(a, FP_NAN1, FP_DEN1) |
                            fp_operand64(b, FP_NAN2, FP_DEN2));
    return float64_val(result);
}

uint64_t c674x_mpysp2dp(C674xState *s, const C674xOp *op)
{
    float_status *fp = fp_begin(s, op);
    float32 a = make_float32(U1), b = make_float32(U2);
    float64 result = float64_mul(float32_to_float64(a, fp),
                                 float32_to_float64(b, fp), fp);

    c674x_fp_end(s, op, fp, fp_operand32(a, FP_NAN1, FP_DEN1) |
                            fp_operand32(b, FP_NAN2, FP_DEN2));
    return float64_val(result);
}
