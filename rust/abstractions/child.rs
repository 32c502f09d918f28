// SPDX-License-Identifier: GPL-2.0

//! Platform devices that a driver makes below its own device.
//!
//! C header: [`include/linux/platform_device.h`](srctree/include/linux/platform_device.h)

use crate::device::DeviceExt;
use amp_bindings as bindings;
use core::ptr::NonNull;
use kernel::{
    device::Device,
    error::to_result,
    prelude::*, //
};

/// A platform device without a device-tree node, numbered automatically (`name.N.auto`).
///
/// Dropping it unregisters it. May sleep in all functions.
///
/// # Invariants
///
/// `pdev` is a registered platform device of which this holds the reference.
pub struct PlatformChild {
    pdev: NonNull<bindings::platform_device>,
}

// SAFETY: A platform device belongs to no thread.
unsafe impl Send for PlatformChild {}
// SAFETY: Shared references give access to the `Device` only, which is `Sync`.
unsafe impl Sync for PlatformChild {}

impl PlatformChild {
    /// Registers a device called `name` below `parent`; it does DMA as `dma` does (same mask, same
    /// address ranges), so that memory may be allocated for it.
    pub fn new(parent: &Device, dma: &Device, name: &CStr) -> Result<Self> {
        // SAFETY: `name` is NUL-terminated and gets copied.
        let pdev = NonNull::new(unsafe {
            bindings::platform_device_alloc(name.as_char_ptr(), bindings::PLATFORM_DEVID_AUTO)
        })
        .ok_or(ENOMEM)?;

        // SAFETY: The new device is ours alone until it is added.
        let dev = unsafe { &raw mut (*pdev.as_ptr()).dev };
        // SAFETY: As above; `parent` is valid, the driver core takes a reference when the device
        // is added. `dma` is valid.
        let ready = unsafe {
            (*dev).parent = parent.to_raw();
            bindings::dma_inherit(dev, dma.to_raw())
        };
        let added = to_result(ready).and_then(|()| {
            // SAFETY: The device is allocated and not added yet.
            to_result(unsafe { bindings::platform_device_add(pdev.as_ptr()) })
        });
        if let Err(error) = added {
            // SAFETY: Gives up the reference from the allocation.
            unsafe { bindings::platform_device_put(pdev.as_ptr()) };
            return Err(error);
        }

        // INVARIANT: Just registered.
        Ok(Self { pdev })
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
        // SAFETY: By the type invariants it is registered and the reference ours.
        unsafe { bindings::platform_device_unregister(self.pdev.as_ptr()) };
    }
}
