/* SPDX-License-Identifier: GPL-2.0 */
/*
 * C674x: from an instruction word to what executes it. The formats are those
 * of SPRUFE8, appendices C to H; binutils' opcode table corrects them where
 * they are wrong (LDNDW, STNDW, the .M unary format, NOP and IDLE).
 */

#include "qemu/osdep.h"
#include "c674x-decode.h"

void c674x_decode_unknown(C674xOp *op)
{
    op->fn = c674x_unknown;
    op->unit = C674X_NO_UNIT;
    op->lo = op->hi = 0;
    op->nops = 0;
    op->special = C674X_ORDINARY;
}

const uint32_t *c674x_decode_operand(C674xState *s, C674xOp *op, unsigned kind,
                                     unsigned field)
{
    unsigned side = op->side, cross = X(op->word) ? !side : side;

    switch (kind) {
    case REG:
        return &s->reg[side * 32 + field];
    case XREG:
        return &s->reg[cross * 32 + field];
    case PAIR:
        return &s->reg[side * 32 + (field & ~1)];
    case XPAIR:
        return &s->reg[cross * 32 + (field & ~1)];
    case SCST:
        op->imm[0] = sextract32(field, 0, 5);
        op->imm[1] = (int32_t)op->imm[0] < 0 ? UINT32_MAX : 0;
        return op->imm;
    case UCST:
        op->imm[0] = field;
        return op->imm;
    default:
        return s->reg;  /* not read */
    }
}

static void from_row(C674xState *s, C674xOp *op, C674xUnit unit,
                     const C674xRow *row)
{
    uint32_t word = op->word;

    if (!row->fn) {
        c674x_decode_unknown(op);
        return;
    }
    op->fn = row->fn;
    op->unit = unit;
    op->side = SIDE(word);
    op->dst = op->side * 32 + DST(word);
    op->lo = row->lo;
    op->hi = row->hi;
    if (op->hi) {
        op->dst &= ~1;
    }
    op->src1 = c674x_decode_operand(s, op, row->src1, SRC1(word));
    op->src2 = c674x_decode_operand(s, op, row->src2, SRC2(word));
}

void c674x_decode_constant(C674xOp *op, C674xFn *fn, C674xUnit unit,
                           uint32_t value)
{
    op->fn = fn;
    op->unit = unit;
    op->side = SIDE(op->word);
    op->dst = op->side * 32 + DST(op->word);
    op->imm[0] = value;
    op->src1 = op->src2 = op->imm;
}

/* A branch; the displacement counts from the instruction's fetch packet. */
static void branch_to(C674xOp *op, C674xFn *fn, int32_t words, unsigned nops)
{
    c674x_decode_constant(op, fn, C674X_S, (op->pc & ~31) + words * 4);
    op->nops = nops;
}

/* Branches to a register, with or without NOPs. */
static void branch_register(C674xState *s, C674xOp *op)
{
    c674x_decode_constant(op, c674x_b, C674X_S, 0);
    op->src2 = c674x_decode_operand(s, op, XREG, SRC2(op->word));
    op->nops = DST(op->word) & 1 ? extract32(op->word, 13, 3) : 0;
}

static void control_register(C674xState *s, C674xOp *op, bool write)
{
    c674x_decode_constant(op, write ? c674x_mvc_write : c674x_mvc_read,
                          C674X_S, write ? DST(op->word) : SRC2(op->word));
    if (write) {
        op->src2 = c674x_decode_operand(s, op, XREG, SRC2(op->word));
    } else {
        op->lo = 1;
    }
}

static void decode_s(C674xState *s, C674xOp *op, bool header)
{
    uint32_t word = op->word;
    unsigned code = extract32(word, 6, 6);

    switch (code) {
    case 0x00:
        branch_to(op, X(word) ? c674x_bdec : c674x_bpos,
                  sextract32(word, 13, 10), 0);
        break;
    case 0x03:
        c674x_decode_constant(op, SRC2(word) == 6 ? c674x_b_irp : c674x_b_nrp,
                              C674X_S, 0);
        break;
    case 0x04:  /* BNOP: halfwords where there are compact instructions */
        branch_to(op, c674x_b, header ? 0 : sextract32(word, 16, 12),
                  extract32(word, 13, 3));
        op->imm[0] += header ? sextract32(word, 16, 12) * 2 : 0;
        break;
    case 0x05:  /* ADDKPC */
        branch_to(op, c674x_mv1, sextract32(word, 16, 7),
                  extract32(word, 13, 3));
        op->lo = 1;
        break;
    case 0x0d:
        branch_register(s, op);
        break;
    case 0x0e:
        control_register(s, op, true);
        break;
    case 0x0f:
        control_register(s, op, false);
        break;
    case 0x3c:
        from_row(s, op, C674X_S, &c674x_s_unary_rows[SRC1(word)]);
        break;
    default:
        from_row(s, op, C674X_S, &c674x_s_rows[code]);
        break;
    }
}

