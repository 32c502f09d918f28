// SPDX-License-Identifier: GPL-2.0

//! Bus types: a module that implements a bus of its own.
//!
//! [`Bus`] describes the bus and has its callbacks, [`BusType`] is the static C object, and a
//! [`Registration`] lasts as long as the bus is known to the driver core. The types of the bus's
//! devices and drivers are made by [`bus_device!`] and [`bus_driver!`], so that the driver core's
//! pointers become typed references in one place; devices get on the bus as a [`NewDevice`]. What
//! drivers in Rust share, whatever their bus, is in [`driver`].
//!
//! C header: [`include/linux/device/bus.h`](srctree/include/linux/device/bus.h)
//!
//! [`bus_device!`]: crate::bus_device
//! [`bus_driver!`]: crate::bus_driver

use crate::{
    device::DeviceExt,
    sysfs, //
};
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

pub mod driver;
mod embedding;
mod id;
mod new_device;

pub use embedding::EmbedsDriver;
pub use new_device::NewDevice;

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
#[vtable]
pub trait Bus: 'static {
    /// The bus's devices.
    type Device<Ctx: device::DeviceContext>: AsBusDevice<Ctx>;

    /// The bus's drivers.
    type Driver: EmbedsDriver;

    /// The name: a folder in `/sys/bus`.
    const NAME: &'static CStr;

    /// Attributes of each device on the bus.
    const DEVICE_GROUPS: Option<&'static sysfs::Groups<Self::Device<Normal>>> = None;

    /// Whether devices have the attribute `driver_override`, by which the user names the driver
    /// that a device shall get. A bus that says so must ask
    /// [`driver_override`] in [`Bus::matches`].
    const DRIVER_OVERRIDE: bool = false;

    /// Whether `drv` can drive `dev`. Process context, may sleep.
    fn matches(dev: &Self::Device<Normal>, drv: &Self::Driver) -> bool;

    /// Adds the bus's variables to an event of `dev`. Process context, may sleep.
    fn uevent(_dev: &Self::Device<Normal>, _event: &mut Uevent) -> Result {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Binds `dev` to the driver that it was matched with. Process context, may sleep; the
    /// device's lock is held.
    fn probe(_dev: &Self::Device<CoreInternal<'_>>, _drv: &Self::Driver) -> Result {
        build_error!(VTABLE_DEFAULT_ERROR)
    }

    /// Unbinds `dev`. Called once for each successful [`Bus::probe`], in the same context.
    fn remove(_dev: &Self::Device<CoreInternal<'_>>, _drv: &Self::Driver) {
        build_error!(VTABLE_DEFAULT_ERROR)
    }
}

/// Asks for the driver that the user chose for `dev` through `driver_override`: `None` if there
/// was no choice, else whether it is `drv`.
pub fn driver_override(dev: &device::Device, drv: &impl EmbedsDriver) -> Option<bool> {
    // SAFETY: Both objects are valid as the references exist; the function takes the lock that
    // protects the name.
    match unsafe { bindings::device_match_driver_override(dev.to_raw(), drv.as_driver()) } {
        0 => Some(false),
        ret if ret > 0 => Some(true),
        _ => None,
    }
}

/// Whether the device tree says that `drv` is for `dev`.
pub fn of_match(dev: &device::Device, drv: &impl EmbedsDriver) -> bool {
    // SAFETY: Both objects are valid as the references exist.
    unsafe { bindings::of_driver_match_device(dev.to_raw(), drv.as_driver()) != 0 }
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

    /// The C object.
    ///
    /// Devices and drivers get on the bus by [`BusType::initialize`] and
    /// [`BusType::register_driver`] only.
    pub const fn as_ptr(&'static self) -> *const bindings::bus_type {
        self.0.get()
    }

    /// Whether `dev` is a device of this bus, and which.
    pub fn device<'a>(&'static self, dev: &'a device::Device) -> Option<&'a B::Device<Normal>> {
        // SAFETY: The device is valid as the reference exists; its bus does not change.
        let bus = unsafe { (*dev.to_raw()).bus };

        // SAFETY: By the requirements of `BusType::initialize` all devices of the bus are embedded
        // in a `B::Device`.
        core::ptr::eq(bus, self.as_ptr()).then(|| unsafe { B::Device::from_device(dev) })
    }

    /// Registers a driver, which gets all devices that it matches, also those that exist already.
    /// Process context, may sleep.
    ///
    /// # Safety
    ///
    /// `drv` must be filled in but for its bus and owner, and stay valid until
    /// [`BusType::unregister_driver`]; `owner` is the module that it is part of.
    pub unsafe fn register_driver(
        &'static self,
        drv: &B::Driver,
        owner: *mut bindings::module,
    ) -> Result {
        let drv = drv.as_driver();

        // SAFETY: The driver is valid and not registered, by the function's requirements.
        to_result(unsafe {
            (*drv).bus = self.as_ptr();
            (*drv).owner = owner;
            bindings::driver_register(drv)
        })
    }

    /// Unregisters a driver, which takes it from all its devices first. Process context, may sleep.
    ///
    /// # Safety
    ///
    /// `drv` must be registered.
    pub unsafe fn unregister_driver(&'static self, drv: &B::Driver) {
        // SAFETY: By the function's requirements.
        unsafe { bindings::driver_unregister(drv.as_driver()) };
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
        // SAFETY: The driver core gives a valid device of this bus; by the requirements of
        // `BusType::initialize` it is embedded in a `B::Device`.
        let dev = unsafe { B::Device::<Normal>::from_device(device::Device::from_raw(dev)) };
        // SAFETY: The driver core gives a valid driver of this bus, which got there by
        // `BusType::register_driver`.
        let drv = unsafe { B::Driver::from_driver(drv) };

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
        let dev = unsafe { device::Device::<CoreInternal<'_>>::from_raw(dev) };

        // SAFETY: The driver core sets the driver before it calls this.
        let drv = unsafe { Self::driver_of(dev) };
        // SAFETY: As in `match_callback`.
        let dev = unsafe { B::Device::<CoreInternal<'_>>::from_device(dev) };

        from_result(|| B::probe(dev, drv).map(|()| 0))
    }

    extern "C" fn remove_callback(dev: *mut bindings::device) {
        // SAFETY: As in `probe_callback`.
        let dev = unsafe { device::Device::<CoreInternal<'_>>::from_raw(dev) };

        // SAFETY: The driver core clears the driver after it has called this.
        let drv = unsafe { Self::driver_of(dev) };
        // SAFETY: As in `match_callback`.
        let dev = unsafe { B::Device::<CoreInternal<'_>>::from_device(dev) };

        B::remove(dev, drv);
    }

    /// The driver that `dev` is (being) bound to.
    ///
    /// # Safety
    ///
    /// `dev` must be a device of this bus which has a driver, and keep it while the result is used.
    unsafe fn driver_of<'a, Ctx: device::DeviceContext>(
        dev: &device::Device<Ctx>,
    ) -> &'a B::Driver {
        // SAFETY: By the function's requirements; drivers of the bus got there by
        // `BusType::register_driver`.
        unsafe { B::Driver::from_driver((*dev.to_raw()).driver) }
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
