// SPDX-License-Identifier: GPL-2.0
#include <linux/export.h>
#include <linux/iommu.h>
#include <linux/pm_runtime.h>

/*
 * Lets the IOMMU of @dev be resumed in atomic context. omap-iommu does that: it
 * takes a spinlock around the resume when a device is attached or detached, and
 * never says so to runtime PM, whose debugging complains then. The hardware is
 * what the IOMMU's sysfs device stands for.
 */
void amp_helper_iommu_allow_atomic_resume(struct device *dev)
{
	struct device *sysfs;

	if (!dev->iommu || !dev->iommu->iommu_dev)
		return;
	sysfs = dev->iommu->iommu_dev->dev;
	if (sysfs && sysfs->parent && !pm_runtime_is_irq_safe(sysfs->parent))
		pm_runtime_irq_safe(sysfs->parent);
}
EXPORT_SYMBOL_GPL(amp_helper_iommu_allow_atomic_resume);
