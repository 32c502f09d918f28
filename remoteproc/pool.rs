// SPDX-License-Identifier: GPL-2.0

//! Memory for the processor, of its pool: anywhere, or at a place that firmware chooses. All may sleep.
//!
//! The DMA API gives out the first place that is large enough, and can't be asked for another one.
//! Firmware can: RPRC has physical addresses, and without an IOMMU a device address is one. So what
//! lies before that place is taken first and given back afterwards.

use crate::{
    errno::Errno,
    memory::Printable,
    Device, //
};
use amp::{
    coherent::Memory,
    reserved_memory::{
        region,
        Region, //
    }, //
};
use kernel::{
    fmt,
    page::{
        page_align,
        PAGE_SIZE, //
    },
    prelude::*, //
};
use proto::Name;

/// Pieces of what is before the place that are taken; more make no sense in a pool that one processor
/// has.
const MAX_PIECES: usize = 64;

/// Why memory can't be where it must.
enum Unfit {
    /// There is no memory-region to choose a place in; memory came from this address.
    NoRegion(u64),
    /// The memory-region does not have the place.
    Outside(Region),
    /// The place, or a part of it, is in use, or not aligned as the allocator aligns such memory;
    /// the first place that is free behind it, if there is one.
    Taken(Region, Option<u64>),
    /// Something else.
    Failed(Error),
}

impl From<Error> for Unfit {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let last = |region: &Region| region.pa.saturating_add(region.len).saturating_sub(1);
        match self {
            Self::NoRegion(at) => {
                write!(f, "there is no memory-region, memory comes from {:#x}", at)
            }
            Self::Outside(region) => write!(
                f,
                "the memory-region is {:#x}-{:#x}",
                region.pa,
                last(region)
            ),
            Self::Taken(region, Some(next)) => write!(
                f,
                "of the memory-region {:#x}-{:#x} the next place for it is {:#x}",
                region.pa,
                last(region),
                next
            ),
            Self::Taken(region, None) => write!(
                f,
                "the memory-region {:#x}-{:#x} has no room there",
                region.pa,
                last(region)
            ),
            Self::Failed(error) => write!(f, "{}", Errno(*error)),
        }
    }
}

/// Allocates `len` bytes, a multiple of pages, at `place`, which is what `address` says of memory:
/// [`Memory::pa`] or [`Memory::dma_address`].
///
/// Meanwhile others may find the pool full for a moment; the processor itself is not running yet.
fn alloc_at(
    rproc: &Device,
    len: usize,
    place: u64,
    address: fn(&Memory) -> u64,
) -> Result<Memory, Unfit> {
    let alloc = |len| Memory::alloc(rproc.parent(), len);
    let Ok(region) = region(rproc.parent(), 0) else {
        let memory = alloc(len)?;
        let at = address(&memory);
        return if at == place {
            Ok(memory)
        } else {
            Err(Unfit::NoRegion(at))
        };
    };
    let holds = |start: u64, len: u64| {
        start
            .checked_sub(region.pa)
            .and_then(|offset| offset.checked_add(len))
            .is_some_and(|end| end <= region.len)
    };
    if !holds(place, len as u64) {
        return Err(Unfit::Outside(region));
    }

    let mut before = KVec::with_capacity(MAX_PIECES, GFP_KERNEL).map_err(Error::from)?;
    while before.len() < MAX_PIECES {
        let Ok(memory) = alloc(len) else { break };
        let at = address(&memory);
        if at == place {
            return Ok(memory);
        }
        // Somebody else's memory, if the region could not be made a pool.
        if at > place || !holds(at, len as u64) {
            return Err(Unfit::Taken(region, Some(at)));
        }
        drop(memory);
        // Not all that is before the place need be free: the largest piece that ends there at most.
        let mut gap = usize::try_from(place - at).map_err(Error::from)?;
        let piece = loop {
            match alloc(gap) {
                Ok(piece) if address(&piece).saturating_add(gap as u64) <= place => break piece,
                _ if gap <= PAGE_SIZE => return Err(Unfit::Taken(region, None)),
                _ => gap = page_align(gap / 2).unwrap_or(PAGE_SIZE),
            }
        };
        before.push(piece, GFP_KERNEL).map_err(Error::from)?;
    }
    Err(Unfit::Taken(region, None))
}

/// Memory wherever there is some.
pub(crate) fn anywhere(rproc: &Device, name: &Name, len: usize) -> Result<Memory> {
    Memory::alloc(rproc.parent(), len).inspect_err(|_| {
        dev_err!(
            rproc.as_ref(),
            "no {:#x} bytes of contiguous memory for {}: is the memory-region large enough?\n",
            len,
            Printable(name)
        );
    })
}

/// Memory at the physical address `pa`, as firmware insists on.
pub(crate) fn fixed(rproc: &Device, name: &Name, pa: u64, len: usize) -> Result<Memory> {
    alloc_at(rproc, len, pa, Memory::pa).map_err(|unfit| {
        dev_err!(
            rproc.as_ref(),
            "{} (size {:#x}) must lie at {:#x}: {}; firmware with 0 there takes any place\n",
            Printable(name),
            len,
            pa,
            unfit
        );
        ENOSPC
    })
}

/// Memory at the address `da`, at which a processor without an IOMMU will look for it. If there is
/// none it may be elsewhere, as with mainline: the driver may know how to lead the processor there.
pub(crate) fn in_place(rproc: &Device, name: &Name, da: u64, len: usize) -> Result<Memory> {
    alloc_at(rproc, len, da, Memory::dma_address).or_else(|unfit| {
        let memory = anywhere(rproc, name, len)?;
        dev_warn!(
            rproc.as_ref(),
            "{} (size {:#x}) is at {:#x}, not at {:#x} as firmware wants, and there is no IOMMU: {}\n",
            Printable(name),
            len,
            memory.dma_address(),
            da,
            unfit
        );
        Ok(memory)
    })
}
