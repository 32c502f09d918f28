// SPDX-License-Identifier: GPL-2.0

//! Physically contiguous memory that a device and the CPU see alike.
//!
//! C header: [`include/linux/dma-mapping.h`](srctree/include/linux/dma-mapping.h)

use crate::{
    device::DeviceExt,
    window::Window, //
};
use amp_bindings as bindings;
use core::ptr::NonNull;
use kernel::{
    device::Device,
    ffi,
    io::SysMem,
    prelude::*,
    sync::aref::ARef, //
};

/// Zeroed memory from `dma_alloc_coherent()`: of the device's reserved memory if it has some.
///
/// Unlike [`kernel::dma::Coherent`] it may have any length, is not borrowed as a Rust slice
/// anywhere, and is seen through a [`Window`] only, since a remote processor writes to it.
///
/// # Invariants
///
/// `va` and `dma` are those of a living allocation of `len` bytes for `dev`.
pub struct Memory {
    dev: ARef<Device>,
    va: NonNull<u8>,
    dma: bindings::dma_addr_t,
    len: usize,
}

// SAFETY: The memory belongs to no thread.
unsafe impl Send for Memory {}
// SAFETY: Access is through `Window` only, which copies and expects others to write meanwhile.
unsafe impl Sync for Memory {}

impl Memory {
    /// Allocates `len` bytes, rounded up to pages by the allocator. May sleep.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] for no bytes, [`ENOMEM`] if no contiguous range of that size is free.
    pub fn alloc(dev: &Device, len: usize) -> Result<Self> {
        if len == 0 {
            return Err(EINVAL);
        }

        let mut dma = 0;
        // SAFETY: `dev` is a valid device, `dma` is a place for the address.
        let va = unsafe {
            bindings::dma_alloc_attrs(
                dev.to_raw(),
                len,
                &mut dma,
                bindings::GFP_KERNEL,
                bindings::DMA_ATTR_NO_WARN as ffi::c_ulong,
            )
        };
        let va = NonNull::new(va.cast()).ok_or(ENOMEM)?;

        // INVARIANT: Just allocated so.
        let memory = Self {
            dev: dev.into(),
            va,
            dma,
            len,
        };
        memory.window().zero(0, len)?;
        Ok(memory)
    }

    /// Its length in bytes, as it was asked for.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has no bytes at all: never.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The address under which `dev` sees it: the physical address, unless the DMA API itself
    /// maps through an IOMMU or the bus shifts addresses.
    pub fn dma_address(&self) -> u64 {
        self.dma.into()
    }

    /// Its physical address.
    pub fn pa(&self) -> u64 {
        // SAFETY: By the type invariants this is an address from dma_alloc_coherent().
        unsafe { bindings::va_to_pa(self.va.as_ptr().cast()) }.into()
    }

    /// The memory itself.
    pub fn window(&self) -> Window<'_> {
        let bytes = core::ptr::slice_from_raw_parts_mut(self.va.as_ptr(), self.len);
        // SAFETY: By the type invariants these bytes are accessible as long as `self` lives.
        Window::from_memory(unsafe { SysMem::new(bytes) })
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: By the type invariants these are the values of a living allocation.
        unsafe {
            bindings::dma_free_attrs(
                self.dev.to_raw(),
                self.len,
                self.va.as_ptr().cast(),
                self.dma,
                0,
            )
        };
    }
}
