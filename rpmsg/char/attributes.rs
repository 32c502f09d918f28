// SPDX-License-Identifier: GPL-2.0

//! The attributes of a device in sysfs. Addresses are signed numbers here: -1 is any.
//!
//! User-space ABI: [`Documentation/ABI/testing/sysfs-bus-rpmsg`](srctree/Documentation/ABI/testing/sysfs-bus-rpmsg)
//! has those of channels; these are named alike.

use crate::device::Eptdev;
use amp::{
    cdev::CharDevice,
    sysfs::{
        Attribute,
        Output, //
    }, //
};
use kernel::{
    fmt::Write,
    prelude::*, //
};

struct NameOf;
struct Src;
struct Dst;
struct Dropped;

#[vtable]
impl Attribute for NameOf {
    type Device = CharDevice<Eptdev>;
    const NAME: &'static CStr = c"name";

    fn show(dev: &CharDevice<Eptdev>, out: &mut Output<'_>) -> Result {
        out.line(dev.info.name.as_bytes())
    }
}

#[vtable]
impl Attribute for Src {
    type Device = CharDevice<Eptdev>;
    const NAME: &'static CStr = c"src";

    fn show(dev: &CharDevice<Eptdev>, out: &mut Output<'_>) -> Result {
        Ok(writeln!(out, "{}", dev.src().0 as i32)?)
    }
}

#[vtable]
impl Attribute for Dst {
    type Device = CharDevice<Eptdev>;
    const NAME: &'static CStr = c"dst";

    fn show(dev: &CharDevice<Eptdev>, out: &mut Output<'_>) -> Result {
        Ok(writeln!(out, "{}", dev.info.dst.0 as i32)?)
    }
}

#[vtable]
impl Attribute for Dropped {
    type Device = CharDevice<Eptdev>;
    const NAME: &'static CStr = c"dropped";

    fn show(dev: &CharDevice<Eptdev>, out: &mut Output<'_>) -> Result {
        Ok(writeln!(out, "{}", dev.inbox.dropped())?)
    }
}

amp::device_attributes! {
    /// The attributes of a device; `dropped` is not in the C module.
    pub(crate) static ATTRIBUTES: CharDevice<Eptdev> = [NameOf, Src, Dst, Dropped];
}
