// SPDX-License-Identifier: GPL-2.0

//! The bus: how channels get names and drivers.

use crate::{
    attributes::CHANNEL_ATTRIBUTES,
    c_abi,
    id,
    names,
    Addr,
    ChannelInfo,
    Device, //
};
use amp::{
    bus::{
        self,
        Bus,
        BusType,
        Uevent, //
    },
    device::DeviceExt,
    sysfs, //
};
use amp_bindings as bindings;
use core::mem::offset_of;
use kernel::{
    device::{
        self,
        CoreInternal, //
    },
    error::to_result,
    prelude::*,
    types::Opaque, //
};

/// The bus `rpmsg`.
pub(crate) struct Rpmsg;

static BUS: BusType<Rpmsg> = BusType::new();

/// The bus as long as it is registered.
pub(crate) type Registration = bus::Registration<Rpmsg>;

/// Registers the bus.
pub(crate) fn register() -> Result<Registration> {
    BUS.register()
}

/// The C object, for devices and drivers of the bus.
pub(crate) fn as_ptr() -> *const bindings::bus_type {
    BUS.as_ptr()
}

#[vtable]
// SAFETY:
// - Devices get on the bus through `registration::register` only, which takes a `struct rpmsg_device`.
// - Drivers get on the bus through `__register_rpmsg_driver` only, which takes a
//   `struct rpmsg_driver`; `DRIVER_OFFSET` is where it has its `struct device_driver`.
unsafe impl Bus for Rpmsg {
    type Device<Ctx: device::DeviceContext> = Device<Ctx>;
    type Driver = bindings::rpmsg_driver;
    const DRIVER_OFFSET: usize = offset_of!(bindings::rpmsg_driver, drv);
    const NAME: &'static CStr = c"rpmsg";
    const DEVICE_GROUPS: Option<&'static sysfs::Groups<Device>> = Some(&CHANNEL_ATTRIBUTES);
    const DRIVER_OVERRIDE: bool = true;

    /// The user's choice, then the driver's table, then the device tree.
    fn matches(dev: &Device, drv: &Opaque<bindings::rpmsg_driver>) -> bool {
        let driver = bus::device_driver::<Self>(drv);

        if let Some(chosen) = bus::driver_override(dev.as_ref(), driver) {
            return chosen;
        }

        // SAFETY: A registered driver has no table or a terminated one, for as long as it is
        // registered.
        let id = unsafe { id::find((*drv.get()).id_table, &dev.name()) };
        if let Some(id) = id {
            // C drivers look there in their probe.
            // SAFETY: The driver core matches under the device's lock.
            unsafe { (*dev.as_raw()).id.driver_data = id.driver_data };
            return true;
        }

        // SAFETY: Both are valid as the references exist.
        unsafe { bindings::of_driver_match_device(dev.as_ref().to_raw(), driver.get()) != 0 }
    }

    fn uevent(dev: &Device, event: &mut Uevent) -> Result {
        event.add(c"MODALIAS", &names::modalias(dev)?)
    }

    /// Gives the channel an endpoint with the driver's callback, if it has one, and probes it. The
    /// other side hears of the channel when that has succeeded.
    fn probe(dev: &Device<CoreInternal<'_>>) -> Result {
        let rpdev = dev.as_raw();
        let driver = driver_of(dev);

        // SAFETY: The device is valid and about to be bound.
        to_result(unsafe { bindings::rpmsg_attach_pm_domain(dev.as_ref().to_raw()) })?;

        if let Some(callback) = driver.callback {
            let ept = create_endpoint(dev, Some(callback), core::ptr::null_mut())?;
            // SAFETY: `create_endpoint` returned a valid endpoint.
            unsafe { (*ept).flow_cb = driver.flowcontrol };
        }
        let ept = dev.endpoint();

        let probed = match driver.probe {
            // SAFETY: A driver's probe may be called with a device that matched.
            Some(probe) => to_result(unsafe { probe(rpdev) }),
            None => Ok(()),
        };
        if let Err(error) = probed {
            dev_err!(dev, "probe of the channel failed: {}\n", error.to_errno());
            destroy_endpoint(dev, ept);
            return Err(error);
        }

        if driver.callback.is_some() {
            if let Err(error) = announce(dev) {
                if let Some(remove) = driver.remove {
                    // SAFETY: Called once, after a successful probe.
                    unsafe { remove(rpdev) };
                }
                destroy_endpoint(dev, ept);
                return Err(error);
            }
        }
        Ok(())
    }

