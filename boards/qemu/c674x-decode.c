/* SPDX-License-Identifier: GPL-2.0 */
/*
 * C674x: from an instruction word to what executes it. The formats are those
 * of SPRUFE8, appendices C to H; binutils' opcode table corrects them where
 * they are wrong (LDNDW, STNDW, the .M unary format, NOP and IDLE).
 *
 * Bits that all formats but a few share: 31:28 predicate, 27:23 dst, 22:18
 * src2, 17:13 src1 or a constant, 12 cross path, 1 side, 0 parallel.
 */

#include "qemu/osdep.h"
#include "c674x-ops.h"

#define DST(word)   extract32(word, 23, 5)
#define SRC2(word)  extract32(word, 18, 5)
#define SRC1(word)  extract32(word, 13, 5)
#define X(word)     extract32(word, 12, 1)
#define SIDE(word)  extract32(word, 1, 1)

static void set_unknown(C674xOp *op)
{
    op->fn = c674x_unknown;
    op->unit = C674X_NO_UNIT;
    op->lo = op->hi = 0;
    op->nops = 0;
    op->special = C674X_ORDINARY;
}

/* Where an operand is read from. One of the two at most is a constant. */
static const uint32_t *operand(C674xState *s, C674xOp *op, unsigned kind,
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
        set_unknown(op);
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
    op->src1 = operand(s, op, row->src1, SRC1(word));
    op->src2 = operand(s, op, row->src2, SRC2(word));
}

static void constant(C674xOp *op, C674xFn *fn, C674xUnit unit, uint32_t value)
{
    op->fn = fn;
    op->unit = unit;
    op->side = SIDE(op->word);
    op->dst = op->side * 32 + DST(op->word);
    op->imm[0] = value;
    op->src1 = op->src2 = op->imm;
}

/* A branch to @target, which counts from the instruction's fetch packet. */
static void branch_to(C674xOp *op, C674xFn *fn, int32_t words, unsigned nops)
{
    constant(op, fn, C674X_S, (op->pc & ~31) + words * 4);
    op->nops = nops;
}

/* Branches to a register, with or without NOPs. */
static void branch_register(C674xState *s, C674xOp *op)
{
    constant(op, c674x_b, C674X_S, 0);
    op->src2 = operand(s, op, XREG, SRC2(op->word));
    op->nops = DST(op->word) & 1 ? extract32(op->word, 13, 3) : 0;
}

static void control_register(C674xState *s, C674xOp *op, bool write)
{
    constant(op, write ? c674x_mvc_write : c674x_mvc_read, C674X_S,
             write ? DST(op->word) : SRC2(op->word));
    if (write) {
        op->src2 = operand(s, op, XREG, SRC2(op->word));
    } else {
        op->lo = 1;
    }
}

