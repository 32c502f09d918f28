/* SPDX-License-Identifier: GPL-2.0 */
/*
 * C674x: compact instructions, 16 bits of which stand for an instruction of 32.
 * A fetch packet has them if its last word is a header, which also says what
 * the short opcodes mean: which registers (RS), which size of loads and stores
 * (DSZ), branches or arithmetic (BR), saturation (SAT).
 *
 * Each is expanded to its 32-bit opcode; only BNOP, whose displacement counts
 * halfwords in such a packet, takes more, see c674x_decode(). Formats: SPRUFE8,
 * section 3.9 and appendices C to H.
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "c674x-compact.h"

#define HEADER          0xe
#define SIDE(w)         extract32(w, 0, 1)
#define X(w)            extract32(w, 12, 1)
/* Constants of 5 bits: bits 12:11, then 15:13. */
#define CST5(w)         (extract32(w, 11, 2) << 3 | extract32(w, 13, 3))
#define S16(value)      ((value) & 0xffff)

/* Opcodes of the 32-bit formats that are expanded to. */
enum {
    L_ADD_C = 0x02, L_ADD = 0x03, L_SUB_C = 0x06, L_SUB = 0x07, L_SSUB = 0x0f,
    L_SADD = 0x13, L_UNARY = 0x1a, L_CMPEQ_C = 0x52, L_XOR_C = 0x6e,
    S_ADD_C = 0x06, S_ADD = 0x07, S_XOR_C = 0x0a, S_MVC = 0x0e, S_SUB_C = 0x16,
    S_SUB = 0x17, S_SADD = 0x20, S_SSHL_C = 0x22, S_SHRU_C = 0x26,
    S_SHL_C = 0x32, S_SHR_C = 0x36,
    D_MVK = 0x00, D_ADD_C = 0x12, D_SUB_C = 0x13, D_ADDAW_C = 0x3a,
    D_SUBAW_C = 0x3b,
    DX_ADD = 0x0a, DX_ADD_C = 0x0b, DX_SUB = 0x0c, DX_XOR_C = 0x0f,
};

static uint32_t operands(unsigned src1, unsigned src2, unsigned dst,
                         unsigned x, unsigned side)
{
    return dst << 23 | src2 << 18 | (src1 & 31) << 13 | x << 12 | side << 1;
}

static uint32_t l_unit(unsigned op, uint32_t operands)
{
    return op << 5 | 0x18 | operands;
}

static uint32_t s_unit(unsigned op, uint32_t operands)
{
    return op << 6 | 0x20 | operands;
}

static uint32_t d_unit(unsigned op, uint32_t operands)
{
    return op << 7 | 0x40 | operands;
}

static uint32_t d_ext(unsigned op, uint32_t operands)
{
    return op << 6 | 0x830 | operands;
}

static uint32_t m_unit(unsigned op, uint32_t operands)
{
    return op << 7 | operands;
}

static uint32_t mvk(unsigned value, unsigned dst, unsigned side)
{
    return dst << 23 | S16(value) << 7 | 0x28 | side << 1;
}

/* EXTU (0), EXT, SET, CLR. */
static uint32_t field(unsigned op, unsigned src2, unsigned a, unsigned b,
                      unsigned dst, unsigned side)
{
    return dst << 23 | src2 << 18 | a << 13 | b << 8 | op << 6 | 0x8 | side << 1;
}

/* [A0], [!A0], [B0], [!B0] */
static uint32_t predicate(unsigned side, unsigned zero)
{
    return (side ? 1 : 6) << 29 | zero << 28;
}

/* A register field of 3 bits. */
static unsigned reg(const C674xHeader *h, uint32_t w, unsigned at)
{
    return extract32(w, at, 3) + 16 * h->rs;
}

/* The op and r fields of a load or store of 32 bits. */
static unsigned transfer(const C674xHeader *h, uint32_t w, bool load, bool wide)
{
    static const uint8_t loads[8] = { 1, 2, 0, 4, 6, 2, 11, 4 };
    static const uint8_t stores[8] = { 3, 3, 5, 5, 7, 3, 13, 5 };

    if (wide) {
        return extract32(w, 4, 1) ? (load ? 10 : 15) : (load ? 14 : 12);
    }
    if (!extract32(w, 9, 1)) {
        return load ? 6 : 7;
    }
    return load ? loads[h->dsz] : stores[h->dsz];
}

