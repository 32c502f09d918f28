// SPDX-License-Identifier: GPL-2.0
/* The trace buffer. */
#include <stdio.h>
#include <string.h>

#include "test.h"

void keeps_the_newest_trace(void)
{
	static char text[257], all[20000];
	struct rpmsg_trace trace, resumed;
	struct rpmsg_port no_cache = port;
	size_t len;
	int i;

	no_cache.writeback = NULL;
	memset(text, 0, sizeof(text));
	text[256] = 0x55;
	all[0] = '\0';
	rpmsg_trace_init(&trace, &no_cache, text, 256);
	for (i = 0; i < 500; i++) {
		rpmsg_trace_puts(&trace, "line ");
		rpmsg_trace_dec(&trace, (uint32_t)i * 8577);
		rpmsg_trace_puts(&trace, " ");
		rpmsg_trace_hex(&trace, (uint32_t)i * 8577);
		rpmsg_trace_puts(&trace, "\n");
		sprintf(all + strlen(all) % 15000, "line %u 0x%x\n", i * 8577u, i * 8577u);
		len = strlen(text);
		CHECK(len < 256 && text[256] == 0x55 && len >= 11);
		CHECK(len <= strlen(all) && !strcmp(all + strlen(all) - len, text));
		rpmsg_trace_init(&resumed, &no_cache, text, 256);
		CHECK(resumed.used == trace.used);
		if (strlen(all) > 10000)
			memmove(all, all + 9000, strlen(all) - 9000 + 1);
	}
	memset(text, 0, sizeof(text));
	rpmsg_trace_init(&trace, &no_cache, text, 256);
	rpmsg_trace_dec(&trace, 0);
	rpmsg_trace_puts(&trace, " ");
	rpmsg_trace_dec(&trace, 0xffffffff);
	CHECK(!strcmp(text, "0 4294967295"));
}
