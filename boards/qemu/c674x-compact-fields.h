/* SPDX-License-Identifier: GPL-2.0 */
/*
 * C674x: fields of 16-bit instructions, and 32-bit opcodes made of them. For
 * the files c674x-compact*.c.
 */
#ifndef AMP_C674X_COMPACT_FIELDS_H
#define AMP_C674X_COMPACT_FIELDS_H

#include "qemu/bitops.h"
#include "c674x-compact.h"

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

static inline uint32_t operands(unsigned src1, unsigned src2, unsigned dst,
                                unsigned x, unsigned side)
{
    return dst << 23 | src2 << 18 | (src1 & 31) << 13 | x << 12 | side << 1;
}

static inline uint32_t l_unit(unsigned op, uint32_t operands)
{
    return op << 5 | 0x18 | operands;
}

static inline uint32_t s_unit(unsigned op, uint32_t operands)
{
    return op << 6 | 0x20 | operands;
}

static inline uint32_t d_unit(unsigned op, uint32_t operands)
{
    return op << 7 | 0x40 | operands;
}

static inline uint32_t d_ext(unsigned op, uint32_t operands)
{
    return op << 6 | 0x830 | operands;
}

static inline uint32_t m_unit(unsigned op, uint32_t operands)
{
    return op << 7 | operands;
}

static inline uint32_t mvk(unsigned value, unsigned dst, unsigned side)
{
    return dst << 23 | S16(value) << 7 | 0x28 | side << 1;
}

/* EXTU (0), EXT, SET, CLR. */
static inline uint32_t field(unsigned op, unsigned src2, unsigned a,
                             unsigned b, unsigned dst, unsigned side)
{
    return dst << 23 | src2 << 18 | a << 13 | b << 8 | op << 6 | 0x8 |
           side << 1;
}

/* [A0], [!A0], [B0], [!B0] */
static inline uint32_t predicate(unsigned side, unsigned zero)
{
    return (side ? 1 : 6) << 29 | zero << 28;
}

/* A register field of 3 bits. */
static inline unsigned reg(const C674xHeader *h, uint32_t w, unsigned at)
{
    return extract32(w, at, 3) + 16 * h->rs;
}

/* Load or store with a base register, the stack included: bits 2:1 are 10. */
bool c674x_expand_load_store(const C674xHeader *h, uint32_t w, uint32_t *to);
/* Push to and pop from the stack. */
bool c674x_expand_push(uint32_t w, uint32_t *to);
/* MV on .L, .S or .D @from a register of 3 bits to any, or the other way. */
bool c674x_expand_mv(const C674xHeader *h, uint32_t w, bool from,
                     uint32_t *to);
/* What has bits 6:5 and 2:1 set. */
bool c674x_expand_rest(const C674xHeader *h, uint32_t w, uint32_t *to);

#endif
