// SPDX-License-Identifier: GPL-2.0

//! Coherent memory of a device that comes from its maker.
//!
//! C header: [`include/linux/dma-map-ops.h`](srctree/include/linux/dma-map-ops.h)

use crate::window::Window;
use amp_bindings as bindings;
use core::ptr::null_mut;
use kernel::{
    ffi,
    new_mutex,
    prelude::*,
    sync::Mutex, //
};

/// Where the coherent memory of a [`PlatformChild`](super::PlatformChild) comes from.
pub trait Allocator: Send + Sync + 'static {
    /// Memory of `len` bytes for the device. The result is dropped when the device gives it back.
    /// Both may sleep.
    fn alloc(&self, len: usize) -> Result<KBox<dyn Allocation>>;
}

/// Memory from an [`Allocator`].
pub trait Allocation: Send {
    /// The memory, always the same; ordinary memory.
    fn window(&self) -> Option<Window<'_>>;

    /// The address under which the device sees it.
    fn dma_address(&self) -> u64;
}

/// An allocator and what it has given out.
#[pin_data]
pub(super) struct Hook {
    allocator: KBox<dyn Allocator>,
    #[pin]
    given: Mutex<KVec<KBox<dyn Allocation>>>,
}

impl Hook {
    pub(super) fn new(allocator: KBox<dyn Allocator>) -> Result<Pin<KBox<Self>>> {
        KBox::pin_init(
            pin_init!(Self {
                allocator,
                given <- new_mutex!(KVec::new(), "amp::child::given"),
            }),
            GFP_KERNEL,
        )
    }

    /// Makes `dev` use this. False if the kernel has no DMA operations by device.
    ///
    /// # Safety
    ///
    /// `dev` must be a device that is not registered yet. The hook must live until `dev` is
    /// unregistered and [`unhook`] was called.
    pub(super) unsafe fn hook(&self, dev: *mut bindings::device) -> bool {
        // SAFETY: By the requirements of this function nobody uses the device yet.
        unsafe {
            if !bindings::child_set_dma_ops(dev) {
                return false;
            }
            (*dev).platform_data = core::ptr::from_ref(self).cast_mut().cast();
        }
        true
    }

    /// The hook of `dev`.
    ///
    /// # Safety
    ///
    /// `dev` must have one, or none any more.
    unsafe fn of<'a>(dev: *mut bindings::device) -> Option<&'a Self> {
        // SAFETY: By the requirements of this function.
        unsafe { (*dev).platform_data.cast::<Self>().as_ref() }
    }

    fn alloc(&self, size: usize) -> Result<(*mut ffi::c_void, bindings::dma_addr_t)> {
        let mut given = self.given.lock();
        given.reserve(1, GFP_KERNEL)?;
        let allocation = self.allocator.alloc(size)?;
        let window = allocation.window().filter(|window| window.len() >= size);
        let place = (
            window.ok_or(ENOMEM)?.as_ptr().cast(),
            allocation.dma_address().try_into()?,
        );
        given.push(allocation, GFP_KERNEL)?;
        Ok(place)
    }

    fn free(&self, va: *mut ffi::c_void) {
        let mut given = self.given.lock();
        let index = given
            .iter()
            .position(|allocation| allocation.window().is_some_and(|w| w.as_ptr().cast() == va));
        let allocation = index.and_then(|index| given.remove(index).ok());
        drop(given);
        drop(allocation);
    }
}

/// Takes the hook from a device that is unregistered: the bus would free what is there.
///
/// # Safety
///
/// Nobody may use the device any more.
pub(super) unsafe fn unhook(dev: *mut bindings::device) {
    // SAFETY: By the requirements of this function.
    unsafe { (*dev).platform_data = null_mut() };
}

crate::c_abi! {
    /// Memory for a device with a hook: `alloc` of its DMA operations. NULL if there is none.
    fn amp_child_alloc(
        dev: *mut bindings::device,
        size: usize,
        dma_handle: *mut bindings::dma_addr_t,
    ) -> *mut ffi::c_void {
        // SAFETY: Devices with these operations have a hook.
        let Some(hook) = (unsafe { Hook::of(dev) }) else {
            return null_mut();
        };
        match hook.alloc(size) {
            Ok((va, dma)) => {
                // SAFETY: The caller gave a place for the address.
                unsafe { dma_handle.write(dma) };
                va
            }
            Err(_) => null_mut(),
        }
    }

    /// Gives memory of [`amp_child_alloc`] back: `free` of the device's DMA operations.
    fn amp_child_free(dev: *mut bindings::device, va: *mut ffi::c_void) {
        // SAFETY: Devices with these operations have a hook.
        if let Some(hook) = unsafe { Hook::of(dev) } {
            hook.free(va);
        }
    }
}