static uint32_t load_store(unsigned code, unsigned mode, unsigned offset,
                           unsigned base, unsigned data, unsigned data_side,
                           unsigned side)
{
    return data << 23 | base << 18 | offset << 13 | mode << 9 |
           (code >> 3) << 8 | side << 7 | (code & 7) << 4 | 0x4 |
           data_side << 1;
}

/* Bits 2:1 are 10: loads and stores with A4 to A7, B4 to B7 or B15. */
static bool expand_load_store(const C674xHeader *h, uint32_t w, uint32_t *to)
{
    bool load = extract32(w, 3, 1);
    bool wide = !extract32(w, 9, 1) && h->dsz >= 4;
    unsigned data = reg(h, w, 4), t = X(w), mode, offset, code;

    if ((w & 0x8c00) == 0x8c00) {   /* the stack */
        *to = load_store(load ? 6 : 7, 1,
                         extract32(w, 7, 3) << 2 | extract32(w, 13, 2), 15,
                         data, t, 1);
        return SIDE(w);
    }
    code = transfer(h, w, load, wide);
    if (wide) {
        /* A pair of registers; LDNDW and STNDW don't scale the offset. */
        data = extract32(w, 5, 2) * 2 + 16 * h->rs;
    }
    if (!(w & 0x400)) {
        mode = 1;
        offset = extract32(w, 11, 1) << 3 | extract32(w, 13, 3);
    } else if (!(w & 0x800)) {
        mode = 5;
        offset = reg(h, w, 13);
    } else {
        mode = w & 0x4000 ? 8 : 11;
        offset = extract32(w, 13, 1) + 1;
    }
    *to = load_store(code, mode, offset, 4 + extract32(w, 7, 2), data, t,
                     SIDE(w));
    return true;
}

/* Push to and pop from the stack. */
static bool expand_push(uint32_t w, uint32_t *to)
{
    bool load = extract32(w, 14, 1), wide = extract32(w, 15, 1);
    unsigned code = wide ? (load ? 14 : 12) : (load ? 6 : 7);

    *to = load_store(code, load ? 9 : 10, extract32(w, 13, 1) + 1, 15,
                     extract32(w, 7, 4), X(w), 1);
    return true;
}

/* Bits 3:1 are 000: .L, three operands. */
static bool expand_l3(const C674xHeader *h, uint32_t w, uint32_t *to)
{
    static const uint8_t ops[2][2] = { { L_ADD, L_SUB }, { L_SADD, L_SSUB } };
    unsigned cst = extract32(w, 11, 1) << 3 | extract32(w, 13, 3);

    if (w & 0x400) {
        cst = cst ? sextract32(cst, 0, 4) : 8;
        *to = l_unit(L_ADD_C, operands(cst, reg(h, w, 7), reg(h, w, 4), X(w),
                                       SIDE(w)));
    } else {
        *to = l_unit(ops[h->sat][extract32(w, 11, 1)],
                     operands(reg(h, w, 13), reg(h, w, 7), reg(h, w, 4), X(w),
                              SIDE(w)));
    }
    return true;
}

/* .L with a result in register 0 or 1. */
static bool expand_l2c(const C674xHeader *h, uint32_t w, uint32_t *to)
{
    static const uint8_t ops[8] = {
        0x7b, 0x7f, 0x6f, 0x53, 0x57, 0x47, 0x5f, 0x4f,
    };
    unsigned op = extract32(w, 11, 1) << 2 | extract32(w, 5, 2);

    *to = l_unit(ops[op], operands(reg(h, w, 13), reg(h, w, 7),
                                   extract32(w, 4, 1), X(w), SIDE(w)));
    return true;
}

