// SPDX-License-Identifier: GPL-2.0

//! The C object of a remote processor, embedded in a Rust one.
//!
//! C drivers look into `struct rproc`: state, power, private data, the device, the lock. So the
//! Rust object of a remote processor carries one ([`Raw`]) and keeps it up to date, but never
//! decides by it: what counts is behind [`Raw::lock`], which is the C object's own mutex.
//!
//! C header: [`include/linux/remoteproc.h`](srctree/include/linux/remoteproc.h)

use crate::iommu::{
    Domain,
    FaultHandler, //
};
use amp_bindings as bindings;
use core::{
    cell::UnsafeCell,
    marker::PhantomData,
    ops::{
        Deref,
        DerefMut, //
    }, //
};
use kernel::{
    device::Device,
    error::to_result,
    ffi::c_void,
    prelude::*,
    str::CString,
    sync::aref::AlwaysRefCounted,
    types::Opaque, //
};

mod object;

pub use object::{
    ancestor,
    find,
    phandle,
    publish,
    Added,
    OwnerPin, //
};

/// A `struct rproc`, and what its mutex protects.
///
/// # Invariants
///
/// `rproc` is initialised, its index is taken from the pool, and its strings are `name` and
/// `firmware`.
#[repr(C)]
#[pin_data(PinnedDrop)]
pub struct Raw<T> {
    #[pin]
    rproc: Opaque<bindings::rproc>,
    name: CString,
    /// Protected by the mutex, as `locked` is.
    firmware: UnsafeCell<CString>,
    locked: UnsafeCell<T>,
}

// SAFETY: The C object belongs to no thread.
unsafe impl<T: Send> Send for Raw<T> {}
// SAFETY: `locked` and `firmware` are reached through the mutex only; the C object's fields are read
// and written one at a time, as C code does.
unsafe impl<T: Send> Sync for Raw<T> {}

