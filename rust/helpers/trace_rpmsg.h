/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints of rpmsg. The safe functions that hit them are in
 * rust/abstractions/trace/rpmsg.rs, what they mean to users in
 * Documentation/rpmsg-performance.rst.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM rpmsg
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace_rpmsg

#if !defined(TRACE_RPMSG_H) || defined(TRACE_HEADER_MULTI_READ)
#define TRACE_RPMSG_H

#include <linux/device.h>
#include <linux/tracepoint.h>

/* A message was sent, or not: ret is a negative errno then. */
TRACE_EVENT(rpmsg_send,
	TP_PROTO(const struct device *dev, u32 src, u32 dst, size_t len, int ret),
	TP_ARGS(dev, src, dst, len, ret),
	TP_STRUCT__entry(
		__string(dev, dev_name(dev))
		__field(u32, src)
		__field(u32, dst)
		__field(u32, len)
		__field(int, ret)
	),
	TP_fast_assign(
		__assign_str(dev);
		__entry->src = src;
		__entry->dst = dst;
		__entry->len = len;
		__entry->ret = ret;
	),
	TP_printk("dev=%s src=0x%x dst=0x%x len=%u ret=%d", __get_str(dev), __entry->src,
		  __entry->dst, __entry->len, __entry->ret)
);

/* The driver gets a message. */
TRACE_EVENT(rpmsg_receive,
	TP_PROTO(const struct device *dev, u32 src, u32 dst, size_t len),
	TP_ARGS(dev, src, dst, len),
	TP_STRUCT__entry(
		__string(dev, dev_name(dev))
		__field(u32, src)
		__field(u32, dst)
		__field(u32, len)
	),
	TP_fast_assign(
		__assign_str(dev);
		__entry->src = src;
		__entry->dst = dst;
		__entry->len = len;
	),
	TP_printk("dev=%s src=0x%x dst=0x%x len=%u", __get_str(dev), __entry->src, __entry->dst,
		  __entry->len)
);

/* The other side is told to look at a queue: 0 has buffers for it, 1 messages. */
TRACE_EVENT(rpmsg_kick,
	TP_PROTO(const struct device *dev, unsigned int queue),
	TP_ARGS(dev, queue),
	TP_STRUCT__entry(
		__string(dev, dev_name(dev))
		__field(unsigned int, queue)
	),
	TP_fast_assign(
		__assign_str(dev);
		__entry->queue = queue;
	),
	TP_printk("dev=%s queue=%u", __get_str(dev), __entry->queue)
);

/* A service appears or goes: the remote's, or one of ours of which it is told. */
TRACE_EVENT(rpmsg_name_service,
	TP_PROTO(const struct device *dev, const char *name, u32 addr, bool create, bool ours),
	TP_ARGS(dev, name, addr, create, ours),
	TP_STRUCT__entry(
		__string(dev, dev_name(dev))
		__string(name, name)
		__field(u32, addr)
		__field(bool, create)
		__field(bool, ours)
	),
	TP_fast_assign(
		__assign_str(dev);
		__assign_str(name);
		__entry->addr = addr;
		__entry->create = create;
		__entry->ours = ours;
	),
	TP_printk("dev=%s %s %s name=%s addr=0x%x", __get_str(dev),
		  __entry->ours ? "local" : "remote", __entry->create ? "create" : "destroy",
		  __get_str(name), __entry->addr)
);

/* An endpoint is to pause sending, or may go on: ours, or the remote's. */
TRACE_EVENT(rpmsg_flow_control,
	TP_PROTO(const struct device *dev, u32 src, u32 dst, bool pause, bool ours),
	TP_ARGS(dev, src, dst, pause, ours),
	TP_STRUCT__entry(
		__string(dev, dev_name(dev))
		__field(u32, src)
		__field(u32, dst)
		__field(bool, pause)
		__field(bool, ours)
	),
	TP_fast_assign(
		__assign_str(dev);
		__entry->src = src;
		__entry->dst = dst;
		__entry->pause = pause;
		__entry->ours = ours;
	),
	TP_printk("dev=%s %s %s src=0x%x dst=0x%x", __get_str(dev),
		  __entry->ours ? "local" : "remote", __entry->pause ? "pause" : "resume",
		  __entry->src, __entry->dst)
);

#endif

/* This part must be outside protection. */
#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#include <trace/define_trace.h>
