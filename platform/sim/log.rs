// SPDX-License-Identifier: GPL-2.0

//! The simulated firmware's trace buffer, `trace0` in debugfs.

use crate::{
    bus::Bus,
    firmware, //
};
use core::fmt::{
    Arguments,
    Write, //
};
use rpmsg_remote::Trace;

/// Where the firmware writes what it wants to be read.
pub(crate) struct Log(pub(crate) Bus);

impl Log {
    /// Adds a line; when the buffer is full its older half goes.
    pub(crate) fn line(&self, line: Arguments<'_>) {
        let buffer = Trace::resume(
            self.0.clone(),
            firmware::TRACE_DA.into(),
            firmware::TRACE_LEN as usize,
        );
        if let Ok(mut buffer) = buffer {
            // Nobody could be told.
            let _ = writeln!(buffer, "{line}");
        }
    }
}