static bool expand_lx(const C674xHeader *h, uint32_t w, uint32_t *to)
{
    static const uint8_t compares[4] = { 0x56, 0x46, 0x5e, 0x4e };
    unsigned dst = extract32(w, 11, 1);

    if (w & 0x400) {            /* MVK */
        *to = l_unit(L_UNARY, operands(5, CST5(w), reg(h, w, 7), 0, SIDE(w)));
    } else if (!(w & 0x1000)) {
        *to = l_unit(L_CMPEQ_C, operands(extract32(w, 13, 3), reg(h, w, 7),
                                         dst, 0, SIDE(w)));
    } else {
        *to = l_unit(compares[extract32(w, 14, 2)],
                     operands(extract32(w, 13, 1), reg(h, w, 7), dst, 0,
                              SIDE(w)));
    }
    return true;
}

/* Bits 3:1 are 101: .S, branches if BR is set. */
static bool expand_s3(const C674xHeader *h, uint32_t w, uint32_t *to)
{
    unsigned cst = extract32(w, 13, 3);

    if (w & 0x400) {
        cst = cst == 0 ? 16 : cst == 7 ? 8 : cst;
        *to = s_unit(w & 0x800 ? S_SHR_C : S_SHL_C,
                     operands(cst, reg(h, w, 7), reg(h, w, 4), X(w), SIDE(w)));
    } else {
        *to = s_unit(w & 0x800 ? S_SUB : h->sat ? S_SADD : S_ADD,
                     operands(reg(h, w, 13), reg(h, w, 7), reg(h, w, 4), X(w),
                              SIDE(w)));
    }
    return true;
}

static bool expand_branch(uint32_t w, uint32_t *to)
{
    unsigned nops = extract32(w, 13, 3);
    int32_t halfwords = sextract32(w, 6, 7);

    if (!(w & 0x20) && (w & 0x10)) {    /* CALLP */
        *to = 0x10000010 | (sextract32(w, 6, 10) & 0x1fffff) << 7 |
              SIDE(w) << 1;
        return true;
    }
    if (nops >= 6) {
        nops = 5;
        halfwords = extract32(w, 6, 8);
    }
    *to = (halfwords & 0xfff) << 16 | nops << 13 | 0x120 | SIDE(w) << 1;
    if (w & 0x20) {
        *to |= predicate(SIDE(w), extract32(w, 4, 1));
    }
    return true;
}

/* Bits 4:1 are 0001: .S, shifts and bit fields. */
static bool expand_shift(const C674xHeader *h, uint32_t w, uint32_t *to)
{
    static const uint8_t registers[4] = { 0x33, 0x37, 0x27, 0x23 };
    unsigned op = extract32(w, 5, 2), r = reg(h, w, 7), cst = CST5(w);
    unsigned which = extract32(w, 11, 2), side = SIDE(w);

    if (w & 0x400) {
        const uint8_t constants[3] = {
            S_SHL_C, S_SHR_C, h->sat ? S_SSHL_C : S_SHRU_C,
        };

        *to = op == 3
            ? s_unit(registers[which], operands(reg(h, w, 13), r, r, 0, side))
            : s_unit(constants[op], operands(cst, r, r, 0, side));
        return true;
    }
    switch (op) {
    case 0:
        *to = field(0, r, cst, 31, 0, side);
        break;
    case 1:
    case 2:
        *to = field(op + 1, r, cst, cst, r, side);
        break;
    default:
        cst = which & 1 ? 24 : 16;
        *to = field(which < 2, r, cst, cst, reg(h, w, 13), side);
        break;
    }
    return true;
}

static bool expand_mvk8(const C674xHeader *h, uint32_t w, uint32_t *to)
{
    *to = mvk(extract32(w, 10, 1) << 7 | extract32(w, 5, 2) << 5 | CST5(w),
              reg(h, w, 7), SIDE(w));
    return true;
}

static bool expand_m3(const C674xHeader *h, uint32_t w, uint32_t *to)
{
    static const uint8_t ops[2][4] = {
        { 0x19, 0x01, 0x11, 0x09 }, { 0x1a, 0x02, 0x12, 0x0a },
    };

    *to = m_unit(ops[h->sat][extract32(w, 5, 2)],
                 operands(reg(h, w, 13), reg(h, w, 7),
                          extract32(w, 10, 2) * 2 + 16 * h->rs, X(w),
                          SIDE(w)));
    return true;
}

