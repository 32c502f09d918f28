// SPDX-License-Identifier: GPL-2.0
#include <linux/dma-direct.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/export.h>
#include <linux/io.h>
#include <linux/kcsan-checks.h>
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
	dev_assign_dma_coherent(dev, dev_dma_coherent(from));
	return dma_coerce_mask_and_coherent(dev, dma_get_mask(from));
}
EXPORT_SYMBOL_GPL(amp_helper_dma_inherit);

static void *child_alloc(struct device *dev, size_t size, dma_addr_t *dma_handle, gfp_t gfp,
			 unsigned long attrs)
{
	/* allocators sleep */
	return gfpflags_allow_blocking(gfp) ? amp_child_alloc(dev, size, dma_handle) : NULL;
}

static void child_free(struct device *dev, size_t size, void *va, dma_addr_t dma_handle,
		       unsigned long attrs)
{
	amp_child_free(dev, va);
}

/* Memory that was not allocated for the device is not for it. */
static dma_addr_t child_map_phys(struct device *dev, phys_addr_t phys, size_t size,
				 enum dma_data_direction dir, unsigned long attrs)
{
	return DMA_MAPPING_ERROR;
}

static int child_map_sg(struct device *dev, struct scatterlist *sg, int nents,
			enum dma_data_direction dir, unsigned long attrs)
{
	return -EINVAL;
}

static const struct dma_map_ops child_dma_ops = {
	.alloc = child_alloc,
	.free = child_free,
	.map_phys = child_map_phys,
	.map_sg = child_map_sg,
};

/*
 * Lets @dev, which has a hook for that in its platform data, allocate by
 * amp_child_alloc(). False if devices have no operations of their own here.
 */
bool amp_helper_child_set_dma_ops(struct device *dev)
{
	set_dma_ops(dev, &child_dma_ops);
	return IS_ENABLED(CONFIG_ARCH_HAS_DMA_OPS);
}
EXPORT_SYMBOL_GPL(amp_helper_child_set_dma_ops);

/* The physical address of what dma_alloc_coherent() returned. */
phys_addr_t amp_helper_va_to_pa(void *va)
{
	if (is_vmalloc_addr(va))
		return page_to_phys(vmalloc_to_page(va)) + offset_in_page(va);
	return virt_to_phys(va);
}
EXPORT_SYMBOL_GPL(amp_helper_va_to_pa);

/* The RAM at pa, if all len bytes are RAM in the linear mapping. */
void *amp_helper_ram_at(phys_addr_t pa, size_t len)
{
	phys_addr_t last = pa + len - 1;

	if (!len || last < pa)
		return NULL;
	for (unsigned long pfn = PHYS_PFN(pa); pfn <= PHYS_PFN(last); pfn++) {
		if (!pfn_valid(pfn) || PageHighMem(pfn_to_page(pfn)))
			return NULL;
	}
	return __va(pa);
}
EXPORT_SYMBOL_GPL(amp_helper_ram_at);

/* What the current context does until the end is done by a device, for KCSAN. */
void amp_helper_device_access_begin(void)
{
	kcsan_disable_current();
}
EXPORT_SYMBOL_GPL(amp_helper_device_access_begin);

void amp_helper_device_access_end(void)
{
	kcsan_enable_current();
}
EXPORT_SYMBOL_GPL(amp_helper_device_access_end);

/* Says that @dev, which is not registered yet, sees what the CPUs see. */
void amp_helper_dma_set_coherent(struct device *dev, bool coherent)
{
	dev_assign_dma_coherent(dev, coherent);
}
