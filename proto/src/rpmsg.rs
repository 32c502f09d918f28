// SPDX-License-Identifier: GPL-2.0

//! The rpmsg message header.
//!
//! C header: `struct rpmsg_hdr` in `drivers/rpmsg/virtio_rpmsg_bus.c`.

use core::fmt;
use core::ops::Range;

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

pub mod buffers;

/// Bytes of the header in front of each payload.
pub const HEADER_LEN: usize = 16;
/// Bytes of a message buffer by default, header included.
pub const BUFFER_LEN: usize = 512;
/// Bytes of payload that a default buffer holds.
pub const PAYLOAD_LEN: usize = BUFFER_LEN - HEADER_LEN;
/// The most buffers a default device uses, half of them in each direction.
pub const MAX_BUFFERS: usize = 512;
/// The virtio device id of rpmsg (`VIRTIO_ID_RPMSG`).
pub const VIRTIO_ID: u32 = 7;
/// The feature bit that says that the remote announces services (`VIRTIO_RPMSG_F_NS`).
pub const F_NS: u32 = 0;
/// The feature bit that says that both sides do flow control, see
/// [`flow_control`](crate::flow_control). `VIRTIO_RPMSG_F_FC`, as proposed for OpenAMP.
pub const F_FC: u32 = 1;
/// Feature bit, an extension of ours: the remote wants to hear when a channel to one of its services
/// has got its driver on the host. The host then announces the client's address to the remote's name
/// service, under the name of the service, as if it were a service of the host's own.
pub const F_BOUND: u32 = 16;

/// The address of an endpoint, unique on its side of the bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct Addr(pub u32);

impl Addr {
    /// No particular address (`RPMSG_ADDR_ANY`): never valid on the wire.
    pub const ANY: Self = Self(u32::MAX);
    /// Where name-service messages go.
    pub const NAME_SERVICE: Self = Self(53);
    /// Where flow-control messages go.
    pub const FLOW_CONTROL: Self = Self(64);
    /// The first address given to endpoints that ask for no particular one; those below are
    /// reserved for well-known services.
    pub const FIRST_DYNAMIC: Self = Self(1024);

    /// Whether this is a definite address, not [`Addr::ANY`].
    #[inline]
    pub const fn is_definite(self) -> bool {
        self.0 != Self::ANY.0
    }
}

impl fmt::Display for Addr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

/// What precedes a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// The sender's endpoint.
    pub src: Addr,
    /// The receiver's endpoint.
    pub dst: Addr,
    /// Zero when sent; receivers ignore it.
    pub reserved: u32,
    /// Bytes of payload behind the header. From the remote: a claim, see
    /// [`Header::payload`].
    pub len: u16,
    /// Zero: no flag is defined.
    pub flags: u16,
}

#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Wire {
    src: U32,
    dst: U32,
    reserved: U32,
    len: U16,
    flags: U16,
}

const _: () = assert!(size_of::<Wire>() == HEADER_LEN);

impl Header {
    /// The header of a message of `len` bytes from `src` to `dst`.
    #[inline]
    pub const fn new(src: Addr, dst: Addr, len: u16) -> Self {
        Self {
            src,
            dst,
            reserved: 0,
            len,
            flags: 0,
        }
    }

    /// Decodes a header. Every pattern of bits is a header; its claims are checked by
    /// [`Header::payload`].
    #[inline]
    pub fn decode(bytes: &[u8; HEADER_LEN]) -> Self {
        let wire: Wire = zerocopy::transmute!(*bytes);
        Self {
            src: Addr(wire.src.get()),
            dst: Addr(wire.dst.get()),
            reserved: wire.reserved.get(),
            len: wire.len.get(),
            flags: wire.flags.get(),
        }
    }

    /// Decodes the header at the start of a message; [`None`] if there are not enough bytes for one.
    /// Quicker if they are aligned as words are.
    #[inline]
    pub fn from_prefix(message: &[u8]) -> Option<Self> {
        match <[u32; HEADER_LEN / 4]>::ref_from_prefix(message) {
            Ok((words, _)) => Some(Self::decode(&zerocopy::transmute!(*words))),
            Err(_) => Self::from_bytes(message),
        }
    }

    /// Not inlined: the compiler would find that this does the same as the other way, and take this.
    #[cold]
    #[inline(never)]
    fn from_bytes(message: &[u8]) -> Option<Self> {
        message.first_chunk().map(Self::decode)
    }

    /// Encodes the header as it goes on the wire, as words of memory.
    #[inline]
    pub fn encode_words(&self) -> [u32; HEADER_LEN / 4] {
        zerocopy::transmute!(self.encode())
    }

