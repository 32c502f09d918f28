/* SPDX-License-Identifier: GPL-2.0 */
/*
 * C674x: the CPU's interrupts (SPRUFE8, chapter 5): NMI and 12 maskable ones,
 * each with a fetch packet in the vector table at ISTP. The events behind them
 * are c674x-intc.c's.
 */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/host-utils.h"
#include "c674x-core.h"

#define NMI             1
#define VECTOR_SIZE     32
#define EFR_NXF         0x80000000

/* Call it after a change to IFR, IER or GIE. */
void c674x_interrupt_update(C674xState *s)
{
    uint32_t pending = 0;

    if (s->ier & IER_NMIE) {
        pending = s->ifr & s->ier;
        if (!(s->csr & CSR_GIE)) {
            pending &= BIT(NMI);
        }
    }
    s->irq_ready = pending;
    if (pending && s->idle) {
        c674x_wake(s);
    }
}

void c674x_interrupt_raise(C674xState *s, unsigned number)
{
    s->ifr |= BIT(number);
    c674x_interrupt_update(s);
}

/* Enter the handler of the pending interrupt of highest priority. */
void c674x_interrupt_take(C674xState *s)
{
    unsigned number = ctz32(s->ifr & s->ier);
    uint32_t tsr = s->tsr | (s->csr & CSR_GIE);

    /* The pipeline's annulled packets give loads the time to arrive. */
    c674x_drain(s);
    s->ifr &= ~BIT(number);
    if (number == NMI) {
        s->nrp = s->pc;
        s->ntsr = tsr;
        s->efr |= EFR_NXF;
        s->ier &= ~IER_NMIE;
        s->tsr |= TSR_EXC;
    } else {
        s->irp = s->pc;
        s->itsr = tsr & ~TSR_GIE;
        s->csr = deposit32(s->csr, 1, 1, tsr & TSR_GIE);
        s->tsr |= TSR_INT;
    }
    s->csr &= ~CSR_GIE;
    s->pc = s->istp + number * VECTOR_SIZE;
    c674x_interrupt_update(s);
}

/* B IRP and B NRP: the state from before comes back. */
void c674x_interrupt_return(C674xState *s, bool nmi)
{
    uint32_t tsr;

    if (nmi) {
        tsr = s->ntsr;
        s->ier |= IER_NMIE;
    } else {
        tsr = s->itsr | extract32(s->csr, 1, 1);
    }
    s->tsr = tsr & ~TSR_GIE;
    s->csr = deposit32(s->csr, 0, 1, tsr & TSR_GIE);
    c674x_interrupt_update(s);
}
