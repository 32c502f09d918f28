// SPDX-License-Identifier: GPL-2.0

//! The memory of a virtio device's buffers, which its driver allocates.
//!
//! It comes from the processor's pool, or from the place in a carveout where the firmware expects
//! it. The processor sees these pages, as long as they are the buffers'.

use crate::{
    crash::Fault,
    mapping::{
        map_in_place,
        unmap, //
    },
    memory::{
        Part,
        Printable, //
    },
    Device, //
};
use amp::{
    child::allocator::{
        Allocation,
        Allocator, //
    },
    coherent::Memory,
    iommu::Domain,
    window::Window, //
};
use kernel::{
    new_mutex,
    page::page_align,
    prelude::*,
    sync::{
        aref::ARef,
        Arc,
        Mutex, //
    }, //
};
use proto::Name;

/// Where a virtio device's buffers come from.
pub(crate) struct Buffers {
    rproc: ARef<Device>,
    domain: Option<Arc<Domain<Fault>>>,
    /// What they are, for messages.
    name: Name,
    area: Option<Arc<Area>>,
}

/// A place that buffers must lie in.
#[pin_data]
struct Area {
    part: Part,
    /// What is given out: start and end, by start.
    #[pin]
    given: Mutex<KVec<(usize, usize)>>,
}

/// Memory for some buffers.
enum Source {
    Pool(Memory),
    Area { area: Arc<Area>, start: usize },
}

/// Buffers that the processor sees.
struct Given {
    domain: Option<Arc<Domain<Fault>>>,
    /// What was mapped for them.
    iovas: KVec<u64>,
    len: usize,
    source: Source,
}

impl Buffers {
    /// Buffers from `part`, or from the processor's pool.
    pub(crate) fn new(
        rproc: &Device,
        domain: Option<Arc<Domain<Fault>>>,
        name: Name,
        part: Option<Part>,
    ) -> Result<KBox<Self>> {
        let area = match part {
            Some(part) => Some(Arc::pin_init(
                pin_init!(Area {
                    part,
                    given <- new_mutex!(KVec::new(), "remoteproc::Area"),
                }),
                GFP_KERNEL,
            )?),
            None => None,
        };
        Ok(KBox::new(
            Self {
                rproc: rproc.into(),
                domain,
                name,
                area,
            },
            GFP_KERNEL,
        )?)
    }
}

impl Area {
    /// Takes the first `len` bytes that are free.
    fn take(&self, len: usize) -> Result<usize> {
        let mut given = self.given.lock();
        let mut start = 0usize;
        let mut index = 0;

        for (used, end) in given.iter() {
            if used - start >= len {
                break;
            }
            start = *end;
            index += 1;
        }
        let end = start.checked_add(len).ok_or(ENOMEM)?;
        if end > self.part.len() {
            return Err(ENOMEM);
        }
        given.reserve(1, GFP_KERNEL)?;
        given
            .insert_within_capacity(index, (start, end))
            .map_err(|_| ENOMEM)?;
        Ok(start)
    }

    fn give_back(&self, start: usize) {
        self.given.lock().retain(|(used, _)| *used != start);
    }
}

impl Allocator for Buffers {
    fn alloc(&self, len: usize) -> Result<KBox<dyn Allocation>> {
        let len = page_align(len).filter(|len| *len != 0).ok_or(ENOMEM)?;
        let source = match &self.area {
            None => Source::Pool(Memory::alloc(self.rproc.parent(), len)?),
            Some(area) => {
                let start = area.take(len).inspect_err(|_| {
                    dev_err!(
                        self.rproc.as_ref(),
                        "{}: no {:#x} bytes are free of the {:#x} that its firmware has for buffers\n",
                        Printable(&self.name),
                        len,
                        area.part.len()
                    );
                })?;
                Source::Area {
                    area: area.clone(),
                    start,
                }
            }
        };
        // On failure its drop undoes what was done.
        let mut given: KBox<Given> = KBox::new(
            Given {
                domain: self.domain.clone(),
                iovas: KVec::new(),
                len,
                source,
            },
            GFP_KERNEL,
        )?;
        given.window().ok_or(ENOMEM)?.zero(0, len)?;
        if let Some(domain) = &self.domain {
            let pa = given.dma_address();
            given.iovas = map_in_place(&self.rproc, domain, &self.name, pa, len as u64)?;
        }
        Ok(given)
    }
}

impl Allocation for Given {
    fn window(&self) -> Option<Window<'_>> {
        match &self.source {
            Source::Pool(memory) => Some(memory.window()),
            Source::Area { area, start } => area.part.window()?.part(*start, self.len),
        }
    }

    fn dma_address(&self) -> u64 {
        match &self.source {
            Source::Pool(memory) => memory.dma_address(),
            Source::Area { area, start } => area.part.dma_address().wrapping_add(*start as u64),
        }
    }
}

impl Drop for Given {
    fn drop(&mut self) {
        if let Some(domain) = &self.domain {
            unmap(domain, &self.iovas);
        }
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        if let Source::Area { area, start } = self {
            area.give_back(*start);
        }
    }
}
