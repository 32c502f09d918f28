// SPDX-License-Identifier: GPL-2.0

//! Channels: the devices of the bus.

use crate::{
    Addr,
    Device,
    Name, //
};
use amp::device::DeviceExt;
use amp_bindings as bindings;
use kernel::{
    device::{
        self,
        Bound, //
    },
    prelude::*, //
};

/// What identifies a channel on its transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelInfo {
    /// The name of the service.
    pub name: Name,
    /// The address on this side; [`Addr::ANY`]: whichever is free, or does not matter.
    pub src: Addr,
    /// The address on the other side; [`Addr::ANY`]: none, or does not matter.
    pub dst: Addr,
}

impl ChannelInfo {
    /// The C form, in which the name ends with a NUL byte; for the C ABI edge.
    pub fn to_raw(self) -> bindings::rpmsg_channel_info {
        bindings::rpmsg_channel_info {
            name: self.name.terminated().to_wire(),
            src: self.src.0,
            dst: self.dst.0,
        }
    }

    /// From the C form, for the C ABI edge. The name counts up to its NUL byte or its 32nd byte, as
    /// strncmp() takes it.
    pub fn from_raw(raw: &bindings::rpmsg_channel_info) -> Self {
        Self {
            name: Name::from_wire(raw.name),
            src: Addr(raw.src),
            dst: Addr(raw.dst),
        }
    }

    /// Whether a channel is the one that `self` describes. [`Addr::ANY`] in `self` fits all.
    pub(crate) fn fits(&self, channel: &Device<impl device::DeviceContext>) -> bool {
        let fits = |wanted: Addr, is: Addr| !wanted.is_definite() || wanted == is;

        fits(self.src, channel.src())
            && fits(self.dst, channel.dst())
            && self.name.as_bytes() == channel.name().as_bytes()
    }
}

impl<Ctx: device::DeviceContext> Device<Ctx> {
    /// The processor on the other side, as a device: the transport's.
    pub fn parent(&self) -> Option<&device::Device> {
        self.as_ref().parent_device()
    }
}

/// Sending: for bound drivers.
///
/// All of this may sleep. The functions fail with what [`Port`] says, and with [`ENXIO`] when
/// the channel is being removed.
impl Device<Bound> {
    /// Sends `payload` to the channel's other end; waits up to 15 s for a buffer.
    pub fn send(&self, payload: &[u8]) -> Result {
        self.port()?.send(payload)
    }

    /// As [`send`](Device::send), to another address of the same processor.
    pub fn send_to(&self, payload: &[u8], dst: Addr) -> Result {
        self.port()?.send_to(payload, dst)
    }

    /// As [`send`](Device::send), but fails with [`ENOMEM`] instead of waiting for a buffer.
    pub fn try_send(&self, payload: &[u8]) -> Result {
        self.port()?.try_send(payload)
    }

    /// As [`send_to`](Device::send_to), but fails with [`ENOMEM`] instead of waiting for a buffer.
    pub fn try_send_to(&self, payload: &[u8], dst: Addr) -> Result {
        self.port()?.try_send_to(payload, dst)
    }

    /// The longest payload in bytes.
    pub fn mtu(&self) -> Result<usize> {
        self.port()?.mtu()
    }
}
