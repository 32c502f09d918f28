// SPDX-License-Identifier: GPL-2.0
/*
 * What mainline's remoteproc lacks to be a module. It has two init calls, made in
 * this order here; it can't be unloaded, no more than when it is built in. And it
 * uses a function that a module cannot reach, memory declared for coherent
 * allocations, but only for a carveout named vdev0buffer, which our device trees
 * do not have; who adds one gets an error that says so.
 */
#include <linux/dma-map-ops.h>
#include <linux/module.h>

int dma_declare_coherent_memory(struct device *dev, phys_addr_t phys_addr,
				dma_addr_t device_addr, size_t size)
{
	dev_err(dev, "no vdev buffer regions in this build of mainline's remoteproc\n");
	return -EOPNOTSUPP;
}

void dma_release_coherent_memory(struct device *dev)
{
}

int remoteproc_core_init(void);
int remoteproc_virtio_init(void);

static int __init remoteproc_module_init(void)
{
	return remoteproc_core_init() ?: remoteproc_virtio_init();
}
module_init(remoteproc_module_init);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("mainline's remoteproc core as a module");
