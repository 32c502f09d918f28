// SPDX-License-Identifier: GPL-2.0

//! Runtime power management.
//!
//! C header: [`include/linux/pm_runtime.h`](srctree/include/linux/pm_runtime.h)

use crate::device::DeviceExt;
use amp_bindings as bindings;
use kernel::{
    device::{
        Bound,
        Device, //
    },
    error::to_result,
    ffi::c_int,
    prelude::*,
    sync::aref::ARef, //
};

/// `RPM_GET_PUT`, a macro that bindgen does not follow.
const GET_PUT: c_int = 0x04;

/// Runtime power management of a device, enabled until this is dropped.
pub struct Runtime(ARef<Device>);

impl Runtime {
    /// Enables it. Process context.
    pub fn enable(dev: &Device<Bound>) -> Self {
        let dev: &Device = dev;
        // SAFETY: The device is valid.
        unsafe { bindings::pm_runtime_enable(dev.to_raw()) };
        Self(dev.into())
    }

    /// Powers the device on for one more user; [`Self::put`] must follow. May sleep.
    pub fn get(&self) -> Result {
        // SAFETY: The device is valid.
        let ret = unsafe { bindings::__pm_runtime_resume(self.0.to_raw(), GET_PUT) };
        to_result(ret.min(0)).inspect_err(|_| self.put())
    }

    /// One user less. May sleep.
    pub fn put(&self) {
        // What it returns is about the idle device, of which the driver core tells.
        // SAFETY: The device is valid.
        unsafe { bindings::__pm_runtime_idle(self.0.to_raw(), GET_PUT) };
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        // SAFETY: The device is valid, and was enabled.
        unsafe { bindings::__pm_runtime_disable(self.0.to_raw(), true) };
    }
}
