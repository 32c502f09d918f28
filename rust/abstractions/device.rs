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
    page::PAGE_SIZE,
    prelude::*,
    str::CString, //
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

    /// The alias by which user space finds a driver for the device's node in the device tree,
    /// without a newline; `None` if it has no node. May sleep.
    fn of_modalias(&self) -> Result<Option<CString>>;
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

    fn of_modalias(&self) -> Result<Option<CString>> {
        // SAFETY: By the type invariants of `Device` the pointer is valid; without a buffer the
        // function only tells the length.
        let len = unsafe { bindings::of_modalias(self.to_raw(), core::ptr::null_mut(), 0) };
        if len == -(bindings::ENODEV as isize) {
            return Ok(None);
        }

        let mut text = KVec::from_elem(0u8, PAGE_SIZE, GFP_KERNEL)?;
        // CAST: A page is not that large.
        let room = text.len() as isize;
        // SAFETY: As above, and so many bytes may be written.
        let len = unsafe { bindings::of_modalias(self.to_raw(), text.as_mut_ptr().cast(), room) };
        if len < 0 {
            // CAST: errno values are small.
            return Err(Error::from_errno(len as kernel::ffi::c_int));
        }
        let text = CStr::from_bytes_until_nul(&text).map_err(|_| ENOMEM)?;
        let text = core::str::from_utf8(text.to_bytes().trim_ascii_end()).map_err(|_| EINVAL)?;
        CString::try_from_fmt(fmt!("{}", text)).map(Some)
    }
}
