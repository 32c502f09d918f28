// SPDX-License-Identifier: GPL-2.0
#include <linux/dma-direct.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/export.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

/* Lets @dev, which is not registered yet, do DMA as @from does. */
int amp_helper_dma_inherit(struct device *dev, struct device *from)
{
	const struct bus_dma_region *range;
	unsigned int count = 1;

	if (from->dma_range_map) {
		for (range = from->dma_range_map; range->size; range++)
			count++;
		/* freed with the device */
		dev->dma_range_map = kmemdup(from->dma_range_map, count * sizeof(*range),
					     GFP_KERNEL);
		if (!dev->dma_range_map)
			return -ENOMEM;
	}
	set_dma_ops(dev, get_dma_ops(from));
	return dma_coerce_mask_and_coherent(dev, dma_get_mask(from));
}
EXPORT_SYMBOL_GPL(amp_helper_dma_inherit);

/* The physical address of what dma_alloc_coherent() returned. */
phys_addr_t amp_helper_va_to_pa(void *va)
{
	if (is_vmalloc_addr(va))
		return page_to_phys(vmalloc_to_page(va)) + offset_in_page(va);
	return virt_to_phys(va);
}
EXPORT_SYMBOL_GPL(amp_helper_va_to_pa);
