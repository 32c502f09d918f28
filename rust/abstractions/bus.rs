// SPDX-License-Identifier: GPL-2.0

//! Bus types: a module that implements a bus of its own.
//!
//! [`Bus`] describes the bus and has its callbacks, [`BusType`] is the static C object, and a
//! [`Registration`] lasts as long as the bus is known to the driver core.
//!
//! C header: [`include/linux/device/bus.h`](srctree/include/linux/device/bus.h)

use crate::sysfs;
use amp_bindings as bindings;
use core::{
    cell::UnsafeCell,
    marker::PhantomData, //
};
use kernel::{
    device::{
        self,
        AsBusDevice,
        CoreInternal,
        Normal, //
    },
    error::{
        from_result,
        to_result,
        VTABLE_DEFAULT_ERROR, //
    },
    prelude::*,
    types::Opaque, //
};

/// The variables of a uevent, which user space gets when a device comes, goes or changes.
#[repr(transparent)]
pub struct Uevent(Opaque<bindings::kobj_uevent_env>);

impl Uevent {
    /// Wraps the C object.
    ///
    /// # Safety
    ///
    /// `ptr` must be valid and used by nobody else for the duration of `'a`.
    pub unsafe fn from_raw<'a>(ptr: *mut bindings::kobj_uevent_env) -> &'a mut Self {
        // SAFETY: By the function's requirements; `Uevent` is a transparent wrapper.
        unsafe { &mut *ptr.cast() }
    }

    /// Adds `key=value`. The value ends at its first NUL byte, if it has one.
    ///
    /// # Errors
    ///
    /// [`ENOMEM`] if the event has no room for the variable.
    pub fn add(&mut self, key: &CStr, value: &CStr) -> Result {
        // SAFETY: The object is valid by the type's construction, and both strings and the
        // format are NUL-terminated; the format takes exactly two strings.
        to_result(unsafe {
            bindings::add_uevent_var(
                self.0.get(),
                c"%s=%s".as_char_ptr(),
                key.as_char_ptr(),
                value.as_char_ptr(),
            )
        })
    }
}

