/* SPDX-License-Identifier: GPL-2.0 */
/* C674x: control registers, as MVC reads and writes them. */

#include "qemu/osdep.h"
#include "qemu/bitops.h"
#include "qemu/host-utils.h"
#include "qemu/log.h"
#include "c674x-core.h"

enum {
    AMR = 0x00, CSR = 0x01, IFR_ISR = 0x02, ICR = 0x03, IER = 0x04,
    ISTP = 0x05, IRP = 0x06, NRP = 0x07, TSCL = 0x0a, TSCH = 0x0b,
    ILC = 0x0d, RILC = 0x0e, REP = 0x0f, PCE1 = 0x10, DNUM = 0x11,
    FADCR = 0x12, FAUCR = 0x13, FMCR = 0x14, SSR = 0x15, GPLYA = 0x16,
    GPLYB = 0x17, GFPGFR = 0x18, TSR = 0x1a, ITSR = 0x1b, NTSR = 0x1c,
    ECR_EFR = 0x1d, IERR = 0x1f,
};

#define CSR_WRITABLE    0x0000fcff  /* less SAT, which a 0 clears */
#define ISTP_ISTB       0xfffffc00
#define SSR_BITS        0x3f
#define AMR_BITS        0x03ffffff
#define GFPGFR_BITS     0x070000ff
#define GFPGFR_RESET    0x0700001d

/* The highest-priority interrupt that is pending and enabled. */
static uint32_t istp_read(C674xState *s)
{
    uint32_t pending = s->ifr & s->ier;

    return s->istp | (pending ? ctz32(pending) << 5 : 0);
}

/* Reading the lower half keeps the upper one for TSCH. */
static uint32_t tscl_read(C674xState *s)
{
    uint64_t count = s->tsc_running ? s->cycle - s->tsc_start : 0;

    s->tsch = count >> 32;
    return count;
}

uint32_t c674x_control_read(C674xState *s, unsigned number, uint32_t pc)
{
    switch (number) {
    case AMR:
        return s->amr;
    case CSR:
        return s->csr;
    case IFR_ISR:
        return s->ifr;
    case IER:
        return s->ier;
    case ISTP:
        return istp_read(s);
    case IRP:
        return s->irp;
    case NRP:
        return s->nrp;
    case TSCL:
        return tscl_read(s);
    case TSCH:
        return s->tsch;
    case ILC:
        return s->ilc;
    case RILC:
        return s->rilc;
    case REP:
        return s->rep;
    case PCE1:
        /* The fetch packet of the MVC itself. */
        return pc & ~31;
    case DNUM:
        return 0;
    case FADCR:
        return s->fadcr;
    case FAUCR:
        return s->faucr;
    case FMCR:
        return s->fmcr;
    case SSR:
        return s->ssr;
    case GPLYA:
        return s->gplya;
    case GPLYB:
        return s->gplyb;
    case GFPGFR:
        return s->gfpgfr;
    case TSR:
        return s->tsr | (s->csr & CSR_GIE);
    case ITSR:
        return s->itsr | extract32(s->csr, 1, 1);
    case NTSR:
        return s->ntsr;
    case ECR_EFR:
        return s->efr;
    case IERR:
        return s->ierr;
    default:
        qemu_log_mask(LOG_UNIMP, "c674x: read of control register %u at "
                      "0x%08x\n", number, pc);
        return 0;
    }
}

void c674x_control_write(C674xState *s, unsigned number, uint32_t value)
{
    switch (number) {
    case AMR:
        s->amr = value & AMR_BITS;
        break;
    case CSR:
        s->csr = CSR_CPUID | CSR_LITTLE | (value & CSR_WRITABLE) |
                 (s->csr & value & CSR_SAT);
        break;
    case IFR_ISR:
        s->ifr |= value & IER_MASKABLE;
        break;
    case ICR:
        s->ifr &= ~(value & IER_MASKABLE);
        break;
    case IER:
        /* Only a reset and an NMI clear NMIE. */
        s->ier = IER_RESET | (s->ier & IER_NMIE) |
                 (value & (IER_MASKABLE | IER_NMIE));
        break;
    case ISTP:
        s->istp = value & ISTP_ISTB;
        break;
    case IRP:
        s->irp = value;
        break;
    case NRP:
        s->nrp = value;
        break;
    case TSCL:
        /* The first write starts the counter, whatever is written. */
        if (!s->tsc_running) {
            s->tsc_running = true;
            s->tsc_start = s->cycle;
        }
        break;
    case ILC:
        s->ilc = value;
        break;
    case RILC:
        s->rilc = value;
        break;
    case REP:
        s->rep = value;
        break;
    case FADCR:
        s->fadcr = value;
        c674x_fp_rounding(s);
        break;
    case FAUCR:
        s->faucr = value;
        break;
    case FMCR:
        s->fmcr = value;
        c674x_fp_rounding(s);
        break;
    case SSR:
        s->ssr = value & SSR_BITS;
        break;
    case GPLYA:
        s->gplya = value;
        break;
    case GPLYB:
        s->gplyb = value;
        break;
    case GFPGFR:
        s->gfpgfr = value & GFPGFR_BITS;
        break;
    case TSR:
        s->csr = deposit32(s->csr, 0, 1, value & TSR_GIE);
        s->tsr = value & ~TSR_GIE;
        break;
    case ITSR:
        s->csr = deposit32(s->csr, 1, 1, value & TSR_GIE);
        s->itsr = value & ~TSR_GIE;
        break;
    case NTSR:
        s->ntsr = value;
        break;
    case ECR_EFR:
        s->efr &= ~value;
        break;
    case IERR:
        s->ierr = value;
        break;
    default:
        qemu_log_mask(LOG_UNIMP, "c674x: write of 0x%08x to control register "
                      "%u\n", value, number);
        break;
    }
    c674x_interrupt_update(s);
}

void c674x_control_reset(C674xState *s)
{
    s->amr = 0;
    s->csr = CSR_CPUID | CSR_LITTLE;
    s->ier = IER_RESET;
    s->ifr = s->irp = s->nrp = 0;
    s->ilc = s->rilc = s->rep = s->ssr = 0;
    s->tsr = s->itsr = s->ntsr = s->efr = s->ierr = 0;
    s->gfpgfr = GFPGFR_RESET;
    s->gplya = s->gplyb = 0;
    s->tsc_running = false;
    s->tsch = 0;
    c674x_fp_reset(s);
}
