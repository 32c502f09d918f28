// SPDX-License-Identifier: GPL-2.0

//! A vendor entry of ours: rpmsg channels that exist without an announcement.
//!
//! For firmware that has no name service, or that wants Linux to serve something at a fixed address.
//! After the type, [`KIND`], come a u32 with the number of channels and as many of these, all
//! little-endian; hosts that don't know the entry skip it.
//!
//! | bytes | field | |
//! |---|---|---|
//! | 32 | name | of the service, padded with zeroes |
//! | 4 | src | the address on Linux's side, 0xFFFFFFFF for any: then Linux is the client |
//! | 4 | dst | the address on the remote's side, 0xFFFFFFFF for none: then Linux is the server |

use core::fmt;

use zerocopy::little_endian::U32;
use zerocopy::FromBytes as _;
use zerocopy_derive::FromBytes;
use zerocopy_derive::Immutable;
use zerocopy_derive::IntoBytes;
use zerocopy_derive::KnownLayout;
use zerocopy_derive::Unaligned;

use crate::rpmsg::Addr;
use crate::Name;

/// The type of the entry.
pub const KIND: u32 = 256;

/// The most channels in an entry.
pub const MAX: u32 = 64;

/// A channel that exists without an announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaticChannel {
    /// The name of the service.
    pub name: Name,
    /// The address on Linux's side; [`Addr::ANY`] for whichever is free.
    pub src: Addr,
    /// The address on the remote's side; [`Addr::ANY`] for a server.
    pub dst: Addr,
}

impl StaticChannel {
    /// Whether it has a name and somebody's address.
    pub fn is_valid(&self) -> bool {
        !self.name.is_empty() && (self.src.is_definite() || self.dst.is_definite())
    }
}

/// A channel in the entry.
#[derive(Clone, Copy, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Wire {
    /// See [`StaticChannel::name`].
    pub name: [u8; Name::LEN],
    /// See [`StaticChannel::src`].
    pub src: U32,
    /// See [`StaticChannel::dst`].
    pub dst: U32,
}

impl Wire {
    /// The form on the wire.
    pub const fn new(channel: StaticChannel) -> Self {
        Self {
            name: channel.name.to_wire(),
            src: U32::new(channel.src.0),
            dst: U32::new(channel.dst.0),
        }
    }
}

/// Why an entry is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The entry ends before its channels do.
    Short {
        /// Bytes that it has, the type not counted.
        len: usize,
        /// Bytes that it needs.
        need: usize,
    },
    /// More than [`MAX`] channels.
    TooMany {
        /// How many.
        num: u32,
    },
    /// A channel has no name, or no address on either side.
    Nobody {
        /// Its place in the entry, from 0.
        index: usize,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Short { len, need } => {
                write!(f, "static channels in {len} bytes, {need} are needed")
            }
            Self::TooMany { num } => write!(f, "{num} static channels, {MAX} are allowed"),
            Self::Nobody { index } => {
                write!(
                    f,
                    "static channel {index} needs a name and at least one address"
                )
            }
        }
    }
}

/// The channels of an entry, `bytes` being what follows its type.
///
/// # Errors
///
/// If any of them is wrong: all are looked at before the first one is returned.
pub fn parse(bytes: &[u8]) -> Result<impl Iterator<Item = StaticChannel> + '_, Error> {
    let short = |need| Error::Short {
        len: bytes.len(),
        need,
    };
    let (num, rest) = U32::ref_from_prefix(bytes).map_err(|_| short(size_of::<U32>()))?;
    let num = num.get();
    if num > MAX {
        return Err(Error::TooMany { num });
    }
    // CAST: At most MAX.
    let (wires, _) = <[Wire]>::ref_from_prefix_with_elems(rest, num as usize)
        .map_err(|_| short(size_of::<U32>() + num as usize * size_of::<Wire>()))?;
    let channels = wires.iter().map(|wire| StaticChannel {
        name: Name::from_wire(wire.name),
        src: Addr(wire.src.get()),
        dst: Addr(wire.dst.get()),
    });
    if let Some(index) = channels.clone().position(|channel| !channel.is_valid()) {
        return Err(Error::Nobody { index });
    }
    Ok(channels)
}
