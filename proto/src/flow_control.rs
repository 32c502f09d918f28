// SPDX-License-Identifier: GPL-2.0

//! Flow-control messages: how an endpoint asks another one to pause sending to it, or to go on.
//!
//! The format is the one proposed for OpenAMP; mainline's transport has none. A message of 12 bytes,
//! little-endian, to [`Addr::FLOW_CONTROL`], from any address:
//!
//! | offset | type | field |
//! |---|---|---|
//! | 0 | u32 | the sender's endpoint, which wants nothing for now, or something again |
//! | 4 | u32 | the receiver's endpoint, which is to pause or may go on |
//! | 8 | u32 | flags: bit 0 set: go on; clear: pause; the other bits mean nothing |
//!
//! Only to a side that takes part: both have the feature [`F_FC`](crate::rpmsg::F_FC) then.

use core::fmt;

use zerocopy::little_endian::U32;
use zerocopy::FromBytes as _;
use zerocopy_derive::{
    FromBytes,
    Immutable,
    IntoBytes,
    KnownLayout,
    Unaligned, //
};

use crate::rpmsg::Addr;

/// Bytes of a flow-control message, no more and no less.
pub const MESSAGE_LEN: usize = 12;

const READY: u32 = 1 << 0;

/// A flow-control message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlowControl {
    /// The sender's endpoint: nothing more is to be sent there, until it is ready again.
    pub src: Addr,
    /// The receiver's endpoint, which this is about.
    pub dst: Addr,
    /// Whether to pause, or else to go on.
    pub pause: bool,
}

#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Wire {
    src: U32,
    dst: U32,
    flags: U32,
}

const _: () = assert!(size_of::<Wire>() == MESSAGE_LEN);

impl FlowControl {
    /// Parses the payload of a message to [`Addr::FLOW_CONTROL`].
    ///
    /// # Errors
    ///
    /// - [`Error::Length`] if it is not exactly [`MESSAGE_LEN`] bytes long.
    /// - [`Error::Address`] if one of the two addresses is [`Addr::ANY`].
    pub fn parse(payload: &[u8]) -> Result<Self, Error> {
        let wire = Wire::read_from_bytes(payload).map_err(|_| Error::Length {
            received: payload.len(),
        })?;
        let (src, dst) = (Addr(wire.src.get()), Addr(wire.dst.get()));
        if !src.is_definite() || !dst.is_definite() {
            return Err(Error::Address { src, dst });
        }
        Ok(Self {
            src,
            dst,
            pause: wire.flags.get() & READY == 0,
        })
    }

    /// Encodes the message as it goes on the wire.
    pub fn encode(&self) -> [u8; MESSAGE_LEN] {
        zerocopy::transmute!(Wire {
            src: U32::new(self.src.0),
            dst: U32::new(self.dst.0),
            flags: U32::new(if self.pause { 0 } else { READY }),
        })
    }
}

/// What can be wrong with a flow-control message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// Not [`MESSAGE_LEN`] bytes.
    Length {
        /// Bytes of payload that came.
        received: usize,
    },
    /// It does not say who is to pause for whom.
    Address {
        /// The sender's endpoint.
        src: Addr,
        /// The receiver's endpoint.
        dst: Addr,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Length { received } => write!(
                f,
                "a flow-control message of {received} bytes, it must be exactly {MESSAGE_LEN}"
            ),
            Self::Address { src, dst } => write!(
                f,
                "flow control between {src} and {dst}, it needs two definite addresses"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn layout() {
        let mut bytes = [0, 4, 0, 0, 60, 0, 0, 0, 0, 0, 0, 0];
        let pause = FlowControl {
            src: Addr(1024),
            dst: Addr(60),
            pause: true,
        };
        assert_eq!(FlowControl::parse(&bytes), Ok(pause));
        assert_eq!(pause.encode(), bytes);

        bytes[8] = 1;
        let resume = FlowControl {
            pause: false,
            ..pause
        };
        assert_eq!(FlowControl::parse(&bytes), Ok(resume));
        assert_eq!(resume.encode(), bytes);

        // Bits that nobody has defined.
        bytes[8] = 0xfe;
        assert_eq!(FlowControl::parse(&bytes), Ok(pause));
    }

    #[test]
    fn exactly_twelve_bytes() {
        for received in [0, 11, 13, 40] {
            assert_eq!(
                FlowControl::parse(&[0; 40][..received]),
                Err(Error::Length { received })
            );
        }
        assert_eq!(
            Error::Length { received: 11 }.to_string(),
            "a flow-control message of 11 bytes, it must be exactly 12"
        );
    }

    #[test]
    fn nobody_in_particular() {
        let everybody = FlowControl {
            src: Addr(60),
            dst: Addr::ANY,
            pause: true,
        };
        let error = FlowControl::parse(&everybody.encode()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "flow control between 0x3c and 0xffffffff, it needs two definite addresses"
        );
    }
}
