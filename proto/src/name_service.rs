// SPDX-License-Identifier: GPL-2.0

//! Name-service messages: how a remote says which services it has, and where.
//!
//! C header: `struct rpmsg_ns_msg` in `include/linux/rpmsg/ns.h`.

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
use crate::Name;

/// Bytes of a name-service message, no more and no less.
pub const MESSAGE_LEN: usize = 40;

const DESTROY: u32 = 1 << 0;

/// What happens to the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// It is there from now on (`RPMSG_NS_CREATE`).
    Create,
    /// It is gone (`RPMSG_NS_DESTROY`).
    Destroy,
}

/// A name-service message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// The service's name: whatever the sender wrote, see [`Name`].
    pub name: Name,
    /// The sender's endpoint that serves it.
    pub addr: Addr,
    /// Whether it appears or disappears.
    pub action: Action,
}

#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Wire {
    name: [u8; Name::LEN],
    addr: U32,
    flags: U32,
}

const _: () = assert!(size_of::<Wire>() == MESSAGE_LEN);

impl Announcement {
    /// Parses the payload of a message to [`Addr::NAME_SERVICE`].
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if it is not exactly [`MESSAGE_LEN`] bytes long.
    pub fn parse(payload: &[u8]) -> Result<Self, Error> {
        let wire = Wire::read_from_bytes(payload).map_err(|_| Error::Length {
            received: payload.len(),
        })?;
        Ok(Self {
            name: Name::from_wire(wire.name),
            addr: Addr(wire.addr.get()),
            action: match wire.flags.get() & DESTROY {
                0 => Action::Create,
                _ => Action::Destroy,
            },
        })
    }

    /// Encodes the message as it goes on the wire.
    pub fn encode(&self) -> [u8; MESSAGE_LEN] {
        zerocopy::transmute!(Wire {
            name: self.name.to_wire(),
            addr: U32::new(self.addr.0),
            flags: U32::new(match self.action {
                Action::Create => 0,
                Action::Destroy => DESTROY,
            }),
        })
    }
}

/// What can be wrong with a name-service message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// Not [`MESSAGE_LEN`] bytes.
    Length {
        /// Bytes of payload that came.
        received: usize,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Length { received } = *self;
        write!(
            f,
            "a name-service message of {received} bytes, it must be exactly {MESSAGE_LEN}"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layout() {
        let mut bytes = [0; MESSAGE_LEN];
        bytes[..3].copy_from_slice(b"abc");
        bytes[32..36].copy_from_slice(&60u32.to_le_bytes());
        let create = Announcement::parse(&bytes).unwrap();
        assert_eq!(
            create,
            Announcement {
                name: Name::new("abc").unwrap(),
                addr: Addr(60),
                action: Action::Create,
            }
        );
        assert_eq!(create.encode(), bytes);

        bytes[36] = 1;
        let destroy = Announcement::parse(&bytes).unwrap();
        assert_eq!(destroy.action, Action::Destroy);
        assert_eq!(destroy.encode(), bytes);
    }

    #[test]
    fn exactly_forty_bytes() {
        for received in [0, 39, 41, 512] {
            let bytes = [0; 512];
            assert_eq!(
                Announcement::parse(&bytes[..received]),
                Err(Error::Length { received })
            );
        }
    }
}
