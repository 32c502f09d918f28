// SPDX-License-Identifier: GPL-2.0

//! `/sys/class/remoteproc`: the same files and words as with mainline's.

use crate::{
    state::State,
    Device, //
};
use amp::{
    class::Class,
    sysfs::{
        self,
        Attribute,
        Output, //
    }, //
};
use kernel::{
    fmt::Write,
    prelude::*, //
};

/// The class `remoteproc`.
pub(crate) static CLASS: Class<Device> = Class::new(c"remoteproc").with_groups(&ATTRIBUTES);

amp::device_attributes! {
    /// Files of each processor.
    static ATTRIBUTES: Device = [Coredump, Recovery, FirmwareName, StateName, Name];
}

/// `state`: read what it does; write `start` or `stop`.
struct StateName;

#[vtable]
impl Attribute for StateName {
    type Device = Device;
    const NAME: &'static CStr = c"state";

    fn show(rproc: &Device, out: &mut Output<'_>) -> Result {
        Ok(writeln!(out, "{}", State::name_of(rproc.raw().state()))?)
    }

    fn store(rproc: &Device, text: &[u8]) -> Result {
        writable(rproc)?;
        match sysfs::trim(text) {
            // What went wrong was reported where it did.
            b"start" => rproc.boot(),
            b"stop" => rproc.shutdown(),
            b"detach" => Err(EOPNOTSUPP),
            _ => {
                dev_err!(rproc.as_ref(), "write start or stop to state\n");
                Err(EINVAL)
            }
        }
    }
}

/// `firmware`: the file that the next start loads.
struct FirmwareName;

#[vtable]
impl Attribute for FirmwareName {
    type Device = Device;
    const NAME: &'static CStr = c"firmware";

    fn show(rproc: &Device, out: &mut Output<'_>) -> Result {
        let core = rproc.lock_interruptible()?;
        if core.state == State::Attached {
            // Somebody else loaded something.
            return Ok(writeln!(out, "unknown")?);
        }
        out.line(core.firmware().to_bytes())
    }

    fn store(rproc: &Device, text: &[u8]) -> Result {
        writable(rproc)?;
        rproc.set_firmware(text)
    }
}

/// `name`: the name that the driver gave.
struct Name;

#[vtable]
impl Attribute for Name {
    type Device = Device;
    const NAME: &'static CStr = c"name";

    fn show(rproc: &Device, out: &mut Output<'_>) -> Result {
        out.line(rproc.name().to_bytes())
    }
}

/// `recovery`: whether a crash is followed by a restart.
struct Recovery;

#[vtable]
impl Attribute for Recovery {
    type Device = Device;
    const NAME: &'static CStr = c"recovery";

    fn show(rproc: &Device, out: &mut Output<'_>) -> Result {
        out.line(rproc.recovery_word().as_bytes())
    }

    fn store(rproc: &Device, text: &[u8]) -> Result {
        writable(rproc)?;
        rproc.set_recovery(sysfs::trim(text))
    }
}

/// `coredump`: what happens to the memory of a crashed processor; so far nothing.
struct Coredump;

#[vtable]
impl Attribute for Coredump {
    type Device = Device;
    const NAME: &'static CStr = c"coredump";

    fn show(_rproc: &Device, out: &mut Output<'_>) -> Result {
        Ok(writeln!(out, "disabled")?)
    }

    fn store(rproc: &Device, text: &[u8]) -> Result {
        writable(rproc)?;
        match sysfs::trim(text) {
            b"disabled" => Ok(()),
            b"enabled" | b"inline" => {
                dev_err!(rproc.as_ref(), "no coredumps yet\n");
                Err(EOPNOTSUPP)
            }
            _ => Err(EINVAL),
        }
    }
}

/// Some drivers want to be the only ones who start and stop their processor.
fn writable(rproc: &Device) -> Result {
    match rproc.raw().sysfs_read_only() {
        true => Err(EPERM),
        false => Ok(()),
    }
}
