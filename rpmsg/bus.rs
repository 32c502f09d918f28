// SPDX-License-Identifier: GPL-2.0

//! The bus: how channels get names and drivers.

use crate::{
    attributes::CHANNEL_ATTRIBUTES,
    c_abi::{
        self,
        RawEndpoint, //
    },
    names,
    Addr,
    Device, //
};
use amp::{
    bus::{
        self,
        Bus,
        BusType,
        Uevent, //
    },
    sysfs, //
};
use kernel::{
    device::{
        self,
        Bound,
        CoreInternal, //
    },
    devres,
    prelude::*,
    sync::aref::ARef, //
};

/// The bus `rpmsg`.
pub(crate) struct Rpmsg;

/// The bus, for devices and drivers.
pub(crate) static BUS: BusType<Rpmsg> = BusType::new();

/// The bus as long as it is registered.
pub(crate) type Registration = bus::Registration<Rpmsg>;

#[vtable]
impl Bus for Rpmsg {
    type Device<Ctx: device::DeviceContext> = Device<Ctx>;
    type Driver = c_abi::Driver;
    const NAME: &'static CStr = c"rpmsg";
    const DEVICE_GROUPS: Option<&'static sysfs::Groups<Device>> = Some(&CHANNEL_ATTRIBUTES);
    const DRIVER_OVERRIDE: bool = true;

    /// The user's choice, then the driver's table, then the device tree.
    fn matches(dev: &Device, drv: &c_abi::Driver) -> bool {
        if let Some(chosen) = bus::driver_override(dev.as_ref(), drv) {
            return chosen;
        }
        if let Some(id) = drv.ids().find(&dev.name()) {
            dev.set_match(id);
            return true;
        }
        bus::of_match(dev.as_ref(), drv)
    }

    fn uevent(dev: &Device, event: &mut Uevent) -> Result {
        event.add(c"MODALIAS", &names::modalias(dev)?)
    }

    /// Gives the channel an endpoint with the driver's callback, if it has one, and probes it. The
    /// other side hears of the channel when that has succeeded. A driver in Rust does both itself.
    fn probe(dev: &Device<CoreInternal<'_>>, drv: &c_abi::Driver) -> Result {
        dev.attach_pm_domain()?;

        if !drv.wants_endpoint() {
            // What an earlier driver had is none of this one's.
            dev.forget_endpoint();
            return drv.probe(dev).inspect_err(|error| failed(dev, *error));
        }

        let ept = bind_address(dev, || drv.create_endpoint(dev), RawEndpoint::addr)?;
        ept.make_own(dev);

        let probed = drv.probe(dev).inspect_err(|error| failed(dev, *error));
        let bound = probed.and_then(|()| {
            ept.start();
            announce(dev).inspect_err(|_| drv.remove(dev))
        });
        if bound.is_ok() {
            ept.leave_to_channel();
        } else {
            ept.retire(dev);
        }
        bound
    }

    /// The reverse: the other side first, then the driver, then the endpoint.
    fn remove(dev: &Device<CoreInternal<'_>>, drv: &c_abi::Driver) {
        dev.announce_end();
        drv.remove(dev);
        c_abi::destroy_own(dev);
    }
}

fn failed(dev: &Device, error: Error) {
    dev_err!(dev, "probe of the channel failed: {}\n", error.to_errno());
}

/// Gives back the channel's address when the driver is unbound.
struct ForgetAddress(ARef<Device>);

impl Drop for ForgetAddress {
    fn drop(&mut self) {
        self.0.set_src(Addr::ANY);
    }
}

/// Creates the channel's own endpoint and with it binds the channel's source address.
///
/// The address goes back to what it was when the driver is unbound: a dynamic one is up for
/// everybody then, and a channel that clung to it could not be bound again.
///
/// # Errors
///
/// What `create` says; the log says it, too.
pub(crate) fn bind_address<E>(
    dev: &Device<Bound>,
    create: impl FnOnce() -> Result<E>,
    addr: impl FnOnce(&E) -> Addr,
) -> Result<E> {
    if !dev.src().is_definite() {
        let channel: &Device = dev;
        devres::register(dev.as_ref(), ForgetAddress(channel.into()), GFP_KERNEL)?;
    }

    let ept = create().inspect_err(|_| {
        dev_err!(
            dev,
            "no endpoint for the channel at address {:#x}\n",
            dev.src().0
        );
    })?;
    dev.set_src(addr(&ept));
    Ok(ept)
}

/// Announces the channel to the other side, if its transport does that.
pub(crate) fn announce(dev: &Device<CoreInternal<'_>>) -> Result {
    dev.announce().inspect_err(|error| {
        dev_err!(
            dev,
            "the channel could not be announced to the other side: {}\n",
            error.to_errno()
        );
    })
}
