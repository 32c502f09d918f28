// SPDX-License-Identifier: GPL-2.0

//! The attributes of a channel in sysfs.
//!
//! User-space ABI: [`Documentation/ABI/testing/sysfs-bus-rpmsg`](srctree/Documentation/ABI/testing/sysfs-bus-rpmsg)

use crate::{
    names,
    Device, //
};
use amp::sysfs::{
    Attribute,
    Output, //
};
use kernel::{
    fmt::Write,
    prelude::*, //
};

struct NameOf;
struct Modalias;
struct Dst;
struct Src;
struct Announce;

#[vtable]
impl Attribute for NameOf {
    type Device = Device;
    const NAME: &'static CStr = c"name";

    fn show(dev: &Device, out: &mut Output<'_>) -> Result {
        out.write_bytes(dev.name().as_bytes())?;
        out.write_bytes(b"\n")
    }
}

#[vtable]
impl Attribute for Modalias {
    type Device = Device;
    const NAME: &'static CStr = c"modalias";

    fn show(dev: &Device, out: &mut Output<'_>) -> Result {
        out.write_bytes(names::modalias(dev)?.to_bytes())?;
        out.write_bytes(b"\n")
    }
}

#[vtable]
impl Attribute for Dst {
    type Device = Device;
    const NAME: &'static CStr = c"dst";

    fn show(dev: &Device, out: &mut Output<'_>) -> Result {
        Ok(writeln!(out, "{:#x}", dev.dst().0)?)
    }
}

#[vtable]
impl Attribute for Src {
    type Device = Device;
    const NAME: &'static CStr = c"src";

    fn show(dev: &Device, out: &mut Output<'_>) -> Result {
        Ok(writeln!(out, "{:#x}", dev.src().0)?)
    }
}

#[vtable]
impl Attribute for Announce {
    type Device = Device;
    const NAME: &'static CStr = c"announce";

    fn show(dev: &Device, out: &mut Output<'_>) -> Result {
        Ok(writeln!(out, "{}", dev.is_announced())?)
    }
}

amp::device_attributes! {
    /// The attributes of a channel.
    pub(crate) static CHANNEL_ATTRIBUTES: Device = [NameOf, Modalias, Dst, Src, Announce];
}
