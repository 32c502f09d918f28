// SPDX-License-Identifier: GPL-2.0
#include <linux/export.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <asm/barrier.h>

void amp_helper_virtio_device_ready(struct virtio_device *vdev)
{
	virtio_device_ready(vdev);
}
EXPORT_SYMBOL_GPL(amp_helper_virtio_device_ready);

bool amp_helper___virtio_test_bit(const struct virtio_device *vdev, unsigned int bit)
{
	return __virtio_test_bit(vdev, bit);
}
EXPORT_SYMBOL_GPL(amp_helper___virtio_test_bit);

void amp_helper_virtio_cread_bytes(struct virtio_device *vdev, unsigned int offset,
				   void *buf, size_t len)
{
	virtio_cread_bytes(vdev, offset, buf, len);
}
EXPORT_SYMBOL_GPL(amp_helper_virtio_cread_bytes);

int amp_helper_virtio_find_vqs(struct virtio_device *vdev, unsigned int nvqs,
			       struct virtqueue *vqs[], struct virtqueue_info vqs_info[])
{
	return virtio_find_vqs(vdev, nvqs, vqs, vqs_info, NULL);
}
EXPORT_SYMBOL_GPL(amp_helper_virtio_find_vqs);

/*
 * A scatterlist of one entry for kernel memory, whichever way it is mapped: what
 * dma_alloc_coherent() returns may lie in the linear mapping or in vmalloc space.
 * For the device it lies at its physical address until somebody says otherwise.
 */
void amp_helper_sg_init_kernel(struct scatterlist *sg, void *va, unsigned int len)
{
	if (is_vmalloc_addr(va)) {
		sg_init_table(sg, 1);
		sg_set_page(sg, vmalloc_to_page(va), len, offset_in_page(va));
	} else {
		sg_init_one(sg, va, len);
	}
	sg_dma_address(sg) = sg_phys(sg);
	sg_dma_len(sg) = len;
}
EXPORT_SYMBOL_GPL(amp_helper_sg_init_kernel);

/*
 * Copies from or to memory that somebody else may write at the same time. Out of
 * line, so that the Rust compiler cannot read it twice or assume that it does not
 * change.
 */
void amp_helper_copy_shared(void *to, const void *from, size_t len)
{
	memcpy(to, from, len);
}
EXPORT_SYMBOL_GPL(amp_helper_copy_shared);

void amp_helper_mb(void)
{
	mb();
}
EXPORT_SYMBOL_GPL(amp_helper_mb);

void amp_helper_dma_rmb(void)
{
	dma_rmb();
}
EXPORT_SYMBOL_GPL(amp_helper_dma_rmb);

void amp_helper_dma_wmb(void)
{
	dma_wmb();
}
EXPORT_SYMBOL_GPL(amp_helper_dma_wmb);
