// SPDX-License-Identifier: GPL-2.0
#include <linux/export.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/remoteproc.h>

static DEFINE_IDA(amp_rproc_index);

/*
 * Makes of a zeroed struct rproc one whose locks and lists C code may use. The
 * works stay untouched: no C code queues them.
 */
void amp_helper_rproc_init(struct rproc *rproc)
{
	mutex_init(&rproc->lock);
	spin_lock_init(&rproc->crash_handler_lock);
	idr_init(&rproc->notifyids);
	INIT_LIST_HEAD(&rproc->node);
	INIT_LIST_HEAD(&rproc->traces);
	INIT_LIST_HEAD(&rproc->carveouts);
	INIT_LIST_HEAD(&rproc->mappings);
	INIT_LIST_HEAD(&rproc->rvdevs);
	INIT_LIST_HEAD(&rproc->subdevs);
	INIT_LIST_HEAD(&rproc->dump_segments);
	atomic_set(&rproc->power, 0);
	rproc->max_notifyid = -1;
}
EXPORT_SYMBOL_GPL(amp_helper_rproc_init);

int amp_helper_rproc_lock_interruptible(struct rproc *rproc)
{
	return mutex_lock_interruptible(&rproc->lock);
}
EXPORT_SYMBOL_GPL(amp_helper_rproc_lock_interruptible);

void amp_helper_rproc_lock(struct rproc *rproc)
{
	mutex_lock(&rproc->lock);
}
EXPORT_SYMBOL_GPL(amp_helper_rproc_lock);

void amp_helper_rproc_unlock(struct rproc *rproc)
{
	mutex_unlock(&rproc->lock);
}
EXPORT_SYMBOL_GPL(amp_helper_rproc_unlock);

/* The N of remoteprocN: the lowest that is free, since tools expect to see 0 first. */
int amp_helper_rproc_index_get(void)
{
	return ida_alloc(&amp_rproc_index, GFP_KERNEL);
}
EXPORT_SYMBOL_GPL(amp_helper_rproc_index_get);

void amp_helper_rproc_index_put(int index)
{
	ida_free(&amp_rproc_index, index);
}
EXPORT_SYMBOL_GPL(amp_helper_rproc_index_put);

/*
 * Keeps the module of @rproc's driver loaded, or of the driver of a cluster that
 * @rproc is one core of. NULL for a driver that is built in.
 */
bool amp_helper_rproc_pin_owner(struct rproc *rproc, struct module **owner)
{
	struct device *dev = rproc->dev.parent;
	bool pinned = false;

	if (!dev->driver)
		dev = dev->parent;
	if (!dev)
		return false;

	device_lock(dev);
	if (dev->driver) {
		*owner = dev->driver->owner;
		pinned = try_module_get(*owner);
	}
	device_unlock(dev);
	return pinned;
}
EXPORT_SYMBOL_GPL(amp_helper_rproc_pin_owner);

/* Undoes rproc_pin_owner() for who did not keep @owner: rproc_put(). */
void amp_helper_rproc_unpin_owner(struct rproc *rproc)
{
	struct device *dev = rproc->dev.parent;

	if (!dev->driver)
		dev = dev->parent;
	if (dev && dev->driver)
		module_put(dev->driver->owner);
}
EXPORT_SYMBOL_GPL(amp_helper_rproc_unpin_owner);

void amp_helper_module_put(struct module *module)
{
	module_put(module);
}
EXPORT_SYMBOL_GPL(amp_helper_module_put);
