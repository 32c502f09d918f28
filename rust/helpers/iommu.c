// SPDX-License-Identifier: GPL-2.0
/* A kernel for SoCs without an IOMMU: linux/iommu.h has inline stubs only. */
#include <linux/export.h>
#include <linux/iommu.h>

#ifndef CONFIG_IOMMU_API

struct iommu_domain *amp_helper_iommu_paging_domain_alloc_flags(struct device *dev,
								unsigned int flags)
{
	return iommu_paging_domain_alloc_flags(dev, flags);
}
EXPORT_SYMBOL_GPL(amp_helper_iommu_paging_domain_alloc_flags);

void amp_helper_iommu_domain_free(struct iommu_domain *domain)
{
	iommu_domain_free(domain);
}
EXPORT_SYMBOL_GPL(amp_helper_iommu_domain_free);

void amp_helper_iommu_set_fault_handler(struct iommu_domain *domain,
					iommu_fault_handler_t handler, void *token)
{
	iommu_set_fault_handler(domain, handler, token);
}
EXPORT_SYMBOL_GPL(amp_helper_iommu_set_fault_handler);

int amp_helper_iommu_attach_device(struct iommu_domain *domain, struct device *dev)
{
	return iommu_attach_device(domain, dev);
}
EXPORT_SYMBOL_GPL(amp_helper_iommu_attach_device);

void amp_helper_iommu_detach_device(struct iommu_domain *domain, struct device *dev)
{
	iommu_detach_device(domain, dev);
}
EXPORT_SYMBOL_GPL(amp_helper_iommu_detach_device);

int amp_helper_iommu_map(struct iommu_domain *domain, unsigned long iova, phys_addr_t pa,
			 size_t size, int prot, gfp_t gfp)
{
	return iommu_map(domain, iova, pa, size, prot, gfp);
}
EXPORT_SYMBOL_GPL(amp_helper_iommu_map);

size_t amp_helper_iommu_unmap(struct iommu_domain *domain, unsigned long iova, size_t size)
{
	return iommu_unmap(domain, iova, size);
}
EXPORT_SYMBOL_GPL(amp_helper_iommu_unmap);

#endif
