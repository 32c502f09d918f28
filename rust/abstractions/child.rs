// SPDX-License-Identifier: GPL-2.0

//! Platform devices that a driver makes, mostly below its own device.
//!
//! C header: [`include/linux/platform_device.h`](srctree/include/linux/platform_device.h)

pub mod allocator;

use crate::device::DeviceExt;
use allocator::{
    unhook,
    Allocator,
    Hook, //
};
use amp_bindings as bindings;
use core::ptr::NonNull;
use kernel::{
    device::Device,
    error::to_result,
    prelude::*, //
};

/// A platform device without a device-tree node.
///
/// Dropping it unregisters it. May sleep in all functions.
///
/// # Invariants
///
/// `pdev` is a registered platform device of which this holds the reference; it uses the hook, if
/// there is one, for its allocations.
pub struct PlatformChild {
    pdev: NonNull<bindings::platform_device>,
    // Dropped last, with what the device did not give back.
    _hook: Option<Pin<KBox<Hook>>>,
}

// SAFETY: A platform device belongs to no thread.
unsafe impl Send for PlatformChild {}
// SAFETY: Shared references give access to the `Device` only, which is `Sync`.
unsafe impl Sync for PlatformChild {}

impl PlatformChild {
    /// Registers a device called `name.N.auto` below `parent`; it does DMA as `dma` does (same mask, same
    /// address ranges), so that memory may be allocated for it.
    ///
    /// Its coherent memory comes from `allocator` if there is one.
    ///
    /// # Errors
    ///
    /// [`EOPNOTSUPP`] if there is an allocator, but the kernel has no DMA operations by device
    /// (`CONFIG_ARCH_HAS_DMA_OPS`).
    pub fn new(
        parent: &Device,
        dma: &Device,
        name: &CStr,
        allocator: Option<KBox<dyn Allocator>>,
    ) -> Result<Self> {
        let hook = allocator.map(Hook::new).transpose()?;
        Self::add(name, bindings::PLATFORM_DEVID_AUTO, hook, |dev| {
            // SAFETY: The device is valid and not added yet; `parent` is valid, the driver core
            // takes a reference when the device is added. `dma` is valid.
            to_result(unsafe {
                (*dev).parent = parent.to_raw();
                bindings::dma_inherit(dev, dma.to_raw())
            })
        })
    }

    /// Registers a device called `name`, alone of its kind, below no other: one that exists in
    /// software only. Its DMA is coherent and reaches the lower 4 GiB.
    pub fn new_root(name: &CStr) -> Result<Self> {
        Self::add(name, bindings::PLATFORM_DEVID_NONE, None, |dev| {
            // SAFETY: The device is valid and not added yet.
            unsafe { bindings::dma_set_coherent(dev, true) };
            Ok(())
        })
    }

    /// Allocates a device, lets `prepare` set it up, and registers it.
    fn add(
        name: &CStr,
        id: i32,
        hook: Option<Pin<KBox<Hook>>>,
        prepare: impl FnOnce(*mut bindings::device) -> Result,
    ) -> Result<Self> {
        // SAFETY: `name` is NUL-terminated and gets copied.
        let pdev = NonNull::new(unsafe { bindings::platform_device_alloc(name.as_char_ptr(), id) })
            .ok_or(ENOMEM)?;

        // SAFETY: The new device is ours alone until it is added.
        let dev = unsafe { &raw mut (*pdev.as_ptr()).dev };
        let added = prepare(dev).and_then(|()| {
            if let Some(hook) = &hook {
                // SAFETY: The device is not added yet; the hook is kept until the device is
                // unregistered, see `drop` and below.
                if !unsafe { hook.hook(dev) } {
                    return Err(EOPNOTSUPP);
                }
            }
            // SAFETY: The device is allocated and not added yet.
            to_result(unsafe { bindings::platform_device_add(pdev.as_ptr()) })
        });
        if let Err(error) = added {
            // SAFETY: The device is not registered; gives up the reference from the allocation.
            unsafe {
                unhook(dev);
                bindings::platform_device_put(pdev.as_ptr());
            }
            return Err(error);
        }

        // INVARIANT: Just registered.
        Ok(Self { pdev, _hook: hook })
    }
}

impl AsRef<Device> for PlatformChild {
    fn as_ref(&self) -> &Device {
        // SAFETY: By the type invariants the device is valid as long as `self`.
        unsafe { Device::from_raw(&raw mut (*self.pdev.as_ptr()).dev) }
    }
}

impl Drop for PlatformChild {
    fn drop(&mut self) {
        let pdev = self.pdev.as_ptr();
        // SAFETY: By the type invariants it is registered.
        unsafe { bindings::platform_device_del(pdev) };
        // SAFETY: Nobody uses the device any more, and the reference is ours.
        unsafe {
            unhook(&raw mut (*pdev).dev);
            bindings::platform_device_put(pdev);
        }
    }
}
