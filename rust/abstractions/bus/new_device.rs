// SPDX-License-Identifier: GPL-2.0

//! How devices get on a bus and off it.

use super::{
    Bus,
    BusType, //
};
use crate::device::DeviceExt;
use amp_bindings as bindings;
use core::{
    marker::PhantomData,
    mem::ManuallyDrop,
    ptr::{
        null_mut,
        NonNull, //
    }, //
};
use kernel::{
    device::{
        AsBusDevice,
        Device,
        Normal, //
    },
    error::to_result,
    prelude::*, //
};

/// A device that is initialised and not on its bus yet.
///
/// Dropping it gives up the only reference, so that the device's release function frees it.
///
/// # Invariants
///
/// `dev` is an initialised device of the bus that was not added, and `self` owns a reference to it.
pub struct NewDevice<B: Bus> {
    dev: NonNull<bindings::device>,
    bus: &'static BusType<B>,
    _owns: PhantomData<B::Device<Normal>>,
}

impl<B: Bus> BusType<B> {
    /// Initialises a device for this bus.
    ///
    /// # Safety
    ///
    /// - `dev` must be embedded in a `B::Device` as described by its [`AsBusDevice::OFFSET`], and
    ///   valid until the device's release function is called.
    /// - It must be zero but for its parent and its release function.
    /// - Nobody else may use it yet. Afterwards nobody may unregister it other than by
    ///   [`BusType::unregister`].
    pub unsafe fn initialize(&'static self, dev: NonNull<bindings::device>) -> NewDevice<B> {
        // SAFETY: By the function's requirements. The bus is static.
        unsafe {
            (*dev.as_ptr()).bus = self.as_ptr();
            bindings::device_initialize(dev.as_ptr());
        }
        // INVARIANT: Initialised just now; the first reference is this one.
        NewDevice {
            dev,
            bus: self,
            _owns: PhantomData,
        }
    }

    /// Unregisters a device exactly once, however many try: `false` if somebody else did or does,
    /// or if it was not added yet. Process context, may sleep; not in the device's own probe.
    pub fn unregister(&'static self, dev: &Device) -> bool {
        if self.device(dev).is_none() {
            return false;
        }
        // SAFETY: The device is valid. This takes its lock, and says whether it was added and alive.
        let alive = unsafe { bindings::kill_device(dev.to_raw()) };
        if alive {
            // SAFETY: The device was added, and by the requirements of `initialize` nobody else gets
            // here with it.
            unsafe { bindings::device_unregister(dev.to_raw()) };
        }
        alive
    }
}

impl<B: Bus> NewDevice<B> {
    fn as_device(&self) -> &Device {
        // SAFETY: By the type invariants the device is valid.
        unsafe { Device::from_raw(self.dev.as_ptr()) }
    }

    /// The device.
    pub fn device(&self) -> &B::Device<Normal> {
        // SAFETY: By the requirements of `BusType::initialize` it is embedded in such a type.
        unsafe { B::Device::from_device(self.as_device()) }
    }

    /// Gives the device its name, under which it is added.
    pub fn set_name(&mut self, name: &CStr) -> Result {
        // SAFETY: By the type invariants the device is initialised; the format takes one string.
        to_result(unsafe {
            bindings::dev_set_name(self.dev.as_ptr(), c"%s".as_char_ptr(), name.as_char_ptr())
        })
    }

    /// Has only the driver called `name` get the device.
    pub fn set_driver_override(&mut self, name: &CStr) -> Result {
        // SAFETY: By the type invariants the device is initialised; the string has this length.
        to_result(unsafe {
            bindings::__device_set_driver_override(
                self.dev.as_ptr(),
                name.as_char_ptr(),
                name.to_bytes().len(),
            )
        })
    }

    /// Adds the device to the bus, where it finds its driver. Process context, may sleep.
    ///
    /// # Errors
    ///
    /// [`EEXIST`] if the bus has a device of this name: the driver core would say so too, but with a
    /// stack trace, which whoever chooses the name must not be able to cause. Else what the driver
    /// core says.
    pub fn add(self) -> Result {
        // SAFETY: The bus is registered as long as somebody adds devices; the function takes a C
        // string.
        let twin = unsafe {
            bindings::bus_find_device(
                self.bus.as_ptr(),
                null_mut(),
                self.as_device().device_name().as_char_ptr().cast(),
                Some(bindings::device_match_name),
            )
        };
        if !twin.is_null() {
            // SAFETY: Puts the reference that the search took.
            unsafe { bindings::put_device(twin) };
            return Err(EEXIST);
        }

        // SAFETY: By the type invariants the device is initialised and not added.
        to_result(unsafe { bindings::device_add(self.dev.as_ptr()) })?;
        // The reference stays with the driver core, until the device is unregistered.
        let _ = ManuallyDrop::new(self);
        Ok(())
    }
}

impl<B: Bus> Drop for NewDevice<B> {
    fn drop(&mut self) {
        // SAFETY: By the type invariants the reference is ours.
        unsafe { bindings::put_device(self.dev.as_ptr()) };
    }
}
