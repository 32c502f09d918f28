// SPDX-License-Identifier: GPL-2.0

//! How many buffers a device has, and how large they are: the configuration space.
//!
//! The format is this project's; mainline knows no configuration space for rpmsg. Firmware that
//! wants other buffers than the default puts these 24 bytes, little-endian, at the start of it:
//!
//! | offset | type | field |
//! |---|---|---|
//! | 0 | u32 | magic, [`MAGIC`] ("rpmb") |
//! | 4 | u16 | version, [`VERSION`] |
//! | 6 | u16 | bytes of this structure, 24; more are ignored |
//! | 8 | u32 | size of a buffer from the host to the remote, header included |
//! | 12 | u32 | size of a buffer from the remote to the host, header included |
//! | 16 | u32 | buffers from the host to the remote, 0: as many as the vring has entries |
//! | 20 | u32 | buffers from the remote to the host, 0: as many as the vring has entries |
//!
//! Without the magic number the default holds: 512 bytes each.

use core::fmt;

use zerocopy::little_endian::{
    U16,
    U32, //
};
use zerocopy::FromBytes as _;
use zerocopy_derive::{
    FromBytes,
    Immutable,
    IntoBytes,
    KnownLayout,
    Unaligned, //
};

use super::BUFFER_LEN;

/// Bytes of the structure.
pub const LEN: usize = 24;
/// The first four bytes.
pub const MAGIC: u32 = u32::from_le_bytes(*b"rpmb");
/// The version of the structure.
pub const VERSION: u16 = 1;
/// The smallest buffer: a name-service message fits.
pub const MIN_SIZE: u32 = 64;
/// The largest buffer. A payload's length is 16 bits on the wire.
pub const MAX_SIZE: u32 = 64 * 1024;

/// The buffers of one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Direction {
    /// Bytes of each, header included.
    pub size: u32,
    /// How many; 0: as many as the vring has entries.
    pub count: u32,
}

/// The buffers of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Buffers {
    /// Those that the host sends in.
    pub to_remote: Direction,
    /// Those that the host receives in.
    pub to_host: Direction,
}

#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Wire {
    magic: U32,
    version: U16,
    len: U16,
    to_remote_size: U32,
    to_host_size: U32,
    to_remote_count: U32,
    to_host_count: U32,
}

const _: () = assert!(size_of::<Wire>() == LEN);

impl Default for Buffers {
    fn default() -> Self {
        Self::of_size(BUFFER_LEN as u32)
    }
}

impl Buffers {
    /// As many as the vrings have entries, all of this size.
    pub const fn of_size(size: u32) -> Self {
        let direction = Direction { size, count: 0 };
        Self {
            to_remote: direction,
            to_host: direction,
        }
    }

    /// What a configuration space says: `None` if it says nothing of buffers.
    ///
    /// # Errors
    ///
    /// If it has the magic number but makes no sense.
    pub fn parse(config: &[u8; LEN]) -> Result<Option<Self>, Error> {
        let Ok(wire) = Wire::read_from_bytes(config) else {
            return Ok(None);
        };
        if wire.magic.get() != MAGIC {
            return Ok(None);
        }
        let (version, len) = (wire.version.get(), wire.len.get());
        if version != VERSION || usize::from(len) < LEN {
            return Err(Error::Version { version, len });
        }
        Self {
            to_remote: Direction {
                size: wire.to_remote_size.get(),
                count: wire.to_remote_count.get(),
            },
            to_host: Direction {
                size: wire.to_host_size.get(),
                count: wire.to_host_count.get(),
            },
        }
        .checked()
        .map(Some)
    }

    /// The same, if the sizes are possible.
    ///
    /// # Errors
    ///
    /// [`Error::Size`] if one is not from [`MIN_SIZE`] to [`MAX_SIZE`] or no multiple of 8.
    pub fn checked(self) -> Result<Self, Error> {
        for size in [self.to_remote.size, self.to_host.size] {
            if !(MIN_SIZE..=MAX_SIZE).contains(&size) || size % 8 != 0 {
                return Err(Error::Size { size });
            }
        }
        Ok(self)
    }

    /// The structure as firmware puts it into its configuration space.
    pub const fn encode(&self) -> [u8; LEN] {
        zerocopy::transmute!(Wire {
            magic: U32::new(MAGIC),
            version: U16::new(VERSION),
            len: U16::new(LEN as u16),
            to_remote_size: U32::new(self.to_remote.size),
            to_host_size: U32::new(self.to_host.size),
            to_remote_count: U32::new(self.to_remote.count),
            to_host_count: U32::new(self.to_host.count),
        })
    }
}

/// What can be wrong with a description of buffers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// A structure of a kind that this code does not know.
    Version {
        /// Its version.
        version: u16,
        /// Its length in bytes.
        len: u16,
    },
    /// No size for a buffer.
    Size {
        /// In bytes.
        size: u32,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Version { version, len } => write!(
                f,
                "buffers in version {version} with {len} bytes, known is version {VERSION} with {LEN} or more"
            ),
            Self::Size { size } => write!(
                f,
                "buffers of {size} bytes, they have {MIN_SIZE} to {MAX_SIZE} bytes, a multiple of 8"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LARGE: Buffers = Buffers {
        to_remote: Direction {
            size: 4096,
            count: 8,
        },
        to_host: Direction {
            size: 65536,
            count: 0,
        },
    };

    #[test]
    fn there_and_back() {
        let bytes = LARGE.encode();
        assert_eq!(&bytes[..8], b"rpmb\x01\x00\x18\x00");
        assert_eq!(bytes[8..12], 4096u32.to_le_bytes());
        assert_eq!(bytes[20..24], [0; 4]);
        assert_eq!(Buffers::parse(&bytes), Ok(Some(LARGE)));
    }

    #[test]
    fn other_configuration_spaces() {
        assert_eq!(Buffers::parse(&[0; LEN]), Ok(None));
        assert_eq!(Buffers::parse(&[0xff; LEN]), Ok(None));
    }

    #[test]
    fn what_makes_no_sense() {
        let mut bytes = LARGE.encode();
        bytes[4] = 2;
        assert_eq!(
            Buffers::parse(&bytes),
            Err(Error::Version {
                version: 2,
                len: 24
            })
        );
        bytes[4] = 1;
        bytes[6] = 23;
        assert!(Buffers::parse(&bytes).is_err());

        for size in [0, 8, 63, 66, 65537, 65544, u32::MAX] {
            for at in [8, 12] {
                let mut bytes = LARGE.encode();
                bytes[at..at + 4].copy_from_slice(&size.to_le_bytes());
                assert_eq!(Buffers::parse(&bytes), Err(Error::Size { size }));
            }
        }
    }
}
