/* SPDX-License-Identifier: GPL-2.0 */
/* C674x: branches, interrupt enables, IDLE and what is no instruction. */

#include "qemu/osdep.h"
#include "c674x-ops.h"

uint64_t c674x_b(C674xState *s, const C674xOp *op)
{
    c674x_branch(s, U2);
    return 0;
}

/* s->pc already is the address of the next packet. */
uint64_t c674x_callp(C674xState *s, const C674xOp *op)
{
    c674x_branch(s, U2);
    return s->pc;
}

uint64_t c674x_bdec(C674xState *s, const C674xOp *op)
{
    int32_t count = s->reg[op->dst];

    if (count >= 0) {
        c674x_branch(s, U2);
        c674x_write(s, op->dst, count - 1, 1);
    }
    return 0;
}

uint64_t c674x_bpos(C674xState *s, const C674xOp *op)
{
    if ((int32_t)s->reg[op->dst] >= 0) {
        c674x_branch(s, U2);
    }
    return 0;
}

uint64_t c674x_b_irp(C674xState *s, const C674xOp *op)
{
    c674x_branch(s, s->irp);
    c674x_interrupt_return(s, false);
    return 0;
}

uint64_t c674x_b_nrp(C674xState *s, const C674xOp *op)
{
    c674x_branch(s, s->nrp);
    c674x_interrupt_return(s, true);
    return 0;
}

/* DINT and RINT keep GIE in SGIE. */
uint64_t c674x_dint(C674xState *s, const C674xOp *op)
{
    s->tsr = deposit32(s->tsr, 1, 1, s->csr & CSR_GIE);
    s->csr &= ~CSR_GIE;
    c674x_interrupt_update(s);
    return 0;
}

uint64_t c674x_rint(C674xState *s, const C674xOp *op)
{
    s->csr = deposit32(s->csr, 0, 1, extract32(s->tsr, 1, 1));
    s->tsr &= ~TSR_SGIE;
    c674x_interrupt_update(s);
    return 0;
}

uint64_t c674x_idle(C674xState *s, const C674xOp *op)
{
    s->idle = true;
    return 0;
}

uint64_t c674x_nop(C674xState *s, const C674xOp *op)
{
    return 0;
}

uint64_t c674x_unknown(C674xState *s, const C674xOp *op)
{
    c674x_crash(s, "unknown opcode 0x%08x at 0x%08x", op->word, op->pc);
    return 0;
}
