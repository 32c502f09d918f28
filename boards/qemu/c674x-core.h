/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The inside of the C674x core, shared by the files c674x*.c. Boards include
 * c674x.h only.
 *
 * Written from "TMS320C674x DSP CPU and Instruction Set" (SPRUFE8) and
 * "TMS320C674x DSP Megamodule" (SPRUFK5).
 *
 * How time works here: one cycle executes one execute packet. All of its
 * instructions read their operands, then time moves on, and a result appears
 * in the register file the number of cycles later that the pipeline takes. The
 * ring of slots holds what is under way: a slot is a cycle in the near future.
 * A branch is under way in the same manner, for its five delay slots.
 */
#ifndef AMP_C674X_CORE_H
#define AMP_C674X_CORE_H

#include "exec/memory.h"
#include "fpu/softfloat-types.h"
#include "qemu/timer.h"
#include "c674x.h"

#define C674X_A(n)      (n)
#define C674X_B(n)      (32 + (n))
#define C674X_NUM_REGS  64

/* Slots are as many as the longest latency (MPYDP, 10) needs, rounded up. */
#define C674X_RING          16
#define C674X_SLOT_WRITES   28
#define C674X_BRANCH_CYCLES 6

#define C674X_PACKET_OPS    8
#define C674X_NUM_PACKETS   16384    /* of the decoder's cache */
#define C674X_LOOP_CYCLES   48      /* the longest loop body of an SPLOOP */
#define C674X_PAGE_BITS     12
#define C674X_NUM_PAGES     256     /* of the cache of host pointers */

/* CSR */
#define CSR_GIE         0x00000001
#define CSR_PGIE        0x00000002
#define CSR_LITTLE      0x00000100
#define CSR_SAT         0x00000200
#define CSR_CPUID       0x14000000
/* TSR, ITSR, NTSR; their GIE are CSR's GIE and PGIE */
#define TSR_GIE         0x00000001
#define TSR_SGIE        0x00000002
#define TSR_INT         0x00000200
#define TSR_EXC         0x00000400
/* IER, IFR */
#define IER_RESET       0x00000001
#define IER_NMIE        0x00000002
#define IER_MASKABLE    0x0000fff0

typedef struct C674xOp C674xOp;

/*
 * Executes @op. The value goes to op->dst after op->lo cycles and its upper
 * half to op->dst + 1 after op->hi cycles, if these are not 0.
 */
typedef uint64_t C674xFn(C674xState *s, const C674xOp *op);

typedef enum C674xUnit {
    C674X_L, C674X_S, C674X_D, C674X_M, C674X_NO_UNIT, /* the order of SPMASK */
} C674xUnit;

/* What is not a matter of one unit's operands and result. */
typedef enum C674xSpecial {
    C674X_ORDINARY,
    C674X_LOAD,
    C674X_STORE,
    C674X_IDLE,
    C674X_NOP,
    C674X_SPLOOP,
    C674X_SPLOOPD,
    C674X_SPKERNEL,
    C674X_SPMASK,
} C674xSpecial;

struct C674xOp {
    C674xFn *fn;
    const uint32_t *src1;       /* a register, the low one of two, or imm */
    const uint32_t *src2;
    const uint32_t *predicate;  /* a register or NULL */
    uint32_t imm[2];
    uint32_t word;
    uint32_t pc;
    uint8_t predicate_zero;     /* executes if the predicate is zero */
    uint8_t dst;
    uint8_t lo, hi;
    uint8_t unit;
    uint8_t side;
    uint8_t special;
    uint8_t nops;               /* further cycles that its packet takes */
    /* loads and stores */
    uint8_t base;
    uint8_t mode;
    uint8_t scale;              /* log2 of what the offset counts */
    uint8_t size;               /* bytes that move */
    uint8_t align;              /* address bits that are ignored */
};

/* An execute packet: what starts in one cycle. Stores are its last. */
typedef struct C674xPacket {
    uint32_t pc;
    uint32_t next;
    uint32_t generation;
    uint8_t n;
    uint8_t cycles;
    C674xOp op[C674X_PACKET_OPS];
} C674xPacket;

