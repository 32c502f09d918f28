// SPDX-License-Identifier: GPL-2.0

//! What the remote offers.

use core::fmt;

use proto::rpmsg::Addr;
use proto::vring::Fault;
use proto::Name;

/// A service: an endpoint on the remote's side.
pub trait Service {
    /// The address at which it receives.
    fn addr(&self) -> Addr;

    /// The name under which it is announced to Linux; `None` if it is not.
    fn name(&self) -> Option<Name> {
        None
    }

    /// A message has come from the endpoint `from`.
    ///
    /// `out` has room for one message at least. The payload is a copy that nobody changes.
    fn receive(&mut self, from: Addr, payload: &[u8], out: &mut dyn Outbox);
}

/// Where messages to Linux go.
pub trait Outbox {
    /// Sends `payload` from the endpoint `src` of this side to the endpoint `dst` of Linux.
    ///
    /// # Errors
    ///
    /// If the message does not fit a buffer, or if Linux holds all the buffers: then it is the
    /// sender's choice to drop the message or to try again later.
    fn send(&mut self, src: Addr, dst: Addr, payload: &[u8]) -> Result<(), SendError>;
}

/// Why a message was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendError {
    /// Linux has not yet given a buffer back.
    NoBuffer,
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

impl From<Fault> for SendError {
    fn from(fault: Fault) -> Self {
        Self::Ring(fault)
    }
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoBuffer => f.write_str("no buffer is free"),
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

    fn receive(&mut self, from: Addr, payload: &[u8], out: &mut dyn Outbox) {
        // It fits, since it has just come out of such a buffer, and there is room for one: the
        // only other failure is a broken ring, which the next poll reports.
        let _ = out.send(self.addr, from, payload);
    }
}
