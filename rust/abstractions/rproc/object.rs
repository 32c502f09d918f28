// SPDX-License-Identifier: GPL-2.0

//! Remote processors as devices: how they come into being, are shown, found and kept.

use super::Embeds;
use crate::{
    class::Class,
    device::DeviceExt, //
};
use amp_bindings as bindings;
use core::ptr::NonNull;
use kernel::{
    device::Device,
    error::to_result,
    ffi,
    prelude::*,
    sync::aref::ARef,
    types::Opaque, //
};

extern "C" fn release<T: Embeds>(dev: *mut bindings::device) {
    // SAFETY: The driver core calls this once, with the last reference gone, for a device that
    // `publish` initialised: part of a `T` in a box.
    unsafe { drop(KBox::from_raw(object_of::<T>(dev))) };
}

/// `struct device_type` of all remote processors: how C code recognises them.
struct Type(Opaque<bindings::device_type>);

// SAFETY: Never changed.
unsafe impl Sync for Type {}

static TYPE: Type = {
    // SAFETY: All fields may be zero.
    let mut device_type: bindings::device_type = unsafe { core::mem::zeroed() };
    device_type.name = kernel::str::as_char_ptr_in_const_context(c"remoteproc");
    Type(Opaque::new(device_type))
};

/// Hands `object` over to its device's reference count: `remoteprocN` below `parent`, in `class`,
/// not yet visible.
pub fn publish<T: Embeds>(
    object: Pin<KBox<T>>,
    parent: &Device,
    class: &'static Class<T>,
) -> Result<ARef<T>> {
    // SAFETY: The object stays where it is: `release` frees it in place.
    let object = NonNull::from(KBox::leak(unsafe { Pin::into_inner_unchecked(object) }));
    // SAFETY: Just leaked, and nobody else has it.
    let rproc = unsafe { object.as_ref() }.raw().as_ptr();

    // SAFETY: The device is zeroed memory of ours; `parent` is valid, and `device_add` takes a
    // reference. The type lives forever, as the class does.
    let dev = unsafe {
        let dev = &raw mut (*rproc).dev;
        bindings::device_initialize(dev);
        (*dev).parent = parent.to_raw();
        (*dev).type_ = TYPE.0.get();
        (*dev).class = class.as_ptr();
        (*dev).release = Some(release::<T>);
        (*dev).driver_data = rproc.cast();
        dev
    };
    // SAFETY: The reference of `device_initialize` is the one that the result owns; from here on
    // dropping it frees the object.
    let object = unsafe { ARef::from_raw(object) };

    // SAFETY: `dev` is initialised and not yet added; the format takes one integer.
    to_result(unsafe {
        bindings::dev_set_name(dev, c"remoteproc%d".as_char_ptr(), (*rproc).index)
    })?;
    Ok(object)
}

/// A remote processor's device on display in sysfs; dropping it takes it out.
///
/// # Invariants
///
/// The device is added.
pub struct Added<T: Embeds>(ARef<T>);

impl<T: Embeds> Added<T> {
    /// Adds the device of `object`, which was [published](publish) and is not added.
    pub fn new(object: ARef<T>) -> Result<Self> {
        // SAFETY: The device is initialised.
        to_result(unsafe { bindings::device_add(object.raw().device().to_raw()) })?;
        // INVARIANT: Just added.
        Ok(Self(object))
    }
}

impl<T: Embeds> Drop for Added<T> {
    fn drop(&mut self) {
        // SAFETY: By the type invariants.
        unsafe { bindings::device_del(self.0.raw().device().to_raw()) };
    }
}