typedef struct C674xWrite {
    uint32_t reg;
    uint32_t value;
} C674xWrite;

typedef struct C674xSlot {
    uint32_t n;
    uint32_t branch;            /* 1 if @target becomes the PC */
    uint32_t target;
    C674xWrite write[C674X_SLOT_WRITES];
} C674xSlot;

/* One word of a loop's body, kept for migration: ops are decoded from it. */
typedef struct C674xLoopWord {
    uint32_t word;
    uint32_t pc;
} C674xLoopWord;

typedef struct C674xLoop {
    bool active;
    bool loading;               /* the body is still being fetched */
    bool delayed;               /* SPLOOPD */
    bool ending;                /* no further iteration starts */
    uint8_t ii;                 /* cycles between the starts of iterations */
    uint8_t len;                /* cycles of the body, as far as known */
    uint8_t phase;              /* cycles since the last stage boundary */
    uint8_t elapsed;            /* cycles since the SPLOOP, stays at 4 */
    uint8_t ended;              /* cycles of epilog, stays at 255 */
    uint8_t resume;             /* cycles of epilog before fetching goes on */
    uint8_t stall;              /* cycles of NOP left in the fetched packet */
    uint8_t iterations;         /* in flight, the oldest first */
    uint8_t age[C674X_LOOP_CYCLES];
    uint8_t n[C674X_LOOP_CYCLES];
    C674xOp (*body)[C674X_PACKET_OPS];
    C674xLoopWord words[C674X_LOOP_CYCLES * C674X_PACKET_OPS];
} C674xLoop;

typedef struct C674xPage {
    uint32_t read;              /* address of the page, or 1: none */
    uint32_t write;             /* the same, while mapped to write */
    uint8_t *host;
} C674xPage;

/* The megamodule's interrupt controller: events to CPU interrupts. */
typedef struct C674xIntc {
    MemoryRegion iomem;
    uint32_t flag[4];
    uint32_t mask[4];
    uint32_t expmask[4];
    uint32_t mux[3];
    uint32_t aegmux[2];
    uint32_t dropped;           /* INTXSTAT */
    uint32_t dropmask;          /* INTDMASK */
} C674xIntc;

struct C674xState {
    SysBusDevice parent_obj;

    /* the core */
    uint32_t reg[C674X_NUM_REGS];
    uint32_t pc;
    uint64_t cycle;
    uint64_t instructions;
    uint32_t branches;          /* under way */
    C674xSlot ring[C674X_RING];
    C674xLoop loop;
    uint32_t amr, csr, ier, ifr, istp, irp, nrp, ilc, rilc, rep, ssr;
    uint32_t tsr, itsr, ntsr, efr, ierr, gfpgfr, gplya, gplyb;
    uint32_t fadcr, faucr, fmcr;
    uint64_t tsc_start;         /* @cycle when TSC was 0 */
    uint32_t tsch;              /* latched by a read of TSCL */
    bool tsc_running;
    float_status fp[4][2];      /* by unit and side */
    bool irq_ready;             /* an interrupt would be taken */

    /* its state as a device */
    bool held;                  /* by the reset line */
    bool halted;                /* crashed, or started at a bad address */
    bool idle;
    bool auto_start;
    uint32_t boot_property;
    uint32_t boot_address;
    uint64_t frequency;
    QEMUTimer *timer;
    qemu_irq crash;
    Notifier exit;

    /* memory */
    MemoryRegion *memory;
    MemoryRegion view;
    MemoryRegion board;
    MemoryRegion l2, l1p, l1d;
    MemoryRegion l2_local, l1p_local, l1d_local;
    MemoryRegion cache;
    uint32_t cache_regs[0x1000 / 4];
    AddressSpace as;
    MemoryListener listener;
    C674xPage page[C674X_NUM_PAGES];
    uint32_t written[C674X_NUM_PAGES];  /* indexes of pages mapped to write */
    unsigned num_written;

    C674xPacket *packets;
    uint32_t generation;        /* of packets; others are stale */

    C674xIntc intc;
};

