// SPDX-License-Identifier: GPL-2.0

//! The memory of a processor: where its addresses lead, as far as Linux can reach.

use crate::{
    ops::Platform,
    Device, //
};
use amp::{
    coherent::Memory,
    window::Window, //
};
use kernel::{
    fmt,
    prelude::*,
    str::CString,
    sync::Arc, //
};
use proto::Name;

/// Memory that was allocated for the processor.
#[derive(Clone)]
pub(crate) struct Carveout {
    /// Name from the resource table, or that of a vring.
    pub(crate) name: Name,
    /// Where the processor sees it.
    pub(crate) da: u64,
    /// The memory.
    pub(crate) memory: Arc<Memory>,
}

/// A part of a carveout; keeps the memory.
#[derive(Clone)]
pub(crate) struct Part {
    memory: Arc<Memory>,
    offset: usize,
    len: usize,
}

impl Part {
    /// All of `memory`.
    pub(crate) fn whole(memory: &Arc<Memory>) -> Self {
        Self {
            memory: memory.clone(),
            offset: 0,
            len: memory.len(),
        }
    }

    /// The memory itself.
    pub(crate) fn window(&self) -> Option<Window<'_>> {
        self.memory.window().part(self.offset, self.len)
    }

    /// Its length in bytes.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The address by which the processor sees it without an IOMMU.
    pub(crate) fn dma_address(&self) -> u64 {
        self.memory.dma_address().wrapping_add(self.offset as u64)
    }

    /// Its physical address.
    pub(crate) fn pa(&self) -> u64 {
        self.memory.pa().wrapping_add(self.offset as u64)
    }
}

impl Carveout {
    /// The `len` bytes at `da`, if the carveout has all of them.
    pub(crate) fn part(&self, da: u64, len: usize) -> Option<Part> {
        let offset = usize::try_from(da.checked_sub(self.da)?).ok()?;
        let end = offset.checked_add(len)?;

        (end <= self.memory.len()).then(|| Part {
            memory: self.memory.clone(),
            offset,
            len,
        })
    }
}

impl Device {
    /// Calls `f` with the `len` bytes that the processor sees at `da`.
    ///
    /// Internal memories come first, then carveouts. [`None`] if no memory has all of the bytes.
    /// May sleep.
    pub fn with_window<R>(
        &self,
        da: u64,
        len: usize,
        f: impl FnOnce(Window<'_>) -> R,
    ) -> Option<R> {
        if let Some(ops) = self.ops.enter() {
            if let Some(window) = ops.translate(self, da, len) {
                return Some(f(window));
            }
        }
        let part = self.carveout_part(da, len)?;
        Some(f(part.window()?))
    }

    /// The `len` bytes at `da`, if one carveout has all of them.
    pub(crate) fn carveout_part(&self, da: u64, len: usize) -> Option<Part> {
        self.carveouts.lock().iter().find_map(|c| c.part(da, len))
    }

    /// The carveout called `name`.
    pub(crate) fn carveout(&self, name: &Name) -> Option<Carveout> {
        self.carveouts
            .lock()
            .iter()
            .find(|c| c.name == *name)
            .cloned()
    }

    /// All memories, for an error message: `l2ram 0x20000000-0x2000ffff, text 0x0-0xfffff`.
    pub(crate) fn memories(&self) -> Memories<'_> {
        Memories(self)
    }
}

/// Formats the memories of a processor.
pub(crate) struct Memories<'a>(&'a Device);

impl fmt::Display for Memories<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        let mut entry = |f: &mut fmt::Formatter<'_>, name: fmt::Arguments<'_>, da: u64, len| {
            let last = da.saturating_add(len).saturating_sub(1);
            write!(f, "{}{} {:#x}-{:#x}", separator, name, da, last)?;
            separator = ", ";
            Ok(())
        };

        if let Some(ops) = self.0.ops.enter() {
            let ops: &dyn Platform = &**ops;
            let mut index = 0;
            while let Some(memory) = ops.memory(index) {
                entry(
                    f,
                    fmt!("{}", memory.name),
                    memory.da,
                    memory.window.len() as u64,
                )?;
                index += 1;
            }
        }
        for carveout in self.0.carveouts.lock().iter() {
            let len = carveout.memory.len() as u64;
            entry(f, fmt!("{}", Printable(&carveout.name)), carveout.da, len)?;
        }
        if separator.is_empty() {
            f.write_str("none")?;
        }
        Ok(())
    }
}

/// Makes the name of a memory.
pub(crate) fn name(text: fmt::Arguments<'_>) -> Result<Name> {
    let text = CString::try_from_fmt(text)?;
    text.to_str().ok().and_then(Name::new).ok_or(EINVAL)
}

/// A name from firmware, for messages: what is not printable is escaped.
pub(crate) struct Printable<'a>(pub(crate) &'a Name);

impl core::fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("(unnamed)");
        }
        core::fmt::Display::fmt(self.0, f)
    }
}

// The kernel's print macros have a trait of their own.
impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        core::fmt::Display::fmt(self, f)
    }
}
