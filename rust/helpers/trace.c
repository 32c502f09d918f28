// SPDX-License-Identifier: GPL-2.0
/*
 * The tracepoints themselves, for all modules: each hits those that it declares.
 */
#include <linux/export.h>

#define CREATE_RUST_TRACE_POINTS
#define CREATE_TRACE_POINTS
#include "trace_rpmsg.h"

#define CREATE_TRACE_POINTS
#include "trace_remoteproc.h"

#ifdef CONFIG_TRACEPOINTS
#define EXPORT_TRACE(name)			\
	EXPORT_TRACEPOINT_SYMBOL_GPL(name);	\
	EXPORT_SYMBOL_GPL(rust_do_trace_##name)

EXPORT_TRACE(rpmsg_send);
EXPORT_TRACE(rpmsg_receive);
EXPORT_TRACE(rpmsg_kick);
EXPORT_TRACE(rpmsg_name_service);
EXPORT_TRACE(rpmsg_flow_control);
EXPORT_TRACE(rproc_state);
EXPORT_TRACE(rproc_boot);
EXPORT_TRACE(rproc_crash);
#endif