/// A plain field of the C object: readable and writable one machine word at a time, by Rust and C
/// code alike. Nobody may decide anything by its value that matters to memory safety.
macro_rules! field {
    ($(#[$doc:meta])* $get:ident $set:ident $field:ident: $type:ty) => {
        $(#[$doc])*
        #[inline]
        pub fn $get(&self) -> $type {
            // SAFETY: By the type invariants the object is initialised; C code that writes the
            // field meanwhile writes it in one piece.
            unsafe { (&raw const (*self.as_ptr()).$field).read_volatile() }
        }

        /// Sets what the function above returns.
        #[inline]
        pub fn $set(&self, value: $type) {
            // SAFETY: As above.
            unsafe { (&raw mut (*self.as_ptr()).$field).write_volatile(value) }
        }
    };
}

impl<T> Raw<T> {
    /// A C object, not yet a device; `locked` goes behind its mutex.
    pub fn new(name: CString, firmware: CString, locked: T) -> impl PinInit<Self, Error>
    where
        T: Send,
    {
        // They are on the heap: moving them into the object does not move them.
        let (name_ptr, firmware_ptr) = (name.as_char_ptr(), firmware.as_char_ptr());

        // INVARIANT: All is made so here.
        try_pin_init!(Self {
            rproc <- Opaque::try_ffi_init(move |slot: *mut bindings::rproc| {
                // SAFETY: The helper takes no arguments and may sleep.
                let index = unsafe { bindings::rproc_index_get() };
                if index < 0 {
                    return Err(Error::from_errno(index));
                }
                // SAFETY: `slot` is writable memory of a `struct rproc`, for which zero is a
                // valid value of all fields that the helper does not set.
                unsafe {
                    core::ptr::write_bytes(slot, 0, 1);
                    bindings::rproc_init(slot);
                    (*slot).index = index;
                    (*slot).name = name_ptr;
                    (*slot).firmware = firmware_ptr;
                }
                Ok(())
            }),
            name,
            firmware: UnsafeCell::new(firmware),
            locked: UnsafeCell::new(locked),
        }? Error)
    }

    /// The C object.
    #[inline]
    pub fn as_ptr(&self) -> *mut bindings::rproc {
        self.rproc.get()
    }

    /// The processor's name.
    pub fn name(&self) -> &CStr {
        &self.name
    }

    /// The N of `remoteprocN`.
    pub fn index(&self) -> i32 {
        // SAFETY: By the type invariants; never changed.
        unsafe { (*self.as_ptr()).index }
    }

    /// The device that is `remoteprocN`.
    pub fn device(&self) -> &Device {
        // SAFETY: The device is part of the object.
        unsafe { Device::from_raw(&raw mut (*self.as_ptr()).dev) }
    }

    field! {
        /// `enum rproc_state`, for C code.
        state set_state state: u32
    }
    field! {
        /// Boot address of the firmware.
        boot_addr set_boot_addr bootaddr: u64
    }
    field! {
        /// The processor is behind an IOMMU.
        has_iommu set_has_iommu has_iommu: bool
    }
    field! {
        /// The processor boots when it is registered.
        auto_boot set_auto_boot auto_boot: bool
    }
    field! {
        /// A crash is not followed by a restart.
        recovery_disabled set_recovery_disabled recovery_disabled: bool
    }
    field! {
        /// The attributes that change something are read-only.
        sysfs_read_only set_sysfs_read_only sysfs_read_only: bool
    }
    field! {
        /// `enum rproc_dump_mechanism`.
        dump_conf set_dump_conf dump_conf: u32
    }
    field! {
        /// The largest notify id in use, -1 for none.
        max_notify_id set_max_notify_id max_notifyid: i32
    }
    field! {
        /// Crashes so far.
        crash_count set_crash_count crash_cnt: u32
    }
    field! {
        /// The processor is about to be unregistered.
        deleting set_deleting deleting: bool
    }

    /// Shows C code the IOMMU domain. To be called again, with [`None`], before the domain is
    /// dropped: C drivers use it while the processor is powered.
    pub fn show_domain<H: FaultHandler>(&self, domain: Option<&Domain<H>>) {
        let domain = domain.map_or(core::ptr::null_mut(), Domain::as_ptr);
        // SAFETY: As for the fields above.
        unsafe { (&raw mut (*self.as_ptr()).domain).write_volatile(domain) };
    }

    /// Shows C code how many users the processor has.
    pub fn set_power(&self, users: u32) {
        // CAST: Far fewer users than half the range.
        let users = users as i32;
        // SAFETY: As for the fields above.
        unsafe { (&raw mut (*self.as_ptr()).power.counter).write_volatile(users) }
    }

    /// Gives a C driver its copy of the operations, which it may change, and its private data.
    ///
    /// # Safety
    ///
    /// Both must live as long as the object.
    pub unsafe fn set_c_driver(&self, ops: *mut bindings::rproc_ops, data: *mut c_void) {
        // SAFETY: As for the fields above.
        unsafe {
            (&raw mut (*self.as_ptr()).ops).write_volatile(ops);
            (&raw mut (*self.as_ptr()).priv_).write_volatile(data);
        }
    }

    /// Takes the mutex. May sleep.
    pub fn lock(&self) -> Guard<'_, T> {
        // SAFETY: By the type invariants the mutex is initialised.
        unsafe { bindings::rproc_lock(self.as_ptr()) };
        Guard::new(self)
    }

    /// Takes the mutex, unless a signal comes first.
    ///
    /// # Errors
    ///
    /// [`EINTR`] for a signal.
    pub fn lock_interruptible(&self) -> Result<Guard<'_, T>> {
        // SAFETY: As in `lock`.
        to_result(unsafe { bindings::rproc_lock_interruptible(self.as_ptr()) })?;
        Ok(Guard::new(self))
    }
}

#[pinned_drop]
impl<T> PinnedDrop for Raw<T> {
    fn drop(self: Pin<&mut Self>) {
        // SAFETY: By the type invariants the index is taken; nobody uses it any more.
        unsafe { bindings::rproc_index_put(self.index()) };
    }
}

/// Holds the mutex of a [`Raw`].
pub struct Guard<'a, T> {
    raw: &'a Raw<T>,
    // A mutex is released by the task that took it.
    _not_send: PhantomData<*mut ()>,
}

impl<'a, T> Guard<'a, T> {
    fn new(raw: &'a Raw<T>) -> Self {
        Self {
            raw,
            _not_send: PhantomData,
        }
    }
}

