// SPDX-License-Identifier: GPL-2.0

//! `/sys/kernel/tracing/events/rpmsg`.

#[cfg(CONFIG_TRACEPOINTS)]
use crate::device::DeviceExt;
use kernel::{
    device::Device,
    prelude::*, //
};
use proto::{
    name_service::Announcement,
    rpmsg::Addr, //
};

tracepoint! {
    /// A message of `len` bytes was sent through the transport `dev`, or was not.
    fn send<'a>(dev: &'a Device, src: Addr, dst: Addr, len: usize, result: &'a Result) => rpmsg_send(
        dev.to_raw(),
        src.0,
        dst.0,
        len,
        result.err().map_or(0, Error::to_errno),
    );

    /// A driver gets a message of `len` bytes.
    fn receive<'a>(dev: &'a Device, src: Addr, dst: Addr, len: usize) => rpmsg_receive(
        dev.to_raw(),
        src.0,
        dst.0,
        len,
    );

    /// The other side is told to look at a queue.
    fn kick<'a>(dev: &'a Device, queue: u32) => rpmsg_kick(dev.to_raw(), queue);

    /// A service appears or goes: one of ours, of which the other side is told, or one of its.
    fn name_service<'a>(dev: &'a Device, announcement: &'a Announcement, ours: bool) => rpmsg_name_service(
        dev.to_raw(),
        printable(announcement).as_ptr().cast(),
        announcement.addr.0,
        announcement.action == proto::name_service::Action::Create,
        ours,
    );

    /// The endpoint `src` asks `dst` to pause, or lets it go on: one of ours, or one of the other
    /// side.
    fn flow_control<'a>(
        dev: &'a Device,
        message: &'a proto::flow_control::FlowControl,
        ours: bool,
    ) => rpmsg_flow_control(
        dev.to_raw(),
        message.src.0,
        message.dst.0,
        message.pause,
        ours,
    );
}

/// The name as a C string. Who listens must not be told control characters.
#[cfg(CONFIG_TRACEPOINTS)]
fn printable(announcement: &Announcement) -> [u8; proto::Name::LEN + 1] {
    let mut text = [0; proto::Name::LEN + 1];
    for (to, from) in text.iter_mut().zip(announcement.name.as_bytes()) {
        *to = match from {
            b'!'..=b'~' => *from,
            _ => b'_',
        };
    }
    text
}