/* MV on .L, .S or .D between a register of 3 bits and any. */
static bool expand_mv(const C674xHeader *h, uint32_t w, bool from,
                      uint32_t *to)
{
    unsigned high = extract32(w, 10, 2) << 3, src, dst;
    uint32_t ops;

    src = from ? reg(h, w, 7) : high | extract32(w, 7, 3);
    dst = from ? high | extract32(w, 13, 3) : reg(h, w, 13);
    ops = operands(0, src, dst, X(w), SIDE(w));
    switch (extract32(w, 3, 2)) {
    case C674X_L:
        *to = l_unit(L_ADD_C, ops);
        return true;
    case C674X_S:
        *to = s_unit(S_ADD_C, ops);
        return true;
    default:
        *to = d_ext(DX_ADD_C, ops);
        return true;
    }
}

static uint32_t constant_to(unsigned unit, unsigned cst, unsigned dst,
                            unsigned side)
{
    switch (unit) {
    case C674X_L:
        return l_unit(L_UNARY, operands(5, cst, dst, 0, side));
    case C674X_S:
        return mvk(cst, dst, side);
    default:
        return d_unit(D_MVK, operands(cst, 0, dst, 0, side));
    }
}

/* One register and a constant that the opcode implies. */
static bool expand_x1(const C674xHeader *h, uint32_t w, uint32_t *to)
{
    unsigned unit = extract32(w, 3, 2), r = reg(h, w, 7), side = SIDE(w);
    unsigned op = extract32(w, 13, 3);

    switch (op) {
    case 0:
    case 1:
        *to = constant_to(unit, op, r, side);
        return true;
    case 2:                             /* 0 - r */
        *to = unit == C674X_L
            ? l_unit(L_SUB_C, operands(0, r, r, 0, side))
            : s_unit(S_SUB_C, operands(0, r, r, 0, side));
        return unit != C674X_D;
    case 3:                             /* r - 1 */
        *to = unit == C674X_L ? l_unit(L_ADD_C, operands(-1, r, r, 0, side))
            : unit == C674X_S ? s_unit(S_ADD_C, operands(-1, r, r, 0, side))
            : d_unit(D_SUB_C, operands(1, r, r, 0, side));
        return true;
    case 5:                             /* r + 1 */
        *to = unit == C674X_L ? l_unit(L_ADD_C, operands(1, r, r, 0, side))
            : unit == C674X_S ? s_unit(S_ADD_C, operands(1, r, r, 0, side))
            : d_unit(D_ADD_C, operands(1, r, r, 0, side));
        return true;
    case 6:                             /* to ILC */
        *to = s_unit(S_MVC, operands(0, r, 0x0d, 0, 1));
        return unit == C674X_S;
    case 7:
        *to = unit == C674X_L ? l_unit(L_XOR_C, operands(1, r, r, 0, side))
            : unit == C674X_S ? s_unit(S_XOR_C, operands(1, r, r, 0, side))
            : d_ext(DX_XOR_C, operands(1, r, r, 0, side));
        return true;
    default:
        return false;
    }
}

/* Two registers, the first is also the result; or a register and a constant. */
static bool expand_sx(const C674xHeader *h, uint32_t w, uint32_t *to)
{
    unsigned r = reg(h, w, 13);

    if (w & 0x400) {                    /* ADDK */
        *to = reg(h, w, 7) << 23 | CST5(w) << 7 | 0x50 | SIDE(w) << 1;
    } else {
        *to = s_unit(w & 0x800 ? S_SUB : S_ADD,
                     operands(r, reg(h, w, 7), r, X(w), SIDE(w)));
    }
    return true;
}

static bool expand_dx(const C674xHeader *h, uint32_t w, uint32_t *to)
{
    unsigned r = reg(h, w, 13);

    if (w & 0x400) {                    /* ADDAW B15, constant */
        *to = 0x1000000c | 7 << 4 | reg(h, w, 7) << 23 | CST5(w) << 8 |
              1 << 7 | SIDE(w) << 1;
    } else {
        *to = d_ext(w & 0x800 ? DX_SUB : DX_ADD,
                    operands(r, reg(h, w, 7), r, X(w), SIDE(w)));
    }
    return true;
}