static void decode_l(C674xState *s, C674xOp *op, bool always)
{
    unsigned code = extract32(op->word, 5, 7);

    if (always) {
        from_row(s, op, C674X_L, &c674x_l_always_rows[code]);
    } else if (code == 0x1a) {
        from_row(s, op, C674X_L, &c674x_l_unary_rows[SRC1(op->word)]);
    } else {
        from_row(s, op, code >= 0x70 && code <= 0x77 ? C674X_S : C674X_L,
                 &c674x_l_rows[code]);
    }
}

/* Bits 5:2 are 1100: .M, and the additions to .D and .S of the C64x. */
static void decode_compound(C674xState *s, C674xOp *op, bool always)
{
    static const C674xRow rpack2 = { c674x_rpack2, REG, XREG, 1 };
    uint32_t word = op->word;
    unsigned code;

    switch (extract32(word, 10, 2)) {
    case 2:
        from_row(s, op, C674X_D, &c674x_d_ext_rows[extract32(word, 6, 4)]);
        break;
    case 3:
        code = extract32(word, 6, 4);
        from_row(s, op, C674X_S, always && code == 0xb ? &rpack2
                                 : &c674x_s_ext_rows[code]);
        break;
    default:
        code = extract32(word, 6, 5);
        if (always) {
            from_row(s, op, C674X_M, &c674x_m_always_rows[code]);
        } else if (code == 0x03) {
            from_row(s, op, C674X_M, &c674x_m_unary_rows[SRC1(word)]);
        } else {
            from_row(s, op, C674X_M, &c674x_m_compound_rows[code]);
        }
        break;
    }
}

static void decode_d(C674xState *s, C674xOp *op)
{
    unsigned code = extract32(op->word, 7, 6);

    from_row(s, op, C674X_D, &c674x_d_rows[code]);
    op->base = op->side * 32 + SRC2(op->word);
    op->scale = extract32(code, 2, 2);
}

/* No unit: bits 16:13 say what, bit 17 sets the loop instructions apart. */
static void decode_no_unit(C674xState *s, C674xOp *op)
{
    uint32_t word = op->word;
    unsigned code = extract32(word, 13, 5);
    C674xFn *fn = c674x_nop;

    op->unit = C674X_NO_UNIT;
    switch (code) {
    case 0x00 ... 0x08:
        op->special = C674X_NOP;
        op->nops = code;
        break;
    case 0x0f:
        fn = c674x_idle;
        op->special = C674X_IDLE;
        break;
    case 0x18:
    case 0x19:  /* SPMASKR is only of use with SPLOOPW's and reloaded loops */
        op->special = C674X_SPMASK;
        op->imm[0] = extract32(word, 18, 8);
        fn = code == 0x18 ? fn : c674x_unknown;
        break;
    case 0x1a:
        op->special = C674X_SPKERNEL;
        op->imm[0] = extract32(word, 22, 6);
        break;
    case 0x1c:
    case 0x1d:
        fn = c674x_loop_start;
        op->special = code == 0x1c ? C674X_SPLOOP : C674X_SPLOOPD;
        op->imm[0] = extract32(word, 23, 5) + 1;
        break;
    default:
        fn = c674x_unknown;
        break;
    }
    op->fn = fn;
}

/* DINT, RINT; SWE and SWENR are not modelled. */
static void decode_always_no_unit(C674xOp *op)
{
    switch (extract32(op->word, 13, 15)) {
    case 2:
        c674x_decode_constant(op, c674x_dint, C674X_NO_UNIT, 0);
        break;
    case 3:
        c674x_decode_constant(op, c674x_rint, C674X_NO_UNIT, 0);
        break;
    default:
        c674x_decode_unknown(op);
        break;
    }
}

