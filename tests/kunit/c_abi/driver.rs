// SPDX-License-Identifier: GPL-2.0

//! A driver as C has them, which the bus gives an endpoint to.

use super::endpoint::Ept;
use core::ptr::null_mut;
use kernel::{
    error::to_result,
    ffi::{
        c_int,
        c_void, //
    },
    prelude::*,
    sync::aref::ARef,
    types::Opaque, //
};

/// What such a driver does.
pub(crate) trait Driver: 'static {
    /// Its name, and of its service.
    const NAME: &'static CStr;

    /// A channel has appeared.
    fn probe(dev: ARef<rpmsg::Device>) -> Result;

    /// A message has come.
    fn receive();
}

extern "C" fn probe<T: Driver>(rpdev: *mut amp_bindings::rpmsg_device) -> c_int {
    // SAFETY: The bus gives a valid device.
    let dev: &rpmsg::Device = unsafe { rpmsg::Device::from_raw(rpdev) };
    match T::probe(dev.into()) {
        Ok(()) => 0,
        Err(error) => error.to_errno(),
    }
}

extern "C" fn callback<T: Driver>(
    _rpdev: *mut amp_bindings::rpmsg_device,
    _data: *mut c_void,
    _len: c_int,
    _private: *mut c_void,
    _src: u32,
) -> c_int {
    T::receive();
    0
}

/// What C has in one place: the driver and its table, with the entry that ends it.
struct Raw {
    driver: Opaque<amp_bindings::rpmsg_driver>,
    ids: [amp_bindings::rpmsg_device_id; 2],
}

/// A driver as long as it is registered.
///
/// # Invariants
///
/// It is.
pub(crate) struct Registration(KBox<Raw>);

impl Registration {
    /// Registers the driver: it gets its channels at once. May sleep.
    pub(crate) fn new<T: Driver>() -> Result<Self> {
        let mut ids = [pin_init::zeroed::<amp_bindings::rpmsg_device_id>(); 2];
        for (to, from) in ids[0].name.iter_mut().zip(T::NAME.to_bytes()) {
            *to = *from;
        }
        let raw = KBox::new(
            Raw {
                driver: Opaque::zeroed(),
                ids,
            },
            GFP_KERNEL,
        )?;
        let driver = raw.driver.get();
        // SAFETY: The driver and its table stay where they are until it is unregistered; its
        // functions take what the bus gives them.
        to_result(unsafe {
            (*driver).drv.name = T::NAME.as_char_ptr();
            (*driver).id_table = raw.ids.as_ptr();
            (*driver).probe = Some(probe::<T>);
            (*driver).callback = Some(callback::<T>);
            rpmsg::c_abi::__register_rpmsg_driver(driver, null_mut())
        })?;
        Ok(Self(raw))
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // SAFETY: By the type invariants.
        unsafe { rpmsg::c_abi::unregister_rpmsg_driver(self.0.driver.get()) };
    }
}

/// The endpoint that C code finds in a channel now, whether it is late or not.
pub(crate) fn ept_of(dev: &rpmsg::Device) -> Result<Ept<'_>> {
    // SAFETY: The device is valid. The transport is ours, which keeps the last endpoint of a driver
    // in C as long as the channel, or until the next one goes.
    Ept::new(unsafe { (*dev.as_raw()).ept }).ok_or(ENOTCONN)
}
