/* SPDX-License-Identifier: GPL-2.0 */
/*
 * C674x floating point: IEEE 754 single and double precision on QEMU's
 * softfloat, without denormal numbers (operands and results are flushed to
 * zero) and with one NaN as result, 0x7fffffff and its double counterpart.
 */
#ifndef AMP_C674X_FP_H
#define AMP_C674X_FP_H

#include "fpu/softfloat.h"
#include "c674x-ops.h"

/* The configuration registers have one of these fields for each side. */
#define FP_NAN1         0x001
#define FP_NAN2         0x002
#define FP_DEN1         0x004
#define FP_DEN2         0x008
#define FP_INVALID      0x010
#define FP_INFINITY     0x020
#define FP_OVERFLOW     0x040
#define FP_INEXACT      0x080
#define FP_UNDERFLOW    0x100
#define FP_UNORDERED    0x200   /* FAUCR only */
#define FP_DIV0         0x400   /* FAUCR only */
#define FP_SIDE_BITS    16

/* What is remarkable about the operands of the current operation. */
static inline uint32_t fp_operand32(float32 f, uint32_t nan, uint32_t den)
{
    return (float32_is_any_nan(f) ? nan : 0) |
           (float32_is_denormal(f) ? den : 0);
}

static inline uint32_t fp_operand64(float64 f, uint32_t nan, uint32_t den)
{
    return (float64_is_any_nan(f) ? nan : 0) |
           (float64_is_denormal(f) ? den : 0);
}

/* The status for the unit of @op, without flags. */
static inline float_status *fp_begin(C674xState *s, const C674xOp *op)
{
    float_status *fp = &s->fp[op->unit][op->side];

    fp->float_exception_flags = 0;
    return fp;
}

/* Note @flags in the unit's configuration register. */
void c674x_fp_note(C674xState *s, const C674xOp *op, uint32_t flags);

/* Note what the operation that @fp was used for gave. */
void c674x_fp_end(C674xState *s, const C674xOp *op, float_status *fp,
                  uint32_t operands);

#endif
