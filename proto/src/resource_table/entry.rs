// SPDX-License-Identifier: GPL-2.0

//! Carveouts, device memory and trace buffers.

use core::mem::offset_of;

use zerocopy::little_endian::U32;

use super::reserved;
use super::wire;
use super::At;
use super::Error;
use crate::DeviceAddr;
use crate::Name;
use crate::PhysAddr;

/// A request for memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Carveout {
    /// Where the entry begins in the table, in bytes.
    pub offset: usize,
    /// Where the remote wants to see the memory; `None` for anywhere.
    pub da: Option<DeviceAddr>,
    /// Where it should lie; `None` for anywhere. Only meaningful to hosts without an allocator.
    pub pa: Option<PhysAddr>,
    /// Size in bytes.
    pub len: u32,
    /// IOMMU protection flags.
    pub flags: u32,
    /// For humans, and to match memory that the platform has set aside.
    pub name: Name,
}

impl Carveout {
    pub(super) fn parse(at: At<'_>) -> Result<Self, Error> {
        let wire: wire::Memory = at.read("carveout entry")?;
        reserved("carveout entry", at.offset, [&wire.reserved])?;
        Ok(Self {
            offset: at.offset,
            da: any(wire.da).map(DeviceAddr::from),
            pa: any(wire.pa).map(PhysAddr::from),
            len: wire.len.get(),
            flags: wire.flags.get(),
            name: Name::from_wire(wire.name),
        })
    }

    /// Where in the table to write the device address back, a little-endian u32.
    pub fn da_offset(&self) -> usize {
        self.offset.saturating_add(offset_of!(wire::Memory, da))
    }

    /// Where in the table to write the physical address back, a little-endian u32.
    pub fn pa_offset(&self) -> usize {
        self.offset.saturating_add(offset_of!(wire::Memory, pa))
    }
}

/// A request to map a physical range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Devmem {
    /// Where the entry begins in the table, in bytes.
    pub offset: usize,
    /// Where the remote wants to see it.
    pub da: DeviceAddr,
    /// What it wants to see.
    pub pa: PhysAddr,
    /// Size in bytes.
    pub len: u32,
    /// IOMMU protection flags.
    pub flags: u32,
    /// For humans.
    pub name: Name,
}

impl Devmem {
    pub(super) fn parse(at: At<'_>) -> Result<Self, Error> {
        let wire: wire::Memory = at.read("devmem entry")?;
        reserved("devmem entry", at.offset, [&wire.reserved])?;
        Ok(Self {
            offset: at.offset,
            da: wire.da.get().into(),
            pa: wire.pa.get().into(),
            len: wire.len.get(),
            flags: wire.flags.get(),
            name: Name::from_wire(wire.name),
        })
    }
}

/// A trace buffer: text that the remote writes and the host shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Where the entry begins in the table, in bytes.
    pub offset: usize,
    /// Where the remote sees the buffer.
    pub da: DeviceAddr,
    /// Its size in bytes.
    pub len: u32,
    /// For humans.
    pub name: Name,
}

impl Trace {
    pub(super) fn parse(at: At<'_>) -> Result<Self, Error> {
        let wire: wire::Trace = at.read("trace entry")?;
        reserved("trace entry", at.offset, [&wire.reserved])?;
        Ok(Self {
            offset: at.offset,
            da: wire.da.get().into(),
            len: wire.len.get(),
            name: Name::from_wire(wire.name),
        })
    }
}

/// The address in `word`, or `None` if it is "any".
pub(super) fn any(word: U32) -> Option<u32> {
    match word.get() {
        wire::ANY => None,
        address => Some(address),
    }
}
