// SPDX-License-Identifier: GPL-2.0

//! RPRC, the format that the framework had before ELF, with resource entries of its own.

use super::{
    Format,
    Refusal,
    Segment, //
};
use crate::request::{
    Layout,
    TableImage, //
};
use core::fmt;
use kernel::prelude::*;
use proto::rprc::{
    Kind,
    Rprc,
    Version, //
};

impl<'a> Format<'a> for Rprc<'a> {
    fn name(&self) -> &'static str {
        match self.version() {
            Version::V1 => "RPRC version 1",
            Version::V2 => "RPRC version 2",
        }
    }

    fn machine(&self) -> Option<u16> {
        None
    }

    fn for_each_boot_addr(&self, f: &mut dyn FnMut(u64)) {
        self.boot_addrs().for_each(|da| f(da.0));
    }

    fn for_each_segment(&self, f: &mut dyn FnMut(&Segment<'a>) -> Result) -> Result {
        self.segments().try_for_each(|section| {
            f(&Segment {
                index: section.index,
                da: section.da.0,
                memsz: section.data.len() as u64,
                data: section.data,
            })
        })
    }

    fn for_each_ignored(&self, f: &mut dyn FnMut(usize, &dyn fmt::Display)) {
        self.sections()
            .filter(|section| matches!(section.kind, Kind::Mmu | Kind::Signature))
            .for_each(|section| f(section.index, &section.kind));
    }

    fn table(&self) -> Result<Option<TableImage<'a>>, Refusal> {
        // The layout of the shared memory is checked with all the rest.
        self.ipc().transpose()?;
        Ok(self.resource_section().map(|section| TableImage {
            bytes: section.data,
            da: section.da.0,
            layout: Layout::Rprc(self.version()),
        }))
    }
}