/// What a bus is and does.
///
/// # Safety
///
/// - Every device that is put on the bus must be embedded in a `Self::Device` as described by its
///   [`AsBusDevice::OFFSET`].
/// - Every driver that is registered for the bus must be embedded in a `Self::Driver`,
///   `DRIVER_OFFSET` bytes from its start.
#[vtable]
pub unsafe trait Bus: 'static {
    /// The bus's devices.
    type Device<Ctx: device::DeviceContext>: AsBusDevice<Ctx>;

    /// The C type of the bus's drivers, which embeds a `struct device_driver`.
    type Driver: 'static;

    /// Where in `Driver` the `struct device_driver` is.
    const DRIVER_OFFSET: usize;

    /// The name: a folder in `/sys/bus`.
    const NAME: &'static CStr;

    /// Attributes of each device on the bus.
    const DEVICE_GROUPS: Option<&'static sysfs::Groups<Self::Device<Normal>>> = None;

    /// Whether devices have the attribute `driver_override`, by which the user names the driver
    /// that a device shall get. A bus that says so must ask
    /// [`driver_override`] in [`Bus::matches`].
    const DRIVER_OVERRIDE: bool = false;

    /// Whether `drv` can drive `dev`. Process context, may sleep.
    fn matches(dev: &Self::Device<Normal>, drv: &Opaque<Self::Driver>) -> bool;

    /// Adds the bus's variables to an event of `dev`. Process context, may sleep.
    fn uevent(_dev: &Self::Device<Normal>, _event: &mut Uevent) -> Result {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Binds `dev` to the driver that it was matched with. Process context, may sleep; the
    /// device's lock is held.
    fn probe(_dev: &Self::Device<CoreInternal<'_>>) -> Result {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Unbinds `dev`. Called once for each successful [`Bus::probe`], in the same context.
    fn remove(_dev: &Self::Device<CoreInternal<'_>>) {
        build_error!(VTABLE_DEFAULT_ERROR)
    }
}

/// Asks for the driver that the user chose for `dev` through `driver_override`: `None` if there
/// was no choice, else whether it is `drv`.
///
/// `drv` is the `struct device_driver` that is embedded in the bus's driver.
pub fn driver_override(
    dev: &device::Device,
    drv: &Opaque<bindings::device_driver>,
) -> Option<bool> {
    use crate::device::DeviceExt;

    // SAFETY: Both objects are valid as the references exist; the function takes the lock that
    // protects the name.
    match unsafe { bindings::device_match_driver_override(dev.to_raw(), drv.get()) } {
        0 => Some(false),
        ret if ret > 0 => Some(true),
        _ => None,
    }
}

/// The driver that is embedded in the bus specific driver `drv` of bus `B`.
pub fn device_driver<B: Bus>(drv: &Opaque<B::Driver>) -> &Opaque<bindings::device_driver> {
    // SAFETY: By the requirements of `Bus` there is a `struct device_driver` at this offset of a
    // valid driver, and `Opaque` is a transparent wrapper.
    unsafe { &*core::ptr::from_ref(drv).byte_add(B::DRIVER_OFFSET).cast() }
}

/// The C object of a bus type, to be put in a static.
///
/// # Examples
///
/// ```ignore
/// static RPMSG_BUS: BusType<Rpmsg> = BusType::new();
/// ```
#[repr(transparent)]
pub struct BusType<B: Bus>(UnsafeCell<bindings::bus_type>, PhantomData<B>);

// SAFETY: The object does not change after its creation; functions of the driver core that take it
// may be called from any thread.
unsafe impl<B: Bus> Sync for BusType<B> {}

impl<B: Bus> BusType<B> {
    /// The bus type for `B`.
    pub const fn new() -> Self {
        // SAFETY: All fields of `struct bus_type` may be zero.
        let mut bus: bindings::bus_type = unsafe { core::mem::zeroed() };

        bus.name = kernel::str::as_char_ptr_in_const_context(B::NAME);
        bus.match_ = Some(Self::match_callback);
        bus.driver_override = B::DRIVER_OVERRIDE;
        if let Some(groups) = B::DEVICE_GROUPS {
            bus.dev_groups = groups.as_ptr();
        }
        if B::HAS_UEVENT {
            bus.uevent = Some(Self::uevent_callback);
        }
        if B::HAS_PROBE {
            bus.probe = Some(Self::probe_callback);
        }
        if B::HAS_REMOVE {
            bus.remove = Some(Self::remove_callback);
        }
        Self(UnsafeCell::new(bus), PhantomData)
    }

    /// The C object, for `dev->bus` and `drv->bus`.
    pub const fn as_ptr(&'static self) -> *const bindings::bus_type {
        self.0.get()
    }

    /// Makes the bus known. It vanishes when the registration is dropped.
    ///
    /// Process context, may sleep.
    ///
    /// # Errors
    ///
    /// [`EEXIST`] if there is a bus of this name; [`EINVAL`] or [`ENOMEM`] from the driver core.
    pub fn register(&'static self) -> Result<Registration<B>> {
        // SAFETY: The object is static, hence outlives its registration.
        to_result(unsafe { bindings::bus_register(self.as_ptr()) })?;
        // INVARIANT: The bus was just registered.
        Ok(Registration(self))
    }

    extern "C" fn match_callback(
        dev: *mut bindings::device,
        drv: *const bindings::device_driver,
    ) -> kernel::ffi::c_int {
        // SAFETY: The driver core gives a valid device of this bus; by the requirements of `Bus`
        // it is embedded in a `B::Device`.
        let dev = unsafe { B::Device::<Normal>::from_device(device::Device::from_raw(dev)) };
        // SAFETY: The driver core gives a valid driver of this bus; by the requirements of `Bus`
        // it is embedded in a `B::Driver` at this offset. `Opaque` is a transparent wrapper.
        let drv = unsafe { &*drv.byte_sub(B::DRIVER_OFFSET).cast::<Opaque<B::Driver>>() };

        B::matches(dev, drv).into()
    }

    extern "C" fn uevent_callback(
        dev: *const bindings::device,
        env: *mut bindings::kobj_uevent_env,
    ) -> kernel::ffi::c_int {
        // SAFETY: As in `match_callback`.
        let dev =
            unsafe { B::Device::<Normal>::from_device(device::Device::from_raw(dev.cast_mut())) };
        // SAFETY: The driver core gives a valid object that is ours for the call.
        let event = unsafe { Uevent::from_raw(env) };

        from_result(|| B::uevent(dev, event).map(|()| 0))
    }

    extern "C" fn probe_callback(dev: *mut bindings::device) -> kernel::ffi::c_int {
        // SAFETY: As in `match_callback`. The driver core calls this with the device's lock held,
        // which is what the context stands for.
        let dev =
            unsafe { B::Device::<CoreInternal<'_>>::from_device(device::Device::from_raw(dev)) };

        from_result(|| B::probe(dev).map(|()| 0))
    }

    extern "C" fn remove_callback(dev: *mut bindings::device) {
        // SAFETY: As in `probe_callback`.
        let dev =
            unsafe { B::Device::<CoreInternal<'_>>::from_device(device::Device::from_raw(dev)) };

        B::remove(dev);
    }
}

impl<B: Bus> Default for BusType<B> {
    fn default() -> Self {
        Self::new()
    }
}

/// A bus that the driver core knows. Dropping it removes the bus.
///
/// All devices and drivers of the bus must be gone by then, which a module gets by having users of
/// the bus depend on it.
///
/// # Invariants
///
/// The bus type is registered.
pub struct Registration<B: Bus>(&'static BusType<B>);

impl<B: Bus> Drop for Registration<B> {
    fn drop(&mut self) {
        // SAFETY: By the type invariants the bus is registered.
        unsafe { bindings::bus_unregister(self.0.as_ptr()) };
    }
}
