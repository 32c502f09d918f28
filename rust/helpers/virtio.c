// SPDX-License-Identifier: GPL-2.0
#include <linux/export.h>

void amp_helper_virtio_device_ready(struct virtio_device *vdev)
{
	virtio_device_ready(vdev);
}
EXPORT_SYMBOL_GPL(amp_helper_virtio_device_ready);