/// The first remote processor on display in `class` of which `wanted` says so. May sleep.
pub fn find<T: Embeds>(
    class: &'static Class<T>,
    mut wanted: impl FnMut(&T) -> bool,
) -> Option<ARef<T>> {
    extern "C" fn matches<T: Embeds, F: FnMut(&T) -> bool>(
        dev: *mut bindings::device,
        wanted: *const ffi::c_void,
    ) -> ffi::c_int {
        // SAFETY: This is the closure below, of which there is no other reference.
        let wanted = unsafe { &mut *wanted.cast_mut().cast::<F>() };
        // SAFETY: Only `publish` puts devices in the class: this one is part of a `T`.
        let object = unsafe { &*object_of::<T>(dev) };
        wanted(object).into()
    }

    fn search<T: Embeds, F: FnMut(&T) -> bool>(
        class: &'static Class<T>,
        wanted: &mut F,
    ) -> *mut bindings::device {
        // SAFETY: The class is static; the function fits the closure and is called here only.
        unsafe {
            bindings::class_find_device(
                class.as_ptr(),
                core::ptr::null(),
                core::ptr::from_mut(wanted).cast_const().cast(),
                Some(matches::<T, F>),
            )
        }
    }

    let dev = NonNull::new(search(class, &mut wanted))?;
    // SAFETY: As in `matches`; the function took a reference for us.
    Some(unsafe { ARef::from_raw(NonNull::new_unchecked(object_of(dev.as_ptr()))) })
}

/// The object that a device is part of.
///
/// # Safety
///
/// `dev` must be the device of a remote processor that is a `T`.
unsafe fn object_of<T: Embeds>(dev: *mut bindings::device) -> *mut T {
    let offset = core::mem::offset_of!(bindings::rproc, dev);
    // SAFETY: By the requirements of this function the device is part of a `struct rproc`, which
    // is that of a `T`.
    unsafe { T::from_rproc(dev.byte_sub(offset).cast()) }
}

/// The remote processor that `dev` is somewhere below of, if it is.
pub fn ancestor(dev: &Device) -> Option<NonNull<bindings::rproc>> {
    let mut parent = dev.parent_device();
    while let Some(device) = parent {
        let dev = device.to_raw();
        // SAFETY: The device is valid, and its type does not change.
        if core::ptr::eq(unsafe { (*dev).type_ }, TYPE.0.get()) {
            let offset = core::mem::offset_of!(bindings::rproc, dev);
            // SAFETY: Devices of this type are part of a `struct rproc`.
            return NonNull::new(unsafe { dev.byte_sub(offset) }.cast());
        }
        parent = device.parent_device();
    }
    None
}

/// The number by which other nodes of the device tree refer to that of `dev`, if it has one.
pub fn phandle(dev: &Device) -> Option<u32> {
    // SAFETY: The device is valid; its node, if any, lives as long.
    let node = unsafe { (*dev.to_raw()).of_node };
    if node.is_null() {
        return None;
    }
    // SAFETY: Not NULL, hence valid; the number does not change.
    let phandle = unsafe { (*node).phandle };
    (phandle != 0).then_some(phandle)
}

/// Keeps the module of a remote processor's driver loaded. (Unbinding the driver through sysfs is
/// still possible; then the processor is gone and says so.)
///
/// # Invariants
///
/// The pointer is NULL or a module of which this holds a reference.
pub struct OwnerPin(*mut bindings::module);

// SAFETY: A reference to a module belongs to no thread.
unsafe impl Send for OwnerPin {}
// SAFETY: Nothing can be done with a shared reference.
unsafe impl Sync for OwnerPin {}

impl OwnerPin {
    /// [`None`] if the driver is going already.
    pub fn new<T: Embeds>(object: &T) -> Option<Self> {
        let mut owner = core::ptr::null_mut();
        // SAFETY: The object is alive and was published, so it has a parent.
        let pinned = unsafe { bindings::rproc_pin_owner(object.raw().as_ptr(), &mut owner) };
        // INVARIANT: On success the helper took a reference.
        pinned.then(|| Self(owner))
    }

    /// Leaves the pin to C code, which gives it up by `rproc_put()`.
    pub fn into_raw(self) {
        core::mem::forget(self);
    }
}

impl Drop for OwnerPin {
    fn drop(&mut self) {
        // SAFETY: By the type invariants; `module_put` copes with NULL.
        unsafe { bindings::module_put(self.0) };
    }
}