/* What moves B15 itself. */
static bool expand_dx5p(uint32_t w, uint32_t *to)
{
    unsigned cst = extract32(w, 8, 2) << 3 | extract32(w, 13, 3);

    *to = d_unit(w & 0x80 ? D_SUBAW_C : D_ADDAW_C,
                 operands(cst, 15, 15, 0, 1));
    return true;
}

/* Bits 6:5 and 2:1 are all set. */
static bool expand_rest(const C674xHeader *h, uint32_t w, uint32_t *to)
{
    unsigned unit = extract32(w, 3, 2);

    if ((w & 0x1fff) == 0x0c6e) {
        *to = extract32(w, 13, 3) << 13;                    /* NOP */
        return true;
    }
    if ((w & 0x187e) == 0x006e) {                           /* BNOP register */
        *to = extract32(w, 13, 3) << 13 | extract32(w, 7, 4) << 18 |
              0x800362;
        return true;
    }
    if ((w & 0x087f) == 0x0077) {
        return expand_push(w, to);
    }
    if ((w & 0x1c7e) == 0x0c76) {
        return expand_dx5p(w, to);
    }
    if ((w & 0x1c00) == 0x1800 && unit < 3) {
        return expand_x1(h, w, to);
    }
    if ((w & 0x1c00) == 0x0800 && unit < 3) {               /* [x0] MVK */
        *to = constant_to(unit, extract32(w, 13, 1), reg(h, w, 7), SIDE(w)) |
              predicate(extract32(w, 15, 1), extract32(w, 14, 1));
        return true;
    }
    if ((w & 0xbc7e) == 0x0c66) {                           /* SPLOOP, D */
        *to = 0x38000 | (extract32(w, 7, 3) | extract32(w, 14, 1) << 3) << 23 |
              SIDE(w) << 13;
        return true;
    }
    if ((w & 0x3c7e) == 0x1c66 || (w & 0x3c7e) == 0x2c66) {
        unsigned bits = SIDE(w) | extract32(w, 7, 3) << 1 |
                        extract32(w, 14, 2) << 4;

        *to = w & 0x1000 ? 0x34000 | bits << 22             /* SPKERNEL */
                         : 0x30000 | bits << 18;            /* SPMASK */
        return true;
    }
    return false;
}

bool c674x_compact_expand(const C674xHeader *h, uint16_t w, uint32_t *to)
{
    switch (extract32(w, 1, 4)) {
    case 0x1:
        return expand_shift(h, w, to);
    case 0x9:
        return expand_mvk8(h, w, to);
    case 0xf:
        return expand_m3(h, w, to);
    }
    switch (extract32(w, 1, 3)) {
    case 0x0:
        return expand_l3(h, w, to);
    case 0x4:
        return (w & 0x400) && expand_l2c(h, w, to);
    case 0x5:
        return h->br ? expand_branch(w, to) : expand_s3(h, w, to);
    case 0x2:
    case 0x6:
        return expand_load_store(h, w, to);
    }
    /* Bits 2:1 are 11. */
    switch (extract32(w, 5, 2)) {
    case 0:
        return extract32(w, 3, 2) < 3 && expand_mv(h, w, false, to);
    case 2:
        return extract32(w, 3, 2) < 3 && expand_mv(h, w, true, to);
    case 1:
        switch (extract32(w, 3, 2)) {
        case C674X_L:
            return expand_lx(h, w, to);
        case C674X_S:
            return expand_sx(h, w, to);
        case C674X_D:
            return expand_dx(h, w, to);
        default:
            return false;
        }
    default:
        return expand_rest(h, w, to);
    }
}

bool c674x_compact_header(uint32_t word, C674xHeader *h)
{
    if (extract32(word, 28, 4) != HEADER) {
        return false;
    }
    *h = (C674xHeader) {
        .compact = extract32(word, 21, 7),
        .protect = extract32(word, 20, 1),
        .rs = extract32(word, 19, 1),
        .dsz = extract32(word, 16, 3),
        .br = extract32(word, 15, 1),
        .sat = extract32(word, 14, 1),
        .parallel = extract32(word, 0, 14),
    };
    return true;
}
