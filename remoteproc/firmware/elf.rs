// SPDX-License-Identifier: GPL-2.0

//! ELF32 and ELF64, with mainline's resource table in section `.resource_table`.

use super::{
    Format,
    Refusal,
    Segment, //
};
use crate::request::{
    Layout,
    TableImage, //
};
use kernel::prelude::*;
use proto::elf::{
    Class,
    Elf, //
};

impl<'a> Format<'a> for Elf<'a> {
    fn name(&self) -> &'static str {
        match self.class() {
            Class::Elf32 => "ELF32",
            Class::Elf64 => "ELF64",
        }
    }

    fn machine(&self) -> Option<u16> {
        Some(Elf::machine(self))
    }

    fn for_each_boot_addr(&self, f: &mut dyn FnMut(u64)) {
        f(self.entry().0);
    }

    fn for_each_segment(&self, f: &mut dyn FnMut(&Segment<'a>) -> Result) -> Result {
        self.segments().try_for_each(|segment| {
            f(&Segment {
                index: segment.index,
                da: segment.da.0,
                memsz: segment.memsz,
                data: segment.data,
            })
        })
    }

    fn table(&self) -> Result<Option<TableImage<'a>>, Refusal> {
        let section = self.section(".resource_table")?;
        Ok(section.map(|section| TableImage {
            bytes: section.data,
            da: section.da.0,
            layout: Layout::Mainline,
        }))
    }
}
