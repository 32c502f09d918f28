// SPDX-License-Identifier: GPL-2.0

//! How transports put channels on the bus and take them off.

use crate::{
    bus,
    names,
    Device,
    Name, //
};
use amp::device::DeviceExt;
use amp_bindings as bindings;
use kernel::{
    device::Normal,
    error::to_result,
    prelude::*, //
};

/// Registers a channel that its transport has filled in; what rpmsg_register_device() does.
///
/// The device's reference goes to the driver core; on failure it is put, which frees the device.
///
/// # Safety
///
/// - `rpdev` must be a `struct rpmsg_device` that is not initialised yet but for `dev.parent`,
///   `dev.release`, `id`, `src`, `dst`, `announce`, `little_endian`, `ops`; the rest is zero.
/// - `name` is NULL or a C string: the channel's name and the one driver for it.
pub(crate) unsafe fn register(
    rpdev: *mut bindings::rpmsg_device,
    name: *const kernel::ffi::c_char,
) -> Result {
    // SAFETY: By the function's requirements the device is valid, and nobody else uses it yet.
    let dev = unsafe { &raw mut (*rpdev).dev };

    let name = if name.is_null() {
        None
    } else {
        // SAFETY: By the function's requirements it is a C string then.
        Some(unsafe { CStr::from_char_ptr(name) })
    };
    if let Some(name) = name {
        let mut id = [0; Name::LEN];
        for (to, from) in id.iter_mut().take(Name::LEN - 1).zip(name.to_bytes()) {
            *to = *from;
        }
        // SAFETY: Nobody else uses the device yet.
        unsafe { (*rpdev).id.name = id };
    }

    // SAFETY: The device is not initialised yet. From here on it has a reference count, and the
    // last reference frees it.
    unsafe {
        (*dev).bus = bus::as_ptr();
        bindings::device_initialize(dev);
    }

    // SAFETY: As above; the reference of this function is put below only.
    let added = unsafe { add(Device::<Normal>::from_raw(rpdev), name) };
    if added.is_err() {
        // SAFETY: Puts the reference of device_initialize().
        unsafe { bindings::put_device(dev) };
    }
    added
}

/// The part of [`register`] that can fail.
///
/// # Safety
///
/// The device must be initialised and not added yet, with nobody else using it.
unsafe fn add(channel: &Device, driver: Option<&CStr>) -> Result {
    let device = channel.as_ref();
    let dev = device.to_raw();
    let parent = device.parent_device().ok_or(EINVAL)?;

    let name = names::device_name(parent, channel)?;
    // SAFETY: The device is not added yet; the format takes one string.
    to_result(unsafe { bindings::dev_set_name(dev, c"%s".as_char_ptr(), name.as_char_ptr()) })?;

    if let Some(driver) = driver {
        // SAFETY: The device is initialised, and the string has this length.
        to_result(unsafe {
            bindings::__device_set_driver_override(
                dev,
                driver.as_char_ptr(),
                driver.to_bytes().len(),
            )
        })
        .inspect_err(|error| {
            dev_err!(device, "the driver can't be fixed: {}\n", error.to_errno());
        })?;
    }

    // Names that differ in odd characters only may have become the same. device_add() would say so
    // with a stack trace, which the other side must not be able to cause.
    // SAFETY: The bus is registered as long as transports exist; the function takes a C string.
    let twin = unsafe {
        bindings::bus_find_device(
            bus::as_ptr(),
            core::ptr::null_mut(),
            name.as_char_ptr().cast(),
            Some(bindings::device_match_name),
        )
    };
    if !twin.is_null() {
        // SAFETY: Puts the reference that the search took.
        unsafe { bindings::put_device(twin) };
        return Err(EEXIST);
    }

    // SAFETY: The device is initialised and has a name.
    to_result(unsafe { bindings::device_add(dev) }).inspect_err(|error| {
        dev_err!(
            parent,
            "channel {} can't be added: {}\n",
            &*name,
            error.to_errno()
        );
    })
}

/// Unregisters a device exactly once, however many try: `false` if somebody else did or does.
///
/// # Safety
///
/// `dev` must be an added device, to which the caller has a reference.
pub(crate) unsafe fn unregister(dev: *mut bindings::device) -> bool {
    // SAFETY: The device is valid. This takes its lock, and says whether it was alive.
    let alive = unsafe { bindings::kill_device(dev) };
    if alive {
        // SAFETY: The device was alive, hence added, and nobody else gets here.
        unsafe { bindings::device_unregister(dev) };
    }
    alive
}
