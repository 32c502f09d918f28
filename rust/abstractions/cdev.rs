// SPDX-License-Identifier: GPL-2.0

//! Character devices in a class: a `struct device` and a `struct cdev` with one life.
//!
//! [`kernel::miscdevice`] is for the one device of a driver that is there as long as its module.
//! These come and go, while files of theirs are open: a [`CharDevice`] has a reference count, and
//! each open file is a reference. Its [`Registration`] is what makes it visible.
//!
//! C header: [`include/linux/cdev.h`](srctree/include/linux/cdev.h)

use crate::{
    chrdev::{
        Minor,
        Region, //
    },
    class::Class,
    device::DeviceExt,
    sysfs, //
};
use amp_bindings as bindings;
use core::{
    mem::offset_of,
    ops::Deref,
    ptr::{
        null_mut,
        NonNull, //
    }, //
};
use kernel::{
    device::{
        self,
        AsBusDevice, //
    },
    error::to_result,
    prelude::*,
    sync::aref::{
        ARef, //
        AlwaysRefCounted,
    },
    types::Opaque, //
};

mod file_operations;

pub use file_operations::Operations;

/// A kind of character device: what `T` is to [`CharDevice<T>`].
pub trait Kind: Operations {
    /// The devices are called `NAME0`, `NAME1`, ...
    const NAME: &'static CStr;

    /// Their attributes in sysfs.
    const GROUPS: Option<&'static sysfs::Groups<CharDevice<Self>>> = None;

    /// Their device numbers.
    fn region() -> &'static Region;

    /// Their class.
    fn class() -> &'static Class<device::Device>;
}

/// A character device with the driver's data `T`, to which it dereferences.
///
/// # Invariants
///
/// `dev` and `cdev` are initialised.
#[repr(C)]
#[pin_data]
pub struct CharDevice<T: Kind> {
    #[pin]
    dev: Opaque<bindings::device>,
    #[pin]
    cdev: Opaque<bindings::cdev>,
    #[pin]
    data: T,
    /// Dropped last: its region waits for it.
    minor: Minor,
}

// SAFETY: The C objects belong to no thread; a reference on any thread may be the last one.
unsafe impl<T: Kind> Send for CharDevice<T> {}
// SAFETY: As above; `Kind` is `Sync`.
unsafe impl<T: Kind> Sync for CharDevice<T> {}

impl<T: Kind> CharDevice<T> {
    /// A device below `parent`, that nobody sees before it is [registered](New::register). Process
    /// context, may sleep.
    pub fn create(parent: &device::Device, data: impl PinInit<T, Error>) -> Result<New<T>> {
        let device = KBox::pin_init::<Error>(
            try_pin_init!(Self {
                dev <- Opaque::zeroed(),
                cdev <- Opaque::zeroed(),
                minor: T::region().allocate()?,
                data <- data,
            }? Error),
            GFP_KERNEL,
        )?;
        // SAFETY: The device stays in its place until `release` frees it.
        let device = KBox::into_raw(unsafe { Pin::into_inner_unchecked(device) });

        // SAFETY: The object was just made, and nobody else knows it. All pointers stay valid until
        // it is released: statics, and the parent, to which device_add() takes a reference. The
        // first reference is the result's; the last one calls `release`.
        let new = unsafe {
            let dev = (*device).dev.get();
            (*dev).parent = parent.to_raw();
            (*dev).class = T::class().as_ptr();
            (*dev).groups = T::GROUPS.map_or(null_mut(), |groups| groups.as_ptr().cast_mut());
            (*dev).devt = (*device).minor.devt();
            (*dev).release = Some(Self::release);
            bindings::device_initialize(dev);
            bindings::cdev_init((*device).cdev.get(), file_operations::table::<T>());
            (*(*device).cdev.get()).owner = file_operations::owner::<T>();
            // INVARIANT: Both are initialised now.
            New(ARef::from_raw(NonNull::new_unchecked(device)))
        };
        // SAFETY: The device is not added yet; the format takes a string and a number.
        to_result(unsafe {
            bindings::dev_set_name(
                (*device).dev.get(),
                c"%s%u".as_char_ptr(),
                T::NAME.as_char_ptr(),
                (*device).minor.index(),
            )
        })?;
        Ok(new)
    }

