/* SPDX-License-Identifier: GPL-2.0 */
/* C674x: compact instructions that several units have, or none. */

#include "qemu/osdep.h"
#include "c674x-compact-fields.h"

bool c674x_expand_mv(const C674xHeader *h, uint32_t w, bool from,
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

/* What moves B15 itself. */
static bool expand_dx5p(uint32_t w, uint32_t *to)
{
    unsigned cst = extract32(w, 8, 2) << 3 | extract32(w, 13, 3);

    *to = d_unit(w & 0x80 ? D_SUBAW_C : D_ADDAW_C,
                 operands(cst, 15, 15, 0, 1));
    return true;
}

bool c674x_expand_rest(const C674xHeader *h, uint32_t w, uint32_t *to)
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
        return c674x_expand_push(w, to);
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