    /// The reverse: the other side first, then the driver, then the endpoint.
    fn remove(dev: &Device<CoreInternal<'_>>) {
        let rpdev = dev.as_raw();

        // SAFETY: A registered device has its transport's operations.
        if let Some(announce_destroy) = unsafe { (*(*rpdev).ops).announce_destroy } {
            // An error is the transport's to report; the channel goes either way.
            // SAFETY: The device is valid.
            unsafe { announce_destroy(rpdev) };
        }
        if let Some(remove) = driver_of(dev).remove {
            // SAFETY: Called once, after a successful probe.
            unsafe { remove(rpdev) };
        }
        destroy_endpoint(dev, dev.endpoint());
    }
}

/// The driver that `dev` is (being) bound to.
fn driver_of<'a>(dev: &'a Device<CoreInternal<'_>>) -> &'a bindings::rpmsg_driver {
    // SAFETY: The driver core sets the driver before it calls the bus's probe and clears it after
    // it has called the bus's remove; the bus's drivers are embedded in a `struct rpmsg_driver`.
    unsafe {
        let driver = (*dev.as_ref().to_raw()).driver;
        &*kernel::container_of!(driver, bindings::rpmsg_driver, drv)
    }
}

/// Creates the channel's own endpoint and with it binds the channel's source address.
///
/// The address goes back to what it was when the driver is unbound: a dynamic one is up for
/// everybody then, and a channel that clung to it could not be bound again.
///
/// # Errors
///
/// [`ENOMEM`] if the transport could not create it; it has said why.
pub(crate) fn create_endpoint(
    dev: &Device<CoreInternal<'_>>,
    callback: bindings::rpmsg_rx_cb_t,
    private: *mut kernel::ffi::c_void,
) -> Result<*mut bindings::rpmsg_endpoint> {
    let rpdev = dev.as_raw();
    let info = ChannelInfo {
        name: dev.name(),
        src: dev.src(),
        dst: Addr::ANY,
    };

    if !info.src.is_definite() {
        // SAFETY: The device is valid, and its managed resources are released before it is freed.
        to_result(unsafe {
            bindings::devm_add_action(dev.as_ref().to_raw(), Some(forget_address), rpdev.cast())
        })?;
    }

    // SAFETY: The device is valid; the caller answers for the callback and what it gets.
    let ept = unsafe { c_abi::rpmsg_create_ept(rpdev, callback, private, info.to_raw()) };
    if ept.is_null() {
        dev_err!(
            dev,
            "no endpoint for the channel at address {:#x}\n",
            info.src.0
        );
        return Err(ENOMEM);
    }

    dev.set_endpoint(ept);
    // SAFETY: The device and the endpoint are valid; the device's lock is held.
    unsafe { (&raw mut (*rpdev).src).write_volatile((*ept).addr) };
    Ok(ept)
}

extern "C" fn forget_address(rpdev: *mut kernel::ffi::c_void) {
    let rpdev = rpdev.cast::<bindings::rpmsg_device>();
    // SAFETY: This is the pointer given in `create_endpoint`, of a device that still exists.
    unsafe { (&raw mut (*rpdev).src).write_volatile(Addr::ANY.0) };
}

/// Destroys the channel's endpoint `ept`, unless it is NULL.
fn destroy_endpoint(dev: &Device<CoreInternal<'_>>, ept: *mut bindings::rpmsg_endpoint) {
    // A callback that still runs may want to answer through the channel: first this.
    // SAFETY: The endpoint is NULL or valid, and this is the last use of it.
    unsafe { c_abi::rpmsg_destroy_ept(ept) };
    dev.set_endpoint(core::ptr::null_mut());
}

/// Announces the channel to the other side, if its transport does that.
pub(crate) fn announce(dev: &Device<CoreInternal<'_>>) -> Result {
    let rpdev = dev.as_raw();

    // SAFETY: A registered device has its transport's operations, and is valid.
    let announced = unsafe {
        match (*(*rpdev).ops).announce_create {
            Some(announce_create) => to_result(announce_create(rpdev)),
            None => Ok(()),
        }
    };
    announced.inspect_err(|error| {
        dev_err!(
            dev,
            "the channel could not be announced to the other side: {}\n",
            error.to_errno()
        );
    })
}
