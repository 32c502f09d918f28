// SPDX-License-Identifier: GPL-2.0
/*
 * Exports what rpmsg_ns.ko offers: the function of linux/rpmsg/ns.h, defined in
 * rpmsg_ns.rs.
 */
#include <linux/export.h>
#include <linux/rpmsg/ns.h>

EXPORT_SYMBOL(rpmsg_ns_register_device);
