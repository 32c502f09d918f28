// SPDX-License-Identifier: GPL-2.0

//! `struct rpmsg_driver`: a driver as the bus sees it, whatever language it is written in.

use super::{
    table::RawTable,
    RawEndpoint, //
};
use crate::Device;
use amp::bus::driver::{
    Callbacks,
    Kind, //
};
use amp_bindings as bindings;
use kernel::{
    device::{
        CoreInternal,
        DeviceContext, //
    },
    error::to_result,
    ffi::c_int,
    prelude::*, //
};

amp::bus_driver! {
    /// A driver of channels.
    pub struct Driver(bindings::rpmsg_driver) { drv }
}

impl Driver {
    /// The services that it is for.
    pub(crate) fn ids(&self) -> RawTable<'_> {
        // SAFETY: A registered driver has no table or a terminated one, for as long as it is
        // registered.
        unsafe { RawTable::from_raw((*self.as_raw()).id_table) }
    }

    /// Whether the bus has to give the driver's channels an endpoint.
    pub(crate) fn wants_endpoint(&self) -> bool {
        // SAFETY: By the type invariants the driver is valid; it doesn't change once registered.
        unsafe { (*self.as_raw()).callback.is_some() }
    }

    /// Gives a channel an endpoint with the driver's callbacks, whose messages wait until it is
    /// ready.
    pub(crate) fn create_endpoint(&self, dev: &Device<CoreInternal<'_>>) -> Result<RawEndpoint> {
        // SAFETY: As in `wants_endpoint`.
        let (callback, flow) = unsafe { ((*self.as_raw()).callback, (*self.as_raw()).flowcontrol) };

        // SAFETY: The driver's callback takes what the driver makes of the private data.
        let ept = unsafe { RawEndpoint::create_held(dev, callback)? };
        ept.set_flow_callback(flow);
        Ok(ept)
    }

    /// Calls the driver's probe.
    pub(crate) fn probe(&self, dev: &Device<CoreInternal<'_>>) -> Result {
        // SAFETY: As in `wants_endpoint`. The function may be called with a device that matched.
        unsafe {
            match (*self.as_raw()).probe {
                Some(probe) => to_result(probe(dev.as_raw())),
                None => Ok(()),
            }
        }
    }

    /// Calls the driver's remove, once after each successful [`probe`](Driver::probe).
    pub(crate) fn remove(&self, dev: &Device<CoreInternal<'_>>) {
        // SAFETY: As in `wants_endpoint`; called by the bus only, in this order.
        unsafe {
            if let Some(remove) = (*self.as_raw()).remove {
                remove(dev.as_raw());
            }
        }
    }
}

/// What drivers in Rust are to C.
pub struct Rpmsg;

// SAFETY:
// - `Driver` and `Device` are transparent wrappers.
// - The bus calls probe and remove as required, see `crate::bus`.
unsafe impl Kind for Rpmsg {
    type Raw = bindings::rpmsg_driver;
    type Driver = Driver;
    type RawDevice = bindings::rpmsg_device;
    type Device<Ctx: DeviceContext> = Device<Ctx>;
    type Config = RawTable<'static>;

    unsafe fn register(
        rpdrv: *mut bindings::rpmsg_driver,
        ids: RawTable<'static>,
        callbacks: Callbacks<bindings::rpmsg_device>,
        module: *mut bindings::module,
    ) -> c_int {
        // SAFETY: By the function's requirements the driver is valid and unused.
        unsafe {
            (*rpdrv).id_table = ids.as_ptr();
            (*rpdrv).probe = Some(callbacks.probe);
            (*rpdrv).remove = Some(callbacks.remove);
            super::__register_rpmsg_driver(rpdrv, module)
        }
    }

    unsafe fn unregister(rpdrv: *mut bindings::rpmsg_driver) {
        // SAFETY: By the function's requirements.
        unsafe { super::unregister_rpmsg_driver(rpdrv) };
    }
}
