// SPDX-License-Identifier: GPL-2.0

//! `/sys/kernel/tracing/events/remoteproc`.

#[cfg(CONFIG_TRACEPOINTS)]
use crate::device::DeviceExt;
use kernel::{
    device::Device,
    prelude::*, //
};

tracepoint! {
    /// The processor `dev` has gone from one state to another, numbers of `enum rproc_state`.
    fn state<'a>(dev: &'a Device, from: u32, to: u32) => rproc_state(dev.to_raw(), from, to);

    /// The processor was started with firmware of `len` bytes, or was not.
    fn boot<'a>(dev: &'a Device, firmware: &'a CStr, len: usize, result: &'a Result) => rproc_boot(
        dev.to_raw(),
        firmware.as_char_ptr(),
        len,
        result.err().map_or(0, Error::to_errno),
    );

    /// The processor has crashed, for one of the reasons of `enum rproc_crash_type`.
    fn crash<'a>(dev: &'a Device, kind: u32) => rproc_crash(dev.to_raw(), kind);
}
