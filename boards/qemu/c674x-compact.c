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
#include "c674x-compact-fields.h"

#define HEADER          0xe

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
        return c674x_expand_load_store(h, w, to);
    }
    /* Bits 2:1 are 11. */
    switch (extract32(w, 5, 2)) {
    case 0:
        return extract32(w, 3, 2) < 3 && c674x_expand_mv(h, w, false, to);
    case 2:
        return extract32(w, 3, 2) < 3 && c674x_expand_mv(h, w, true, to);
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
        return c674x_expand_rest(h, w, to);
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
