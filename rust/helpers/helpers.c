// SPDX-License-Identifier: GPL-2.0
/*
 * All C helpers in one object, one file a subsystem, as in the kernel's
 * rust/helpers.
 */
#include "amp_helpers.h"

#include "chrdev.c"
#include "device.c"
#include "dma.c"
#include "ida.c"
#include "iommu.c"
#include "irq.c"
#include "mailbox.c"
#include "ratelimit.c"
#include "remoteproc.c"
#include "rpmsg.c"
#include "sync.c"
#include "virtio.c"
