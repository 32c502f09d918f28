/* SPDX-License-Identifier: GPL-2.0 */
/*
 * C functions for what Rust cannot call: static inlines and macros. A function
 * amp_helper_X() is X() in the crate amp_bindings.
 */
#ifndef AMP_HELPERS_H
#define AMP_HELPERS_H

#include <linux/device.h>
#include <linux/fs.h>
#include <linux/idr.h>
#include <linux/iommu.h>
#include <linux/ratelimit.h>
#include <linux/refcount.h>
#include <linux/rpmsg.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>
#include <linux/wait.h>
#include <linux/xarray.h>

/* virtio.c */
void amp_helper_virtio_device_ready(struct virtio_device *vdev);
bool amp_helper___virtio_test_bit(const struct virtio_device *vdev, unsigned int bit);
void amp_helper_virtio_cread_bytes(struct virtio_device *vdev, unsigned int offset,
				   void *buf, size_t len);
int amp_helper_virtio_find_vqs(struct virtio_device *vdev, unsigned int nvqs,
			       struct virtqueue *vqs[], struct virtqueue_info vqs_info[]);
void amp_helper_sg_init_kernel(struct scatterlist *sg, void *va, unsigned int len);
void amp_helper_copy_shared(void *to, const void *from, size_t len);
void amp_helper_mb(void);
void amp_helper_dma_rmb(void);
void amp_helper_dma_wmb(void);

/* chrdev.c */
struct cdev *amp_helper_inode_cdev(struct inode *inode);

/* device.c */
int amp_helper_device_match_driver_override(struct device *dev, const struct device_driver *drv);

/* dma.c */
int amp_helper_dma_inherit(struct device *dev, struct device *from);
bool amp_helper_child_set_dma_ops(struct device *dev);
/* these two are in Rust: rust/abstractions/child/allocator.rs */
void *amp_child_alloc(struct device *dev, size_t size, dma_addr_t *dma_handle);
void amp_child_free(struct device *dev, void *va);
phys_addr_t amp_helper_va_to_pa(void *va);
void amp_helper_dma_set_coherent(struct device *dev, bool coherent);
void *amp_helper_ram_at(phys_addr_t pa, size_t len);
void amp_helper_device_access_begin(void);
void amp_helper_device_access_end(void);

/* ida.c */
void amp_helper_ida_init(struct ida *ida);

/* iommu.c */
#ifndef CONFIG_IOMMU_API
struct iommu_domain *amp_helper_iommu_paging_domain_alloc_flags(struct device *dev,
								unsigned int flags);
void amp_helper_iommu_domain_free(struct iommu_domain *domain);
void amp_helper_iommu_set_fault_handler(struct iommu_domain *domain,
					iommu_fault_handler_t handler, void *token);
int amp_helper_iommu_attach_device(struct iommu_domain *domain, struct device *dev);
void amp_helper_iommu_detach_device(struct iommu_domain *domain, struct device *dev);
int amp_helper_iommu_map(struct iommu_domain *domain, unsigned long iova, phys_addr_t pa,
			 size_t size, int prot, gfp_t gfp);
size_t amp_helper_iommu_unmap(struct iommu_domain *domain, unsigned long iova, size_t size);
#endif

/* irq.c */
void amp_helper_irq_chip_ack(unsigned int irq);

/* sync.c */
void amp_helper_local_bh_disable(void);
void amp_helper_local_bh_enable(void);
bool amp_helper_may_run_softirqs(void);
void amp_helper_spin_lock_bh(spinlock_t *lock);
void amp_helper_spin_unlock_bh(spinlock_t *lock);
bool amp_helper_spin_trylock_bh(spinlock_t *lock);
bool amp_helper_refcount_inc_not_zero(refcount_t *refs);
int amp_helper_xa_alloc(struct xarray *xa, u32 *index, void *entry, struct xa_limit limit,
			gfp_t gfp);
void *amp_helper_xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry,
			    gfp_t gfp);
bool amp_helper_wq_has_sleeper(struct wait_queue_head *head);
bool amp_helper_wait_entry_is_first(struct wait_queue_head *head,
				    struct wait_queue_entry *entry);
bool amp_helper_wq_has_exclusive_sleeper(struct wait_queue_head *head);

/* mailbox.c */
struct mbox_chan;
int amp_helper_mbox_try_send(struct mbox_chan *chan, void *message);

/* ratelimit.c */
void amp_helper_ratelimit_default_init(struct ratelimit_state *rs);

/* rpmsg.c */
int amp_helper_rpmsg_attach_pm_domain(struct device *dev);
int amp_helper_of_driver_match_device(struct device *dev, const struct device_driver *drv);
ssize_t amp_helper_of_modalias(struct device *dev, char *str, ssize_t len);
bool amp_helper_kill_device(struct device *dev);
void amp_helper_rpmsg_endpoint_init(struct rpmsg_endpoint *ept);

/* remoteproc.c */
struct rproc;
void amp_helper_rproc_init(struct rproc *rproc);
int amp_helper_rproc_lock_interruptible(struct rproc *rproc);
void amp_helper_rproc_lock(struct rproc *rproc);
void amp_helper_rproc_unlock(struct rproc *rproc);
int amp_helper_rproc_index_get(void);
void amp_helper_rproc_index_put(int index);
bool amp_helper_rproc_pin_owner(struct rproc *rproc, struct module **owner);
void amp_helper_rproc_unpin_owner(struct rproc *rproc);
void amp_helper_module_put(struct module *module);

#endif
