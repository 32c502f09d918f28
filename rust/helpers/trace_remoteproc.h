/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints of remoteproc. The safe functions that hit them are in
 * rust/abstractions/trace/remoteproc.rs, what they mean to users in
 * Documentation/rpmsg-performance.rst.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM remoteproc
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace_remoteproc

#if !defined(TRACE_REMOTEPROC_H) || defined(TRACE_HEADER_MULTI_READ)
#define TRACE_REMOTEPROC_H

#include <linux/device.h>
#include <linux/remoteproc.h>
#include <linux/tracepoint.h>

#ifndef show_rproc_state
#define show_rproc_state(state) __print_symbolic(state,		\
	{ RPROC_OFFLINE, "offline" },				\
	{ RPROC_SUSPENDED, "suspended" },			\
	{ RPROC_RUNNING, "running" },				\
	{ RPROC_CRASHED, "crashed" },				\
	{ RPROC_LAST, "deleted" },				\
	{ RPROC_ATTACHED, "attached" },				\
	{ RPROC_DETACHED, "detached" })
#define show_rproc_crash(type) __print_symbolic(type,		\
	{ RPROC_MMUFAULT, "mmufault" },				\
	{ RPROC_WATCHDOG, "watchdog" },				\
	{ RPROC_FATAL_ERROR, "fatal error" })
#endif

/* What a processor does has changed. */
TRACE_EVENT(rproc_state,
	TP_PROTO(const struct device *dev, u32 from, u32 to),
	TP_ARGS(dev, from, to),
	TP_STRUCT__entry(
		__string(dev, dev_name(dev))
		__field(u32, from)
		__field(u32, to)
	),
	TP_fast_assign(
		__assign_str(dev);
		__entry->from = from;
		__entry->to = to;
	),
	TP_printk("dev=%s %s -> %s", __get_str(dev), show_rproc_state(__entry->from),
		  show_rproc_state(__entry->to))
);

/* Firmware was loaded and started, or not: ret is a negative errno then. */
TRACE_EVENT(rproc_boot,
	TP_PROTO(const struct device *dev, const char *firmware, size_t len, int ret),
	TP_ARGS(dev, firmware, len, ret),
	TP_STRUCT__entry(
		__string(dev, dev_name(dev))
		__string(firmware, firmware)
		__field(size_t, len)
		__field(int, ret)
	),
	TP_fast_assign(
		__assign_str(dev);
		__assign_str(firmware);
		__entry->len = len;
		__entry->ret = ret;
	),
	TP_printk("dev=%s firmware=%s len=%zu ret=%d", __get_str(dev), __get_str(firmware),
		  __entry->len, __entry->ret)
);

/* A processor is known to have crashed. */
TRACE_EVENT(rproc_crash,
	TP_PROTO(const struct device *dev, u32 type),
	TP_ARGS(dev, type),
	TP_STRUCT__entry(
		__string(dev, dev_name(dev))
		__field(u32, type)
	),
	TP_fast_assign(
		__assign_str(dev);
		__entry->type = type;
	),
	TP_printk("dev=%s type=%s", __get_str(dev), show_rproc_crash(__entry->type))
);

#endif

/* This part must be outside protection. */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#include <trace/define_trace.h>