    /// Encodes the header as it goes on the wire.
    #[inline]
    pub fn encode(&self) -> [u8; HEADER_LEN] {
        zerocopy::transmute!(Wire {
            src: U32::new(self.src.0),
            dst: U32::new(self.dst.0),
            reserved: U32::new(self.reserved),
            len: U16::new(self.len),
            flags: U16::new(self.flags),
        })
    }

    /// Where the payload lies in a buffer of which the sender has filled `received` bytes.
    ///
    /// `received` is what the ring says, already bounded by the buffer's own size. Bytes behind
    /// the payload are allowed, as mainline's transport allows them.
    ///
    /// # Errors
    ///
    /// [`Error::Short`] if there is no room for a header, [`Error::Payload`] if the header claims
    /// more payload than was received.
    #[inline]
    pub fn payload(&self, received: usize) -> Result<Range<usize>, Error> {
        let available = received
            .checked_sub(HEADER_LEN)
            .ok_or(Error::Short { received })?;
        let claimed = usize::from(self.len);
        if claimed > available {
            return Err(Error::Payload { claimed, available });
        }
        Ok(HEADER_LEN..HEADER_LEN + claimed)
    }

    /// Whether this looks like a header of remote firmware older than September 2011, which used
    /// the order len, flags, src, dst, unused.
    ///
    /// Only a hint for an error message, for messages to addresses that nobody has: read in
    /// today's order, such a header has its destination in the reserved field and no payload.
    pub fn looks_outdated(&self, received: usize) -> bool {
        let len_and_flags = self.src.0;
        self.reserved != 0
            && self.len == 0
            && self.flags == 0
            && usize::try_from(len_and_flags)
                .is_ok_and(|len| len.saturating_add(HEADER_LEN) <= received)
    }
}

/// A whole message: a header and the payload that it describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// The decoded header.
    pub header: Header,
    /// Exactly `header.len` bytes.
    pub payload: &'a [u8],
}

impl<'a> Message<'a> {
    /// Parses a received message: the bytes that the sender has filled, in memory that nobody
    /// writes any more.
    ///
    /// # Errors
    ///
    /// As [`Header::payload`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let received = bytes.len();
        let (header, _) =
            <[u8; HEADER_LEN]>::read_from_prefix(bytes).map_err(|_| Error::Short { received })?;
        let header = Header::decode(&header);
        let range = header.payload(received)?;
        let payload = bytes.get(range).ok_or(Error::Short { received })?;
        Ok(Self { header, payload })
    }
}

/// What can be wrong with a received message. Sizes are in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// Not even a header.
    Short {
        /// What the ring says was written.
        received: usize,
    },
    /// The header promises more than came.
    Payload {
        /// What the header says.
        claimed: usize,
        /// What came behind the header.
        available: usize,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Short { received } => write!(
                f,
                "a message of {received} bytes is too short, its header alone takes {HEADER_LEN}"
            ),
            Self::Payload { claimed, available } => write!(
                f,
                "a header claims {claimed} bytes of payload, but only {available} were received"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;
    use std::vec;

    const BYTES: [u8; 20] = [
        0x00, 0x04, 0, 0, 53, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, b'a', b'b', b'c', b'!',
    ];

    #[test]
    fn layout() {
        let message = Message::parse(&BYTES).unwrap();
        assert_eq!(message.header.src, Addr::FIRST_DYNAMIC);
        assert_eq!(message.header.dst, Addr::NAME_SERVICE);
        assert_eq!(message.payload, b"abc");
        assert_eq!(message.header.encode(), BYTES[..16]);
        assert_eq!(
            message.header,
            Header::new(Addr::FIRST_DYNAMIC, Addr::NAME_SERVICE, 3)
        );
    }

    #[test]
    fn bad_lengths() {
        assert_eq!(
            Message::parse(&BYTES[..15]),
            Err(Error::Short { received: 15 })
        );
        assert_eq!(
            Message::parse(&BYTES[..18]),
            Err(Error::Payload {
                claimed: 3,
                available: 2
            })
        );
        assert!(Message::parse(&BYTES[..19]).is_ok());
        assert_eq!(
            Error::Short { received: 15 }.to_string(),
            "a message of 15 bytes is too short, its header alone takes 16"
        );
    }

    #[test]
    fn outdated() {
        let mut bytes = vec![0; 32];
        bytes[0] = 16;
        bytes[4] = 60;
        bytes[8] = 53;
        let header = Message::parse(&bytes).unwrap().header;
        assert!(header.looks_outdated(bytes.len()));
        assert!(!Message::parse(&BYTES).unwrap().header.looks_outdated(20));
    }
}
