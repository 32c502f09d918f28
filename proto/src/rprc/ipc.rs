// SPDX-License-Identifier: GPL-2.0

//! Where buffers and vrings lie, which an RPRC image does not say.

use super::Error;
use crate::DeviceAddr;

/// The layout of the memory that both sides share: a fixed one, at the start of the first carveout.
///
/// It is that of the framework of 2011 on OMAP4: room for 512 buffers of 512 bytes, then the ring
/// for messages to the host, then the one for messages from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ipc {
    /// Where the remote sees the buffers, [`Ipc::BUFFERS_LEN`] bytes.
    pub buffers: DeviceAddr,
    /// Where it sees the rings, [`Ipc::VRING_LEN`] bytes each.
    pub vrings: [DeviceAddr; 2],
}

impl Ipc {
    /// Bytes of buffers.
    pub const BUFFERS_LEN: u32 = 0x4_0000;
    /// Bytes from one ring to the next.
    pub const VRING_LEN: u32 = 0x3000;
    /// Entries of a ring.
    pub const VRING_NUM: u32 = 256;
    /// Alignment of a ring's parts, in bytes.
    pub const VRING_ALIGN: u32 = 4096;
    /// Bytes of all of it.
    pub const LEN: u32 = Self::BUFFERS_LEN + 2 * Self::VRING_LEN;
    /// The feature that the remote offers, the name service.
    pub const FEATURES: u32 = 1;

    /// The layout in a carveout of `len` bytes at `da`.
    ///
    /// # Errors
    ///
    /// If it does not fit.
    pub fn new(da: DeviceAddr, len: u32) -> Result<Self, Error> {
        let fits = |before: u32| da.checked_add(before.into());
        let first = Self::BUFFERS_LEN;
        match (fits(first), fits(first + Self::VRING_LEN)) {
            (Some(rx), Some(tx)) if len >= Self::LEN => Ok(Self {
                buffers: da,
                vrings: [rx, tx],
            }),
            _ => Err(Error::IpcLen { da, len }),
        }
    }
}

const _: () = assert!(Ipc::LEN == 0x4_6000);
