/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of the functional units share: operands, saturation, the
 * tables of opcodes and the operations that more than one unit has.
 */
#ifndef AMP_C674X_OPS_H
#define AMP_C674X_OPS_H

#include "qemu/bitops.h"
#include "c674x-core.h"

/* Operands, as the manual's operand types call them. */
#define S1      ((int32_t)op->src1[0])
#define S2      ((int32_t)op->src2[0])
#define U1      (op->src1[0])
#define U2      (op->src2[0])
#define D1      (op->src1[0] | (uint64_t)op->src1[1] << 32)
#define D2      (op->src2[0] | (uint64_t)op->src2[1] << 32)
#define SL1     sextract64(D1, 0, 40)
#define SL2     sextract64(D2, 0, 40)
#define UL1     extract64(D1, 0, 40)
#define UL2     extract64(D2, 0, 40)
/* Halfwords and bytes of a word. */
#define LO(x)   ((int16_t)(x))
#define HI(x)   ((int16_t)((x) >> 16))
#define ULO(x)  ((uint16_t)(x))
#define UHI(x)  ((uint16_t)((x) >> 16))
#define BYTE(x, n) ((uint8_t)((x) >> (8 * (n))))

/* A 40-bit result: bits 31 to 8 of the upper register are zero. */
static inline uint64_t c674x_long(uint64_t value)
{
    return extract64(value, 0, 40);
}

static inline uint32_t c674x_pair(uint32_t hi, uint32_t lo)
{
    return hi << 16 | (lo & 0xffff);
}

/* SAT in CSR and the unit's bit in SSR: L1, L2, S1, S2, then M1, M2. */
static inline void c674x_saturated(C674xState *s, const C674xOp *op)
{
    unsigned unit = op->unit == C674X_M ? 2 : op->unit;

    s->csr |= CSR_SAT;
    s->ssr |= 1u << (unit * 2 + op->side);
}

static inline int32_t c674x_sat32(C674xState *s, const C674xOp *op, int64_t v)
{
    if (v != (int32_t)v) {
        c674x_saturated(s, op);
        return v < 0 ? INT32_MIN : INT32_MAX;
    }
    return v;
}

static inline int16_t c674x_clamp16(int32_t v)
{
    return MAX(INT16_MIN, MIN(INT16_MAX, v));
}

/* How an opcode's operand field is read. */
typedef enum C674xOperand {
    NONE,
    REG,    /* register of the unit's side */
    XREG,   /* register, of the other side if the x bit is set */
    PAIR,   /* register pair of the unit's side */
    XPAIR,
    SCST,   /* constant of 5 bits, signed */
    UCST,   /* constant of 5 bits, unsigned */
} C674xOperand;

/* One opcode of a unit's table; no fn: no such opcode. */
typedef struct C674xRow {
    C674xFn *fn;
    uint8_t src1;
    uint8_t src2;
    uint8_t lo;     /* latency in cycles; 0: the result goes elsewhere */
    uint8_t hi;     /* of the upper register of a pair; 0: there is none */
} C674xRow;

/* Indexed by the op field of the instruction format. */
extern const C674xRow c674x_l_rows[128];
extern const C674xRow c674x_l_unary_rows[32];
extern const C674xRow c674x_l_always_rows[128];
extern const C674xRow c674x_s_rows[64];
extern const C674xRow c674x_s_unary_rows[32];
extern const C674xRow c674x_s_ext_rows[16];
extern const C674xRow c674x_d_rows[64];
extern const C674xRow c674x_d_ext_rows[16];
extern const C674xRow c674x_m_rows[32];
extern const C674xRow c674x_m_compound_rows[32];
extern const C674xRow c674x_m_unary_rows[32];
extern const C674xRow c674x_m_always_rows[32];

/* c674x-alu.c */
extern C674xFn c674x_add, c674x_sub, c674x_rsub, c674x_and, c674x_andn;
extern C674xFn c674x_or, c674x_xor, c674x_mv1, c674x_mv2, c674x_sadd;
extern C674xFn c674x_ssub;

/* c674x-packed.c */
extern C674xFn c674x_add2, c674x_sub2, c674x_add4, c674x_sub4, c674x_sadd2;
extern C674xFn c674x_ssub2, c674x_saddus2, c674x_saddu4, c674x_abs2;
extern C674xFn c674x_subabs4, c674x_min2, c674x_max2, c674x_minu4, c674x_maxu4;
extern C674xFn c674x_cmpeq2, c674x_cmpeq4, c674x_cmpgt2, c674x_cmpgtu4;
extern C674xFn c674x_shr2, c674x_shru2, c674x_shlmb, c674x_shrmb;
extern C674xFn c674x_addsub, c674x_addsub2, c674x_saddsub, c674x_saddsub2;

/* c674x-pack.c */
extern C674xFn c674x_pack2, c674x_packh2, c674x_packhl2, c674x_packlh2;
extern C674xFn c674x_packl4, c674x_packh4, c674x_unpklu4, c674x_unpkhu4;
extern C674xFn c674x_swap4, c674x_spack2, c674x_spacku4, c674x_rpack2;
extern C674xFn c674x_dpack2, c674x_dpackx2, c674x_shfl3, c674x_dmv;

/* c674x-fp.c */
extern C674xFn c674x_addsp, c674x_subsp, c674x_rsubsp, c674x_mpysp;
extern C674xFn c674x_adddp, c674x_subdp, c674x_rsubdp, c674x_mpydp;
extern C674xFn c674x_mpyspdp, c674x_mpysp2dp;
/* c674x-fp-convert.c */
extern C674xFn c674x_abssp, c674x_absdp, c674x_rcpsp, c674x_rcpdp;
extern C674xFn c674x_rsqrsp, c674x_rsqrdp, c674x_spdp, c674x_dpsp;
extern C674xFn c674x_spint, c674x_sptrunc, c674x_dpint, c674x_dptrunc;
extern C674xFn c674x_intsp, c674x_intspu, c674x_intdp, c674x_intdpu;
extern C674xFn c674x_cmpeqsp, c674x_cmpgtsp, c674x_cmpltsp;
extern C674xFn c674x_cmpeqdp, c674x_cmpgtdp, c674x_cmpltdp;

/* c674x-branch.c; src2 is the target */
extern C674xFn c674x_b, c674x_callp, c674x_bdec, c674x_bpos, c674x_b_irp;
extern C674xFn c674x_b_nrp, c674x_dint, c674x_rint, c674x_idle, c674x_nop;
extern C674xFn c674x_unknown;

/* c674x-s.c */
extern C674xFn c674x_extu, c674x_ext, c674x_set, c674x_clr, c674x_addk;
extern C674xFn c674x_mvkh, c674x_mvc_read, c674x_mvc_write;

/* c674x-d.c */
extern C674xFn c674x_load, c674x_load_signed, c674x_store, c674x_adda;

/* c674x-multiply-vector.c */
extern C674xFn c674x_mpy2, c674x_smpy2, c674x_mpyu4, c674x_mpysu4;
extern C674xFn c674x_dotp2, c674x_dotp2_long, c674x_dotpn2, c674x_dotprsu2;
extern C674xFn c674x_dotpnrsu2, c674x_dotpu4, c674x_dotpsu4, c674x_ddotp4;
extern C674xFn c674x_ddotpl2, c674x_ddotph2, c674x_ddotpl2r, c674x_ddotph2r;
extern C674xFn c674x_cmpy, c674x_cmpyr, c674x_cmpyr1, c674x_mpy2ir;
extern C674xFn c674x_gmpy4, c674x_gmpy, c674x_xormpy;

#endif
