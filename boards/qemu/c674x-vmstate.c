/* SPDX-License-Identifier: GPL-2.0 */
/*
 * C674x: what a snapshot holds. Decoded instructions and host pointers are not
 * in it, they are made again.
 */

#include "qemu/osdep.h"
#include "migration/vmstate.h"
#include "c674x-core.h"

static const VMStateDescription vmstate_write = {
    .name = "c674x/write",
    .version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(reg, C674xWrite),
        VMSTATE_UINT32(value, C674xWrite),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_slot = {
    .name = "c674x/slot",
    .version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(n, C674xSlot),
        VMSTATE_UINT32(branch, C674xSlot),
        VMSTATE_UINT32(target, C674xSlot),
        VMSTATE_STRUCT_ARRAY(write, C674xSlot, C674X_SLOT_WRITES, 1,
                             vmstate_write, C674xWrite),
        VMSTATE_END_OF_LIST()
    },
};

static const VMStateDescription vmstate_loop_word = {
    .name = "c674x/loop-word",
    .version_id = 1,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32(word, C674xLoopWord),
        VMSTATE_UINT32(pc, C674xLoopWord),
        VMSTATE_END_OF_LIST()
    },
};

static bool loop_needed(void *opaque)
{
    C674xState *s = opaque;

    return s->loop.active;
}

/* A snapshot comes from outside: nothing in it may lead out of an array. */
static bool loop_is_valid(const C674xLoop *l)
{
    unsigned i;

    if (!l->ii || l->len > C674X_LOOP_CYCLES || l->iterations > l->len + 1 ||
        l->iterations > C674X_LOOP_CYCLES) {
        return false;
    }
    for (i = 0; i < l->len; i++) {
        if (l->n[i] > C674X_PACKET_OPS) {
            return false;
        }
    }
    for (i = 0; i < l->iterations; i++) {
        if (l->age[i] > l->len || l->age[i] >= C674X_LOOP_CYCLES) {
            return false;
        }
    }
    return true;
}

static int loop_post_load(void *opaque, int version)
{
    C674xState *s = opaque;

    if (!loop_is_valid(&s->loop)) {
        return -EINVAL;
    }
    c674x_loop_loaded(s);
    return 0;
}

static const VMStateDescription vmstate_loop = {
    .name = "c674x/loop",
    .version_id = 1,
    .needed = loop_needed,
    .post_load = loop_post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_BOOL(loop.active, C674xState),
        VMSTATE_BOOL(loop.loading, C674xState),
        VMSTATE_BOOL(loop.delayed, C674xState),
        VMSTATE_BOOL(loop.ending, C674xState),
        VMSTATE_UINT8(loop.ii, C674xState),
        VMSTATE_UINT8(loop.len, C674xState),
        VMSTATE_UINT8(loop.phase, C674xState),
        VMSTATE_UINT8(loop.elapsed, C674xState),
        VMSTATE_UINT8(loop.ended, C674xState),
        VMSTATE_UINT8(loop.resume, C674xState),
        VMSTATE_UINT8(loop.stall, C674xState),
        VMSTATE_UINT8(loop.iterations, C674xState),
        VMSTATE_UINT8_ARRAY(loop.age, C674xState, C674X_LOOP_CYCLES),
        VMSTATE_UINT8_ARRAY(loop.n, C674xState, C674X_LOOP_CYCLES),
        VMSTATE_STRUCT_ARRAY(loop.words, C674xState,
                             C674X_LOOP_CYCLES * C674X_PACKET_OPS, 1,
                             vmstate_loop_word, C674xLoopWord),
        VMSTATE_END_OF_LIST()
    },
};

static int post_load(void *opaque, int version)
{
    C674xState *s = opaque;
    unsigned i, j;

    s->branches = 0;
    for (i = 0; i < C674X_RING; i++) {
        if (s->ring[i].n > C674X_SLOT_WRITES) {
            return -EINVAL;
        }
        s->branches += !!s->ring[i].branch;
        for (j = 0; j < s->ring[i].n; j++) {
            s->ring[i].write[j].reg %= C674X_NUM_REGS;
        }
    }
    c674x_invalidate(s);
    c674x_fp_rounding(s);
    c674x_interrupt_update(s);
    return 0;
}

const VMStateDescription vmstate_c674x = {
    .name = "c674x",
    .version_id = 1,
    .post_load = post_load,
    .fields = (const VMStateField[]) {
        VMSTATE_UINT32_ARRAY(reg, C674xState, C674X_NUM_REGS),
        VMSTATE_UINT32(pc, C674xState),
        VMSTATE_UINT64(cycle, C674xState),
        VMSTATE_UINT64(instructions, C674xState),
        VMSTATE_STRUCT_ARRAY(ring, C674xState, C674X_RING, 1, vmstate_slot,
                             C674xSlot),
        VMSTATE_UINT32(amr, C674xState),
        VMSTATE_UINT32(csr, C674xState),
        VMSTATE_UINT32(ier, C674xState),
        VMSTATE_UINT32(ifr, C674xState),
        VMSTATE_UINT32(istp, C674xState),
        VMSTATE_UINT32(irp, C674xState),
        VMSTATE_UINT32(nrp, C674xState),
        VMSTATE_UINT32(ilc, C674xState),
        VMSTATE_UINT32(rilc, C674xState),
        VMSTATE_UINT32(rep, C674xState),
        VMSTATE_UINT32(ssr, C674xState),
        VMSTATE_UINT32(tsr, C674xState),
        VMSTATE_UINT32(itsr, C674xState),
        VMSTATE_UINT32(ntsr, C674xState),
        VMSTATE_UINT32(efr, C674xState),
        VMSTATE_UINT32(ierr, C674xState),
        VMSTATE_UINT32(gfpgfr, C674xState),
        VMSTATE_UINT32(gplya, C674xState),
        VMSTATE_UINT32(gplyb, C674xState),
        VMSTATE_UINT32(fadcr, C674xState),
        VMSTATE_UINT32(faucr, C674xState),
        VMSTATE_UINT32(fmcr, C674xState),
        VMSTATE_UINT64(tsc_start, C674xState),
        VMSTATE_UINT32(tsch, C674xState),
        VMSTATE_BOOL(tsc_running, C674xState),
        VMSTATE_BOOL(held, C674xState),
        VMSTATE_BOOL(halted, C674xState),
        VMSTATE_BOOL(idle, C674xState),
        VMSTATE_UINT32(boot_address, C674xState),
        VMSTATE_TIMER_PTR(timer, C674xState),
        VMSTATE_UINT32_ARRAY(cache_regs, C674xState, 0x1000 / 4),
        VMSTATE_UINT32_ARRAY(intc.flag, C674xState, 4),
        VMSTATE_UINT32_ARRAY(intc.mask, C674xState, 4),
        VMSTATE_UINT32_ARRAY(intc.expmask, C674xState, 4),
        VMSTATE_UINT32_ARRAY(intc.mux, C674xState, 3),
        VMSTATE_UINT32_ARRAY(intc.aegmux, C674xState, 2),
        VMSTATE_UINT32(intc.dropped, C674xState),
        VMSTATE_UINT32(intc.dropmask, C674xState),
        VMSTATE_END_OF_LIST()
    },
    .subsections = (const VMStateDescription * const []) {
        &vmstate_loop,
        NULL
    },
};