impl<T> Guard<'_, T> {
    /// The firmware that the next boot loads.
    pub fn firmware(&self) -> &CStr {
        // SAFETY: The mutex is held.
        unsafe { &*self.raw.firmware.get() }
    }

    /// Replaces the firmware. C code reads its name with the mutex held, or before the device is
    /// registered.
    pub fn set_firmware(&mut self, name: CString) {
        let rproc = self.raw.as_ptr();
        // SAFETY: The mutex is held, and the guard borrowed mutably; the new name is shown to C
        // code before the old one is freed.
        unsafe {
            (&raw mut (*rproc).firmware).write_volatile(name.as_char_ptr());
            *self.raw.firmware.get() = name;
        }
    }
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: The mutex is held.
        unsafe { &*self.raw.locked.get() }
    }
}

impl<T> DerefMut for Guard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: The mutex is held, and the guard borrowed mutably.
        unsafe { &mut *self.raw.locked.get() }
    }
}

impl<T> Drop for Guard<'_, T> {
    fn drop(&mut self) {
        // SAFETY: The mutex is held by this task.
        unsafe { bindings::rproc_unlock(self.raw.as_ptr()) };
    }
}

/// A type that has a [`Raw`] and is reference-counted by its device; see
/// [`impl_embeds_rproc!`](crate::impl_embeds_rproc).
///
/// # Safety
///
/// `raw` and `from_raw` must be inverses of each other.
pub unsafe trait Embeds: AlwaysRefCounted + Send + Sync + Sized + 'static {
    /// What the mutex protects.
    type Locked: Send;

    /// The C object and its mutex.
    fn raw(&self) -> &Raw<Self::Locked>;

    /// The object that has `rproc`.
    ///
    /// # Safety
    ///
    /// `rproc` must be the one of a `Self`.
    unsafe fn from_rproc(rproc: *mut bindings::rproc) -> *mut Self;
}

/// Says that a type's field is its [`Raw`], and makes the type reference-counted by the device in
/// it and usable in a [`Class`](crate::class::Class).
///
/// ```ignore
/// amp::impl_embeds_rproc! { Device { self.raw: Raw<Core> } }
/// ```
#[macro_export]
macro_rules! impl_embeds_rproc {
    ($self:ty { self.$field:ident: Raw<$locked:ty> }) => {
        // SAFETY: Both functions name the same field; this compiles only if it is a `Raw`.
        unsafe impl $crate::rproc::Embeds for $self {
            type Locked = $locked;

            fn raw(&self) -> &$crate::rproc::Raw<$locked> {
                &self.$field
            }

            unsafe fn from_rproc(rproc: *mut ::amp_bindings::rproc) -> *mut Self {
                // SAFETY: The C object is the first field of `Raw`, which is the named field of
                // the object by the function's requirements.
                unsafe {
                    ::kernel::container_of!(
                        rproc.cast::<$crate::rproc::Raw<$locked>>(),
                        $self,
                        $field
                    )
                }
            }
        }

        // SAFETY: The device's reference count is the object's: its release frees the object.
        unsafe impl ::kernel::sync::aref::AlwaysRefCounted for $self {
            fn inc_ref(&self) {
                let dev = $crate::device::DeviceExt::to_raw(self.$field.device());
                // SAFETY: The device lives as long as the reference.
                unsafe { ::amp_bindings::get_device(dev) };
            }

            unsafe fn dec_ref(obj: ::core::ptr::NonNull<Self>) {
                // SAFETY: The caller has a reference, which it gives up here.
                let dev =
                    $crate::device::DeviceExt::to_raw(unsafe { obj.as_ref() }.$field.device());
                // SAFETY: As above.
                unsafe { ::amp_bindings::put_device(dev) };
            }
        }

        // SAFETY: The device is at this offset: `Raw` begins with the C object.
        unsafe impl ::kernel::device::AsBusDevice<::kernel::device::Normal> for $self {
            const OFFSET: usize = ::core::mem::offset_of!($self, $field)
                + ::core::mem::offset_of!(::amp_bindings::rproc, dev);
        }
    };
}
