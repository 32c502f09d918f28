// SPDX-License-Identifier: GPL-2.0

//! What the remote offers.

use core::fmt;

use proto::name_service::Announcement;
use proto::rpmsg::Addr;
use proto::vring::Fault;
use proto::Name;

use crate::Buffer;
use crate::Held;
use crate::Incoming;

/// A service: an endpoint on the remote's side.
///
/// Each of the functions that get an [`Outbox`] has room for one message at least.
pub trait Service {
    /// The address at which it receives.
    fn addr(&self) -> Addr;

    /// The name under which it is announced to Linux; `None` if it is not.
    fn name(&self) -> Option<Name> {
        None
    }

    /// A message has come from the endpoint `from`. The payload is a copy that nobody changes.
    ///
    /// Not called by itself if there is a [`Service::receive_in_place`], which is first.
    fn receive(&mut self, from: Addr, payload: &[u8], out: &mut dyn Outbox) {
        let _ = (from, payload, out);
    }

    /// A message has come, and nothing of it but the header was copied.
    ///
    /// # Errors
    ///
    /// If the ring is broken, which is the end of this remote.
    fn receive_in_place(
        &mut self,
        message: Incoming<'_>,
        out: &mut dyn Outbox,
    ) -> Result<(), Fault> {
        let from = message.from();
        if let Some(payload) = message.copy()? {
            self.receive(from, payload, out);
        }
        Ok(())
    }

    /// Linux has announced a service of its own, or taken it back. All services are told.
    ///
    /// A client of that service sends to [`Announcement::addr`].
    fn linux_service(&mut self, announcement: &Announcement, out: &mut dyn Outbox) {
        let _ = (announcement, out);
    }

    /// The endpoint `peer` of Linux wants nothing from this service for now, or something again.
    /// What is sent to it meanwhile is refused with [`SendError::Paused`].
    fn flow(&mut self, peer: Addr, paused: bool, out: &mut dyn Outbox) {
        let _ = (peer, paused, out);
    }
}

/// The way to Linux.
pub trait Outbox {
    /// Sends `payload` from the endpoint `src` of this side to the endpoint `dst` of Linux.
    ///
    /// # Errors
    ///
    /// If the message does not fit a buffer, if Linux holds all the buffers or has paused `src`:
    /// then it is the sender's choice to drop the message or to try again later.
    fn send(&mut self, src: Addr, dst: Addr, payload: &[u8]) -> Result<(), SendError>;

    /// The buffer in which the next message will go, to be filled in place.
    ///
    /// What is never committed is used by the next message.
    fn reserve(&mut self) -> Result<Buffer<'_>, SendError>;

    /// Sends the first `len` bytes of payload of the buffer that was reserved last.
    ///
    /// # Errors
    ///
    /// As [`Outbox::send`]; the buffer is still reserved then.
    fn commit(&mut self, src: Addr, dst: Addr, len: usize) -> Result<(), SendError>;

    /// Sends the payload of a message on, from buffer to buffer.
    fn forward(&mut self, message: &Incoming<'_>, src: Addr, dst: Addr) -> Result<(), SendError> {
        message.copy_to(&mut self.reserve()?)?;
        self.commit(src, dst, message.len())
    }

    /// Asks the endpoint `peer` of Linux to pause sending to `service`, or to go on.
    ///
    /// # Errors
    ///
    /// [`SendError::NoFlowControl`] if Linux does not take part, or as [`Outbox::send`].
    fn pause(&mut self, service: Addr, peer: Addr, pause: bool) -> Result<(), SendError>;

    /// Announces a service, or takes it back, besides what [`Service::name`] announces.
    fn announce(&mut self, announcement: &Announcement) -> Result<(), SendError>;

    /// Copies `to.len()` bytes from offset `at` of a message that is held.
    ///
    /// # Errors
    ///
    /// [`SendError::Gone`] if the driver from which it came has gone.
    fn read(&self, held: &Held, at: usize, to: &mut [u8]) -> Result<(), SendError>;

    /// Gives the buffer of a message back to Linux, if it is still there.
    fn release(&mut self, held: Held) -> Result<(), Fault>;
}

/// Why a message was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendError {
    /// Linux has not yet given a buffer back.
    NoBuffer,
    /// The receiver wants nothing for now; [`Service::flow`] says when it does.
    Paused,
    /// Linux does not take part in flow control.
    NoFlowControl,
    /// The driver that had the buffer is not there any more.
    Gone,
    /// The payload is longer than the buffers.
    TooLong {
        /// Its size in bytes.
        len: usize,
        /// The room in a buffer, in bytes.
        room: usize,
    },
    /// The ring is broken.
    Ring(Fault),
}

impl SendError {
    /// For senders who can do without: a message that was not sent is dropped, only a broken ring
    /// is an error.
    pub fn or_drop(result: Result<(), Self>) -> Result<(), Fault> {
        match result {
            Err(Self::Ring(fault)) => Err(fault),
            _ => Ok(()),
        }
    }
}

impl From<Fault> for SendError {
    fn from(fault: Fault) -> Self {
        Self::Ring(fault)
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoBuffer => f.write_str("no buffer is free"),
            Self::Paused => f.write_str("the receiver has paused the sender"),
            Self::NoFlowControl => f.write_str("Linux does not take part in flow control"),
            Self::Gone => f.write_str("Linux's driver has gone"),
            Self::TooLong { len, room } => {
                write!(f, "{len} bytes of payload, a buffer has room for {room}")
            }
            Self::Ring(fault) => fault.fmt(f),
        }
    }
}

/// Sends every message back to its sender.
#[derive(Clone, Copy, Debug)]
pub struct Echo {
    name: Name,
    addr: Addr,
}

impl Echo {
    /// An echo called `name` at `addr`.
    ///
    /// # Panics
    ///
    /// If the name is longer than 31 bytes.
    pub const fn new(name: &str, addr: Addr) -> Self {
        match Name::new(name) {
            Some(name) => Self { name, addr },
            None => panic!("the name of a service has at most 31 bytes"),
        }
    }
}

impl Service for Echo {
    fn addr(&self) -> Addr {
        self.addr
    }

    fn name(&self) -> Option<Name> {
        Some(self.name)
    }

    fn receive_in_place(
        &mut self,
        message: Incoming<'_>,
        out: &mut dyn Outbox,
    ) -> Result<(), Fault> {
        // There is room for one, and it fits, since it has just come out of such a buffer, unless
        // the buffers to Linux are smaller.
        SendError::or_drop(out.forward(&message, self.addr, message.from()))
    }
}
