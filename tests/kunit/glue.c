// SPDX-License-Identifier: GPL-2.0
/*
 * What the suites need of C: the memory that a fake remote processor sees, that
 * is, physical addresses, as in the descriptors that Linux gives it; and a signal.
 */
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/pfn.h>
#include <linux/sched/signal.h>

#include "glue.h"

/*
 * Lets @dev allocate memory for DMA. As the other end is a thread of this kernel,
 * caches are coherent whatever the machine's are.
 */
int fake_memory_setup(struct device *dev)
{
#if defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_DEVICE) || \
	defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_CPU) || \
	defined(CONFIG_ARCH_HAS_SYNC_DMA_FOR_CPU_ALL)
	dev_set_dma_coherent(dev);
#endif
	return dma_coerce_mask_and_coherent(dev, DMA_BIT_MASK(32));
}

/* The kernel's address of @len bytes at @pa, or NULL if they are not all memory. */
void *fake_memory_va(phys_addr_t pa, size_t len)
{
	phys_addr_t last = pa + (len ? len - 1 : 0);

	if (last < pa || !pfn_valid(PHYS_PFN(pa)) || !pfn_valid(PHYS_PFN(last)) ||
	    PageHighMem(pfn_to_page(PHYS_PFN(pa))) || PageHighMem(pfn_to_page(PHYS_PFN(last))))
		return NULL;
	return phys_to_virt(pa);
}

/* Makes a signal pending for the current thread, a kernel thread. */
int fake_signal_send(void)
{
	allow_signal(SIGINT);
	return send_sig(SIGINT, current, 1);
}

/* Takes it back, as if it had never come. */
void fake_signal_clear(void)
{
	flush_signals(current);
	disallow_signal(SIGINT);
}
