// SPDX-License-Identifier: GPL-2.0

//! `struct rpmsg_device`: what C code and we know of a channel, and what its transport does for it.

use crate::{
    transport::{
        self,
        Refusal, //
    },
    Addr,
    ChannelInfo,
    Name,
    Port, //
};
use amp::device::DeviceExt;
use amp_bindings as bindings;
use core::ptr::NonNull;
use kernel::{
    device::{
        self,
        Bound,
        CoreInternal, //
    },
    error::to_result,
    prelude::*, //
};

amp::bus_device! {
    /// A channel.
    pub struct Device(bindings::rpmsg_device) { dev }
}

impl<Ctx: device::DeviceContext> Device<Ctx> {
    /// The name of the service, as it was announced: it may contain any bytes.
    pub fn name(&self) -> Name {
        // SAFETY: By the type invariants the device is valid; its name is set before it is
        // registered and does not change afterwards.
        Name::from_wire(unsafe { (*self.as_raw()).id.name })
    }

    /// The address on this side. While no driver is bound this is what was asked for, possibly
    /// [`Addr::ANY`]; afterwards it is the bound address.
    pub fn src(&self) -> Addr {
        // SAFETY: By the type invariants the device is valid. The field may change while it is
        // read, but it is one word.
        Addr(unsafe { (&raw const (*self.as_raw()).src).read_volatile() })
    }

    /// Sets what [`src`](Device::src) returns.
    pub(crate) fn set_src(&self, addr: Addr) {
        // SAFETY: As in `src`.
        unsafe { (&raw mut (*self.as_raw()).src).write_volatile(addr.0) };
    }

    /// The address on the other side, to which [`send`](Device::send) sends.
    pub fn dst(&self) -> Addr {
        // SAFETY: As in `src`.
        Addr(unsafe { (&raw const (*self.as_raw()).dst).read_volatile() })
    }

    /// Whether the channel is announced to the other side when it gets its driver.
    pub fn is_announced(&self) -> bool {
        // SAFETY: By the type invariants the device is valid. A bool that C wrote is 0 or 1.
        unsafe { (*self.as_raw()).announce }
    }

    /// Leaves the entry of the driver's table where C drivers look for it in their probe.
    ///
    /// The driver core matches under the device's lock.
    pub(crate) fn set_match(&self, id: &bindings::rpmsg_device_id) {
        // SAFETY: By the type invariants the device is valid; the field is one word.
        unsafe { (&raw mut (*self.as_raw()).id.driver_data).write_volatile(id.driver_data) };
    }

    /// The channel's endpoint, NULL if it has none (yet, or any more).
    pub(crate) fn endpoint(&self) -> *mut bindings::rpmsg_endpoint {
        // SAFETY: By the type invariants the device is valid; the field is one word.
        unsafe { (&raw const (*self.as_raw()).ept).read_volatile() }
    }

    /// Makes `ept` the channel's endpoint.
    pub(super) fn set_endpoint(&self, ept: *mut bindings::rpmsg_endpoint) {
        // SAFETY: By the type invariants the device is valid; the field is one word.
        unsafe { (&raw mut (*self.as_raw()).ept).write_volatile(ept) }
    }

    /// Takes its endpoint away from the channel: who looks for it from now on finds none.
    pub(crate) fn forget_endpoint(&self) {
        self.set_endpoint(core::ptr::null_mut());
    }
}

impl Device<Bound> {
    /// The sending side of the channel's own endpoint.
    ///
    /// # Errors
    ///
    /// [`ENXIO`] if it has none: the channel is being removed, or its driver in C did not want one.
    pub fn port(&self) -> Result<Port<'_>> {
        let ept = NonNull::new(self.endpoint()).ok_or(ENXIO)?;

        // SAFETY: The endpoint is taken away from the channel before the driver's data goes, and
        // destroyed afterwards: who finds it here may use it as long as the device is bound.
        Ok(unsafe { Port::from_raw(ept) })
    }

    /// Creates a channel beside this one, which then gets a driver as any other: with a definite
    /// `src` a server, which the other side is told of when it has its driver; else a client of the
    /// service at `dst`. Process context, may sleep.
    ///
    /// # Errors
    ///
    /// [`EEXIST`] if there is one already, [`ENOSPC`] if there are too many, [`ENXIO`] if the
    /// transport is gone, [`ENOMEM`]; the log says why. A transport in C says [`ENXIO`] for all.
    pub fn create_channel(&self, info: &ChannelInfo) -> Result {
        // SAFETY: The device is valid by the type invariants, and registered as it is bound.
        if let Some(result) = unsafe { transport::create_channel(self.as_raw(), info) } {
            return result;
        }
        // SAFETY: The device is valid by the type invariants, the other for the call.
        let created = unsafe { super::rpmsg_create_channel(self.as_raw(), &mut info.to_raw()) };
        if created.is_null() {
            Err(ENXIO)
        } else {
            Ok(())
        }
    }

    /// Counts an announcement of the other side's name service that was refused. Returns how many of
    /// its kind there are now: of the first one the log should tell in any case. Any context.
    ///
    /// For the name service's driver. Transports in C do not count, that gives 0.
    pub fn count_refusal(&self, refusal: Refusal) -> usize {
        // SAFETY: The device is valid by the type invariants, and registered as it is bound.
        unsafe { transport::count_refusal(self.as_raw(), refusal) }
    }

    /// Removes the channel beside this one that `info` describes. Process context, may sleep, until
    /// its driver is unbound.
    ///
    /// # Errors
    ///
    /// [`EDEADLK`] if that is this channel itself, whose unbinding waits for its own callbacks;
    /// [`EINVAL`] if there is none; [`EPERM`] for those of the transport.
    pub fn release_channel(&self, info: &ChannelInfo) -> Result {
        if info.fits(self) {
            return Err(EDEADLK);
        }
        // SAFETY: The device is valid by the type invariants, the other for the call.
        to_result(unsafe { super::rpmsg_release_channel(self.as_raw(), &mut info.to_raw()) })
    }
}

/// What the bus does with a channel.
impl Device<CoreInternal<'_>> {
    /// Powers the device's PM domain, if it has one, until it is unbound.
    pub(crate) fn attach_pm_domain(&self) -> Result {
        // SAFETY: The device is valid and about to be bound.
        to_result(unsafe { bindings::rpmsg_attach_pm_domain(self.as_ref().to_raw()) })
    }

    /// Announces the channel to the other side, if its transport does that.
    pub(crate) fn announce(&self) -> Result {
        // SAFETY: A registered device has its transport's operations, and is valid.
        unsafe {
            match (*(*self.as_raw()).ops).announce_create {
                Some(announce_create) => to_result(announce_create(self.as_raw())),
                None => Ok(()),
            }
        }
    }

    /// Tells the other side that the channel goes. An error is the transport's to report; the
    /// channel goes either way.
    pub(crate) fn announce_end(&self) {
        // SAFETY: As in `announce`.
        unsafe {
            if let Some(announce_destroy) = (*(*self.as_raw()).ops).announce_destroy {
                announce_destroy(self.as_raw());
            }
        }
    }
}
