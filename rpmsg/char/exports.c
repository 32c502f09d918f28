// SPDX-License-Identifier: GPL-2.0
/*
 * Exports what rpmsg_char.ko offers: the functions of the subsystem's
 * rpmsg_char.h, defined in c_abi.rs.
 */
#include <linux/export.h>
#include <linux/rpmsg.h>

#include "rpmsg_char.h"

EXPORT_SYMBOL(rpmsg_chrdev_eptdev_create);
EXPORT_SYMBOL(rpmsg_chrdev_eptdev_destroy);