/* c674x-exec.c */
void c674x_run(C674xState *s, unsigned cycles);
void c674x_crash(C674xState *s, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
void c674x_drain(C674xState *s);
void c674x_ring_full(C674xState *s);

/* c674x-packet.c */
const C674xPacket *c674x_fetch(C674xState *s, uint32_t pc);
void c674x_invalidate(C674xState *s);

/* c674x-decode.c */
void c674x_decode(C674xState *s, C674xOp *op, uint32_t word, uint32_t pc,
                  bool header);

/* c674x-loop.c */
extern C674xFn c674x_loop_start;
void c674x_loop_cycle(C674xState *s);
void c674x_loop_init(C674xState *s);
void c674x_loop_reset(C674xState *s);
void c674x_loop_loaded(C674xState *s);

/* c674x-control.c */
uint32_t c674x_control_read(C674xState *s, unsigned number, uint32_t pc);
void c674x_control_write(C674xState *s, unsigned number, uint32_t value);
void c674x_control_reset(C674xState *s);

/* c674x-interrupt.c */
void c674x_interrupt_update(C674xState *s);
void c674x_interrupt_raise(C674xState *s, unsigned number);
void c674x_interrupt_take(C674xState *s);
void c674x_interrupt_return(C674xState *s, bool nmi);

/* c674x-intc.c */
void c674x_intc_init(C674xState *s);
void c674x_intc_reset(C674xState *s);
void c674x_intc_event(void *opaque, int n, int level);

/* c674x-cache.c */
void c674x_cache_init(C674xState *s);

/* c674x-memory.c */
bool c674x_memory_realize(C674xState *s, Error **errp);
bool c674x_memory_fetch(C674xState *s, uint32_t addr, uint32_t *word);
uint64_t c674x_memory_read(C674xState *s, uint32_t addr, unsigned size);
void c674x_memory_write(C674xState *s, uint32_t addr, uint64_t value,
                        unsigned size);
void c674x_memory_sync(C674xState *s);

/* c674x-fp.c */
void c674x_fp_reset(C674xState *s);
void c674x_fp_rounding(C674xState *s);

/* c674x.c */
void c674x_start(C674xState *s, uint32_t pc);
void c674x_wake(C674xState *s);

extern const VMStateDescription vmstate_c674x;

/* The result of an instruction appears in @reg in @cycles cycles. */
static inline void c674x_write(C674xState *s, unsigned reg, uint32_t value,
                               unsigned cycles)
{
    C674xSlot *slot = &s->ring[(s->cycle + cycles) % C674X_RING];

    if (unlikely(slot->n == C674X_SLOT_WRITES)) {
        c674x_ring_full(s);
        return;
    }
    slot->write[slot->n++] = (C674xWrite) { reg, value };
}

static inline void c674x_branch(C674xState *s, uint32_t target)
{
    C674xSlot *slot =
        &s->ring[(s->cycle + C674X_BRANCH_CYCLES) % C674X_RING];

    s->branches += !slot->branch;
    slot->branch = 1;
    slot->target = target;
}

/* Whether @op executes: its predicate, if it has one, agrees. */
static inline bool c674x_enabled(const C674xOp *op)
{
    return !op->predicate || (*op->predicate == 0) == op->predicate_zero;
}

static inline void c674x_execute(C674xState *s, const C674xOp *op)
{
    uint64_t value;

    if (!c674x_enabled(op)) {
        return;
    }
    value = op->fn(s, op);
    if (op->lo) {
        c674x_write(s, op->dst, value, op->lo);
        if (op->hi) {
            c674x_write(s, op->dst + 1, value >> 32, op->hi);
        }
    }
}

/* The next cycle begins: results and a branch that are due. */
static inline bool c674x_tick(C674xState *s)
{
    C674xSlot *slot = &s->ring[++s->cycle % C674X_RING];
    uint32_t i, n = slot->n;

    for (i = 0; i < n; i++) {
        s->reg[slot->write[i].reg] = slot->write[i].value;
    }
    slot->n = 0;
    if (slot->branch) {
        slot->branch = 0;
        s->branches--;
        s->pc = slot->target;
        return true;
    }
    return false;
}

#endif
