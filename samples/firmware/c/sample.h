/* SPDX-License-Identifier: GPL-2.0 */
/* What the sample firmware, main.c, needs of a processor and its SoC. */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "rpmsg_remote.h"

/* The echo that everybody tries first: mainline's sample client looks for its name. */
#define ECHO_NAME	"rpmsg-client-sample"
#define ECHO_ADDR	50u

/* Its own name, for the trace buffer. */
extern const char board_name[];

extern const struct rpmsg_port board_port;
extern const volatile struct rsc_vdev *const board_vdev;

/* The trace buffer; its size is in bytes. */
extern char *const board_trace;
extern const uint32_t board_trace_size;

/* Once, before everything else: interrupts, caches. */
void board_init(void);

/* Takes what Linux has sent besides messages. The vrings are looked at after this. */
void board_receive(void);

/* Sends the kicks that are due, as far as that is possible without waiting. */
void board_send(void);

/* Sleeps until Linux has kicked, which it may have done since board_receive(). */
void board_wait(void);

/* Tells Linux that this firmware has crashed. */
void board_tell_crash(void);

/* Does nothing any more. */
void board_stop(void) __attribute__((noreturn));

/* Reads an address at which there is nothing. */
void board_read_nothing(void);

/* main.c: says why in the trace buffer, tells Linux, and stops. number may be 0. */
void crash(const char *why, uint32_t number) __attribute__((noreturn));

/* main.c: called when all memory is as the linker script says. */
int main(void);

#endif
