/* SPDX-License-Identifier: GPL-2.0 */
/* C674x: compact loads and stores. */

#include "qemu/osdep.h"
#include "c674x-compact-fields.h"

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

/* With A4 to A7 or B4 to B7 as base, or B15. */
bool c674x_expand_load_store(const C674xHeader *h, uint32_t w, uint32_t *to)
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
        /* A pair. Of LDNDW and STNDW only increments are scaled: bit 0. */
        data = extract32(w, 5, 2) * 2 + 16 * h->rs;
        data |= extract32(w, 4, 1) && (w & 0xc00) == 0xc00;
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

bool c674x_expand_push(uint32_t w, uint32_t *to)
{
    bool load = extract32(w, 14, 1), wide = extract32(w, 15, 1);
    unsigned code = wide ? (load ? 14 : 12) : (load ? 6 : 7);

    *to = load_store(code, load ? 9 : 10, extract32(w, 13, 1) + 1, 15,
                     extract32(w, 7, 4), X(w), 1);
    return true;
}
