// SPDX-License-Identifier: GPL-2.0

//! Device classes: folders in `/sys/class`.
//!
//! C header: [`include/linux/device/class.h`](srctree/include/linux/device/class.h)

use crate::sysfs;
use amp_bindings as bindings;
use core::{
    cell::UnsafeCell,
    marker::PhantomData, //
};
use kernel::{
    device::{
        AsBusDevice,
        Normal, //
    },
    error::to_result,
    prelude::*, //
};

/// The C object of a class, to be put in a static.
///
/// `D` is the type in which each device of the class is embedded; a class without attributes of
/// its own may use [`kernel::device::Device`].
///
/// # Examples
///
/// ```ignore
/// static CLASS: Class<Rproc> = Class::new(c"remoteproc").with_groups(&RPROC_ATTRIBUTES);
/// ```
#[repr(transparent)]
pub struct Class<D>(UnsafeCell<bindings::class>, PhantomData<fn(&D)>);

// SAFETY: The object does not change after its creation; functions of the driver core that take it
// may be called from any thread.
unsafe impl<D> Sync for Class<D> {}

impl<D> Class<D> {
    /// A class of this name without attributes.
    pub const fn new(name: &'static CStr) -> Self {
        // SAFETY: All fields of `struct class` may be zero.
        let mut class: bindings::class = unsafe { core::mem::zeroed() };

        class.name = kernel::str::as_char_ptr_in_const_context(name);
        Self(UnsafeCell::new(class), PhantomData)
    }

    /// The same class with attributes for each of its devices.
    pub const fn with_groups(self, groups: &'static sysfs::Groups<D>) -> Self
    where
        D: AsBusDevice<Normal>,
    {
        let mut class = self.0.into_inner();
        class.dev_groups = groups.as_ptr();
        Self(UnsafeCell::new(class), PhantomData)
    }

    /// The C object, for `dev->class`.
    ///
    /// Every device that is put in the class must be embedded in a `D` as described by its
    /// [`AsBusDevice::OFFSET`]: the attributes count on it.
    pub const fn as_ptr(&'static self) -> *const bindings::class {
        self.0.get()
    }

    /// Makes the class known. It vanishes when the registration is dropped.
    ///
    /// Process context, may sleep.
    pub fn register(&'static self) -> Result<Registration<D>> {
        // SAFETY: The object is static, hence outlives its registration.
        to_result(unsafe { bindings::class_register(self.as_ptr()) })?;
        // INVARIANT: The class was just registered.
        Ok(Registration(self))
    }
}

/// A class that the driver core knows. Dropping it removes the class; its devices must be gone.
///
/// # Invariants
///
/// The class is registered.
pub struct Registration<D: 'static>(&'static Class<D>);

impl<D> Drop for Registration<D> {
    fn drop(&mut self) {
        // SAFETY: By the type invariants the class is registered.
        unsafe { bindings::class_unregister(self.0.as_ptr()) };
    }
}