    /// Wraps a C object.
    ///
    /// # Safety
    ///
    /// `dev` must be that of a `CharDevice<T>`, and valid for `'a`.
    pub unsafe fn from_raw<'a>(dev: *mut bindings::device) -> &'a Self {
        // SAFETY: By the function's requirements; `dev` is a field of the whole.
        unsafe { Self::from_device(device::Device::from_raw(dev)) }
    }

    /// The device of a `struct cdev`.
    ///
    /// # Safety
    ///
    /// `cdev` must be that of a `CharDevice<T>`, and valid for `'a`.
    unsafe fn from_cdev<'a>(cdev: *mut bindings::cdev) -> &'a Self {
        // SAFETY: By the function's requirements; `cdev` is a field of the whole, and `Opaque` a
        // transparent wrapper.
        unsafe { &*cdev.byte_sub(offset_of!(Self, cdev)).cast() }
    }

    extern "C" fn release(dev: *mut bindings::device) {
        // SAFETY: The driver core calls this once, when nobody refers to the device any more, which
        // `create` has made from a box.
        // CAST: `dev` is the first field.
        drop(unsafe { KBox::from_raw(dev.cast::<Self>()) });
    }
}

impl<T: Kind> Deref for CharDevice<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.data
    }
}

impl<T: Kind> AsRef<device::Device> for CharDevice<T> {
    fn as_ref(&self) -> &device::Device {
        // SAFETY: By the type invariants the device is initialised.
        unsafe { device::Device::from_raw(self.dev.get()) }
    }
}

// SAFETY: This is the offset of the embedded device; `Opaque` is a transparent wrapper.
unsafe impl<T: Kind> AsBusDevice<device::Normal> for CharDevice<T> {
    const OFFSET: usize = offset_of!(Self, dev);
}

// SAFETY: The embedded device counts the references to the whole.
unsafe impl<T: Kind> AlwaysRefCounted for CharDevice<T> {
    fn inc_ref(&self) {
        // SAFETY: A reference shows that the count isn't zero.
        unsafe { bindings::get_device(self.dev.get()) };
    }

    unsafe fn dec_ref(this: NonNull<Self>) {
        // SAFETY: By the function's requirements the count isn't zero.
        unsafe { bindings::put_device((*this.as_ptr()).dev.get()) };
    }
}

/// A device that is not registered yet.
///
/// # Invariants
///
/// It was never added.
pub struct New<T: Kind>(ARef<CharDevice<T>>);

impl<T: Kind> New<T> {
    /// The device.
    pub fn device(&self) -> &ARef<CharDevice<T>> {
        &self.0
    }

    /// Makes the device visible: in its class, in `/dev` and in sysfs. It can be opened from here
    /// on, also before this returns. Process context, may sleep.
    pub fn register(self) -> Result<Registration<T>> {
        // SAFETY: By the type invariants both are initialised and were never added.
        to_result(unsafe { bindings::cdev_device_add(self.0.cdev.get(), self.0.dev.get()) })?;
        // INVARIANT: Just added.
        Ok(Registration(self.0))
    }
}

/// A device that is visible. Dropping this takes it away: nobody finds it any more; who has it open
/// keeps it. Dropping may sleep.
///
/// # Invariants
///
/// The device was added, and is taken away by this only.
pub struct Registration<T: Kind>(ARef<CharDevice<T>>);

impl<T: Kind> Registration<T> {
    /// The device.
    pub fn device(&self) -> &ARef<CharDevice<T>> {
        &self.0
    }
}

impl<T: Kind> Drop for Registration<T> {
    fn drop(&mut self) {
        // SAFETY: By the type invariants.
        unsafe { bindings::cdev_device_del(self.0.cdev.get(), self.0.dev.get()) };
    }
}
