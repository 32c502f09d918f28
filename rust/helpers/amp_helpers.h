/* SPDX-License-Identifier: GPL-2.0 */
/*
 * C functions for what Rust cannot call: static inlines and macros. A function
 * amp_helper_X() is X() in the crate amp_bindings.
 */
#ifndef AMP_HELPERS_H
#define AMP_HELPERS_H

#include <linux/virtio.h>
#include <linux/virtio_config.h>

void amp_helper_virtio_device_ready(struct virtio_device *vdev);

#endif
