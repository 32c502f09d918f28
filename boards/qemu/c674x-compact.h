/* SPDX-License-Identifier: GPL-2.0 */
/* C674x: fetch packets with a header and their 16-bit instructions. */
#ifndef AMP_C674X_COMPACT_H
#define AMP_C674X_COMPACT_H

#include "c674x-core.h"

typedef struct C674xHeader {
    uint8_t compact;        /* a bit for each word that is two instructions */
    bool protect;           /* loads are followed by four cycles of NOP */
    bool rs;                /* registers 16 to 23 instead of 0 to 7 */
    uint8_t dsz;
    bool br;
    bool sat;
    uint16_t parallel;      /* the p bit of each halfword */
} C674xHeader;

/* Whether @word, the last of a fetch packet, is a header; it goes to @h. */
bool c674x_compact_header(uint32_t word, C674xHeader *h);

/* The 32-bit opcode, without p bit, of @word; false: there is none. */
bool c674x_compact_expand(const C674xHeader *h, uint16_t word, uint32_t *to);

#endif