static void decode_predicate(C674xState *s, C674xOp *op)
{
    static const uint8_t predicates[8] = {
        0, C674X_B(0), C674X_B(1), C674X_B(2),
        C674X_A(1), C674X_A(2), C674X_A(0), 0,
    };
    unsigned creg = extract32(op->word, 29, 3);

    op->predicate_zero = extract32(op->word, 28, 1);
    op->predicate = creg ? &s->reg[predicates[creg]] : NULL;
}

/*
 * A predicate of 0001 stands for the opcodes that cannot be predicated, which
 * only some formats have; 111x is reserved.
 */
static bool valid_predicate(uint32_t word, bool always)
{
    switch (extract32(word, 2, 5)) {
    case 0x00:
        return !always || !extract32(word, 7, 6);
    case 0x0c: case 0x1c:
        return !always || extract32(word, 10, 2) < 2 ||
               extract32(word, 6, 6) == 0x3b;
    case 0x04:
    case 0x06: case 0x0e: case 0x16: case 0x1e:
    case 0x03: case 0x07: case 0x0b: case 0x0f:
    case 0x13: case 0x17: case 0x1b: case 0x1f:
        return true;
    default:
        return !always;
    }
}

/* MVK, MVKH and ADDK: unit .S with a constant of 16 bits. */
static void decode_constant16(C674xOp *op)
{
    uint32_t word = op->word, value = extract32(word, 7, 16);

    if (extract32(word, 2, 5) == 0x14) {
        c674x_decode_constant(op, c674x_addk, C674X_S, (int16_t)value);
    } else if (extract32(word, 6, 1)) {
        c674x_decode_constant(op, c674x_mvkh, C674X_S, value << 16);
    } else {
        c674x_decode_constant(op, c674x_mv1, C674X_S, (int16_t)value);
    }
    op->lo = 1;
}

/* EXTU, EXT, SET and CLR with constants. */
static void decode_field(C674xState *s, C674xOp *op)
{
    static C674xFn *const fields[4] = {
        c674x_extu, c674x_ext, c674x_set, c674x_clr,
    };
    uint32_t word = op->word;

    c674x_decode_constant(op, fields[extract32(word, 6, 2)], C674X_S,
                          extract32(word, 8, 10));
    op->src2 = c674x_decode_operand(s, op, REG, SRC2(word));
    op->lo = 1;
}

/* @header: it is in a fetch packet with one. */
void c674x_decode(C674xState *s, C674xOp *op, uint32_t word, uint32_t pc,
                  bool header)
{
    bool always = extract32(word, 28, 4) == 1;

    *op = (C674xOp) { .word = word, .pc = pc };
    op->src1 = op->src2 = op->imm;
    decode_predicate(s, op);
    if (extract32(word, 29, 3) == 7 || !valid_predicate(word, always)) {
        c674x_decode_unknown(op);
        return;
    }

    switch (extract32(word, 2, 5)) {
    case 0x00:
        if (extract32(word, 7, 6) == 0 && !SIDE(word)) {
            if (always) {
                decode_always_no_unit(op);
            } else {
                decode_no_unit(s, op);
            }
        } else {
            from_row(s, op, C674X_M, &c674x_m_rows[extract32(word, 7, 5)]);
        }
        break;
    case 0x10:
        decode_d(s, op);
        break;
    case 0x08: case 0x18:
        decode_s(s, op, header);
        break;
    case 0x0a: case 0x1a:
    case 0x14:
        decode_constant16(op);
        break;
    case 0x02: case 0x12:
        decode_field(s, op);
        break;
    case 0x04:
        if (always) {
            branch_to(op, c674x_callp, sextract32(word, 7, 21), 5);
            op->dst = op->side * 32 + 3;
            op->lo = 1;
        } else {
            branch_to(op, c674x_b, sextract32(word, 7, 21), 0);
        }
        break;
    case 0x06: case 0x0e: case 0x16: case 0x1e:
        decode_l(s, op, always);
        break;
    case 0x0c: case 0x1c:
        decode_compound(s, op, always);
        break;
    case 0x01: case 0x05: case 0x09: case 0x0d:
    case 0x11: case 0x15: case 0x19: case 0x1d:
        c674x_decode_load_store(s, op);
        break;
    case 0x03: case 0x07: case 0x0b: case 0x0f:
    case 0x13: case 0x17: case 0x1b: case 0x1f:
        c674x_decode_long_offset(s, op, always);
        break;
    default:
        c674x_decode_unknown(op);
        break;
    }
}
