/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The C headers of which Rust code here needs more than the kernel's bindings
 * crate has. What is taken from them: the file "parameters".
 */
#include <linux/cdev.h>
#include <linux/completion.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/device/bus.h>
#include <linux/device/class.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/fs.h>
#include <linux/iommu.h>
#include <linux/kref.h>
#include <linux/mailbox_client.h>
#include <linux/mailbox_controller.h>
#include <linux/of.h>
#include <linux/of_device.h>
#include <linux/of_platform.h>
#include <linux/of_reserved_mem.h>
#include <linux/platform_device.h>
#include <linux/pm_domain.h>
#include <linux/pm_runtime.h>
#include <linux/poll.h>
#include <linux/ratelimit.h>
#include <linux/rcupdate.h>
#include <linux/remoteproc.h>
#include <linux/reset.h>
#include <linux/rpmsg.h>
#include <linux/rpmsg/ns.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <linux/virtio_ids.h>
#include <linux/virtio_ring.h>
#include <linux/wait.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>

#include "remoteproc_internal.h"
#include "rpmsg_char.h"
#include "rpmsg_internal.h"

#include "amp_helpers.h"
#include "trace_remoteproc.h"
#include "trace_rpmsg.h"
#include "../../rpmsg/rpmsg_nocopy.h"
#include "../../rpmsg/rpmsg_timeout.h"
