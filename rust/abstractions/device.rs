// SPDX-License-Identifier: GPL-2.0

//! What abstractions outside of the `kernel` crate need of [`kernel::device`] and cannot reach.
//!
//! C header: [`include/linux/device.h`](srctree/include/linux/device.h)

use amp_bindings as bindings;
use kernel::{
    device::{
        Device,
        DeviceContext, //
    },
    prelude::*, //
};

/// Access to the C object of a [`Device`] and to its place in the device tree.
///
/// For abstractions and the C ABI edge; drivers have no use for it.
pub trait DeviceExt {
    /// The `struct device` behind the reference. Valid as long as `self` is.
    fn to_raw(&self) -> *mut bindings::device;

    /// The device's parent, if it has one. It lives at least as long as `self`.
    fn parent_device(&self) -> Option<&Device>;

    /// The device's name, such as `virtio0`.
    ///
    /// A device's name is set before it is registered; renaming (which network devices know only)
    /// while the reference is used gives the old or the new name.
    fn device_name(&self) -> &CStr;
}

impl<Ctx: DeviceContext> DeviceExt for Device<Ctx> {
    #[inline]
    fn to_raw(&self) -> *mut bindings::device {
        // CAST: `Device` is a transparent wrapper of `Opaque<bindings::device>`, which in turn is
        // a transparent wrapper of a cell of `bindings::device`.
        core::ptr::from_ref(self).cast_mut().cast()
    }

    fn parent_device(&self) -> Option<&Device> {
        // SAFETY: By the type invariants of `Device` the pointer is valid; the parent is set
        // before the device is registered and does not change while a driver or a child uses it.
        let parent = unsafe { (*self.to_raw()).parent };

        if parent.is_null() {
            return None;
        }

        // SAFETY: `parent` is not NULL, hence a valid device, and a device holds a reference to
        // its parent for as long as it exists itself.
        Some(unsafe { Device::from_raw(parent) })
    }

    fn device_name(&self) -> &CStr {
        // SAFETY: By the type invariants of `Device` the pointer is valid.
        let dev = unsafe { &*self.to_raw() };
        // As dev_name() does: the initial name stands until the object has one of its own.
        let name = if dev.init_name.is_null() {
            dev.kobj.name
        } else {
            dev.init_name
        };

        if name.is_null() {
            return c"(unnamed)";
        }

        // SAFETY: `name` is not NULL, so it points to the NUL-terminated name of the device,
        // which lives as long as the device does.
        unsafe { CStr::from_char_ptr(name) }
    }
}
