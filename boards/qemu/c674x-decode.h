/* SPDX-License-Identifier: GPL-2.0 */
/*
 * C674x: what the files of the decoder share. Bits that all formats but a few
 * have in common: 31:28 predicate, 27:23 dst, 22:18 src2, 17:13 src1 or a
 * constant, 12 cross path, 1 side, 0 parallel.
 */
#ifndef AMP_C674X_DECODE_H
#define AMP_C674X_DECODE_H

#include "c674x-ops.h"

#define DST(word)   extract32(word, 23, 5)
#define SRC2(word)  extract32(word, 18, 5)
#define SRC1(word)  extract32(word, 13, 5)
#define X(word)     extract32(word, 12, 1)
#define SIDE(word)  extract32(word, 1, 1)

/* No such opcode: executing it stops the core. */
void c674x_decode_unknown(C674xOp *op);

/*
 * Where an operand of @kind (C674xOperand) is read from; op->side is set. Not
 * more than one operand of an instruction is a constant.
 */
const uint32_t *c674x_decode_operand(C674xState *s, C674xOp *op, unsigned kind,
                                     unsigned field);

/* @fn with @value as both operands; no result unless op->lo is set then. */
void c674x_decode_constant(C674xOp *op, C674xFn *fn, C674xUnit unit,
                           uint32_t value);

/* c674x-decode-memory.c: loads and stores, ADDAB and the like if @always */
void c674x_decode_load_store(C674xState *s, C674xOp *op);
void c674x_decode_long_offset(C674xState *s, C674xOp *op, bool always);

#endif
