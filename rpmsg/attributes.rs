// SPDX-License-Identifier: GPL-2.0

//! The attributes of a channel in sysfs.
//!
//! User-space ABI: [`Documentation/ABI/testing/sysfs-bus-rpmsg`](srctree/Documentation/ABI/testing/sysfs-bus-rpmsg)

use crate::{
    names,
    Device, //
};
use kernel::fmt::Write;

amp::read_only_attribute! {
    /// `name`: the service, as it was announced.
    struct NameOf(Device) = c"name", |dev, out| out.line(dev.name().as_bytes())
}

amp::read_only_attribute! {
    /// `modalias`: by which user space finds a driver.
    struct Modalias(Device) = c"modalias", |dev, out| {
        out.line(names::modalias(dev)?.to_bytes())
    }
}

amp::read_only_attribute! {
    /// `dst`: the address on the other side.
    struct Dst(Device) = c"dst", |dev, out| Ok(writeln!(out, "{:#x}", dev.dst().0)?)
}

amp::read_only_attribute! {
    /// `src`: the address on this side.
    struct Src(Device) = c"src", |dev, out| Ok(writeln!(out, "{:#x}", dev.src().0)?)
}

amp::read_only_attribute! {
    /// `announce`: whether the other side is told of the channel.
    struct Announce(Device) = c"announce", |dev, out| Ok(writeln!(out, "{}", dev.is_announced())?)
}

amp::device_attributes! {
    /// The attributes of a channel.
    pub(crate) static CHANNEL_ATTRIBUTES: Device = [NameOf, Modalias, Dst, Src, Announce];
}