static void decode_s(C674xState *s, C674xOp *op)
{
    uint32_t word = op->word;
    unsigned code = extract32(word, 6, 6);

    switch (code) {
    case 0x00:
        branch_to(op, X(word) ? c674x_bdec : c674x_bpos,
                  sextract32(word, 13, 10), 0);
        break;
    case 0x03:
        constant(op, SRC2(word) == 6 ? c674x_b_irp : c674x_b_nrp, C674X_S, 0);
        break;
    case 0x04:
        branch_to(op, c674x_b, sextract32(word, 16, 12),
                  extract32(word, 13, 3));
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

/* What a load or store moves; the op field, and 8 if the r bit is set. */
typedef struct Transfer {
    C674xFn *fn;
    uint8_t size;
    bool unaligned;
} Transfer;

static const Transfer transfers[16] = {
    { c674x_load, 2 },          /* LDHU */
    { c674x_load, 1 },          /* LDBU */
    { c674x_load_signed, 1 },   /* LDB */
    { c674x_store, 1 },         /* STB */
    { c674x_load_signed, 2 },   /* LDH */
    { c674x_store, 2 },         /* STH */
    { c674x_load, 4 },          /* LDW */
    { c674x_store, 4 },         /* STW */
    [10] = { c674x_load, 8, true },     /* LDNDW */
    [11] = { c674x_load, 4, true },     /* LDNW */
    [12] = { c674x_store, 8 },          /* STDW */
    [13] = { c674x_store, 4, true },    /* STNW */
    [14] = { c674x_load, 8 },           /* LDDW */
    [15] = { c674x_store, 8, true },    /* STNDW */
};

static void transfer(C674xState *s, C674xOp *op, unsigned code)
{
    const Transfer *t = &transfers[code];
    unsigned data = SIDE(op->word) * 32 + DST(op->word);

    if (!t->fn) {
        set_unknown(op);
        return;
    }
    op->fn = t->fn;
    op->unit = C674X_D;
    op->size = t->size;
    op->align = t->unaligned ? 0 : t->size - 1;
    op->scale = ctz32(t->size);
    if (t->size == 8) {
        /* The lowest bit of a non-aligned pair says whether to scale. */
        op->scale = !t->unaligned || (data & 1) ? 3 : 0;
        data &= ~1;
    }
    if (t->fn == c674x_store) {
        op->special = C674X_STORE;
        op->src2 = &s->reg[data];
    } else {
        op->dst = data;
        op->lo = 5;
        op->hi = t->size == 8 ? 5 : 0;
    }
}

static void decode_load_store(C674xState *s, C674xOp *op)
{
    uint32_t word = op->word;

    transfer(s, op, extract32(word, 4, 3) + 8 * extract32(word, 8, 1));
    op->side = extract32(word, 7, 1);
    op->base = op->side * 32 + SRC2(word);
    op->mode = extract32(word, 9, 4);
    op->src1 = operand(s, op, op->mode & 4 ? REG : UCST, SRC1(word));
    if ((op->mode & 10) == 2) {
        set_unknown(op);
    }
}

/* With B14 or B15 as base and a constant of 15 bits. */
static void decode_long_offset(C674xState *s, C674xOp *op, bool always)
{
    uint32_t word = op->word;
    unsigned code = extract32(word, 4, 3);

    if (!always) {
        transfer(s, op, code);
        op->side = 1;
        op->imm[0] = extract32(word, 8, 15);
        op->src1 = op->imm;
    } else if (code == 3 || code == 5 || code == 7) {
        constant(op, c674x_adda, C674X_D, extract32(word, 8, 15));
        op->lo = 1;
        op->scale = (code - 3) / 2;
    } else {
        set_unknown(op);
    }
    op->base = C674X_B(14) + extract32(word, 7, 1);
    op->mode = 1;
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
        constant(op, c674x_dint, C674X_NO_UNIT, 0);
        break;
    case 3:
        constant(op, c674x_rint, C674X_NO_UNIT, 0);
        break;
    default:
        set_unknown(op);
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

void c674x_decode(C674xState *s, C674xOp *op, uint32_t word, uint32_t pc)
{
    bool always = extract32(word, 28, 4) == 1;

    *op = (C674xOp) { .word = word, .pc = pc };
    op->src1 = op->src2 = op->imm;
    decode_predicate(s, op);
    if (extract32(word, 29, 3) == 7 || !valid_predicate(word, always)) {
        set_unknown(op);
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
        decode_s(s, op);
        break;
    case 0x0a: case 0x1a:   /* MVK, MVKH */
        if (extract32(word, 6, 1)) {
            constant(op, c674x_mvkh, C674X_S, extract32(word, 7, 16) << 16);
        } else {
            constant(op, c674x_mv1, C674X_S, sextract32(word, 7, 16));
        }
        op->lo = 1;
        break;
    case 0x02: case 0x12: { /* EXTU, EXT, SET, CLR with constants */
        static C674xFn *const fields[4] = {
            c674x_extu, c674x_ext, c674x_set, c674x_clr,
        };

        constant(op, fields[extract32(word, 6, 2)], C674X_S,
                 extract32(word, 8, 10));
        op->src2 = &s->reg[op->side * 32 + SRC2(word)];
        op->lo = 1;
        break;
    }
    case 0x14:
        constant(op, c674x_addk, C674X_S, sextract32(word, 7, 16));
        op->lo = 1;
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
        decode_load_store(s, op);
        break;
    case 0x03: case 0x07: case 0x0b: case 0x0f:
    case 0x13: case 0x17: case 0x1b: case 0x1f:
        decode_long_offset(s, op, always);
        break;
    default:
        set_unknown(op);
        break;
    }
}
