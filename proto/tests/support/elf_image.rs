// SPDX-License-Identifier: GPL-2.0

//! Makes ELF images, for the tests and for the seeds of the fuzzer.

use proto::elf::Class;

/// A segment to be put into an image.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    pub(crate) kind: u32,
    pub(crate) flags: u32,
    pub(crate) da: u64,
    pub(crate) memsz: u64,
    pub(crate) data: Vec<u8>,
}

/// A section to be put into an image, which gets a table of names besides.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    pub(crate) name: String,
    pub(crate) kind: u32,
    pub(crate) da: u64,
    pub(crate) data: Vec<u8>,
}

#[derive(Clone, Debug)]
pub(crate) struct Image {
    pub(crate) class: Class,
    pub(crate) machine: u16,
    pub(crate) entry: u64,
    pub(crate) segments: Vec<Segment>,
    pub(crate) sections: Vec<Section>,
}

struct Writer {
    class: Class,
    bytes: Vec<u8>,
}

impl Writer {
    fn u16(&mut self, value: u16) {
        self.bytes.extend(value.to_le_bytes());
    }

    fn u32(&mut self, value: u32) {
        self.bytes.extend(value.to_le_bytes());
    }

    fn word(&mut self, value: u64) {
        match self.class {
            Class::Elf32 => self.u32(value as u32),
            Class::Elf64 => self.bytes.extend(value.to_le_bytes()),
        }
    }
}

impl Image {
    /// The image: header, segment headers, contents, section headers.
    pub(crate) fn build(&self) -> Vec<u8> {
        let (ehsize, phsize, shsize) = match self.class {
            Class::Elf32 => (52, 32, 40),
            Class::Elf64 => (64, 56, 64),
        };
        let mut names = vec![0];
        let mut sections = self.sections.clone();
        sections.push(Section {
            name: ".shstrtab".into(),
            kind: 3,
            da: 0,
            data: vec![],
        });
        let name_offsets: Vec<u32> = sections
            .iter()
            .map(|section| {
                let offset = names.len() as u32;
                names.extend(section.name.bytes());
                names.push(0);
                offset
            })
            .collect();
        sections.last_mut().unwrap().data = names;

        let mut offset = (ehsize + phsize * self.segments.len()) as u64;
        let mut place = |data: &[u8]| {
            let here = offset;
            offset += data.len() as u64;
            here
        };
        let segment_offsets: Vec<u64> = self.segments.iter().map(|s| place(&s.data)).collect();
        let section_offsets: Vec<u64> = sections.iter().map(|s| place(&s.data)).collect();
        let shoff = offset;

        let mut w = Writer {
            class: self.class,
            bytes: Vec::new(),
        };
        w.bytes.extend(b"\x7fELF");
        w.bytes.push(match self.class {
            Class::Elf32 => 1,
            Class::Elf64 => 2,
        });
        w.bytes.extend([1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        w.u16(2); // executable
        w.u16(self.machine);
        w.u32(1);
        w.word(self.entry);
        w.word(ehsize as u64);
        w.word(shoff);
        w.u32(0);
        w.u16(ehsize as u16);
        w.u16(phsize as u16);
        w.u16(self.segments.len() as u16);
        w.u16(shsize as u16);
        w.u16(sections.len() as u16);
        w.u16(sections.len() as u16 - 1);
        assert_eq!(w.bytes.len(), ehsize);

        for (segment, offset) in self.segments.iter().zip(segment_offsets) {
            w.u32(segment.kind);
            if self.class == Class::Elf64 {
                w.u32(segment.flags);
            }
            w.word(offset);
            w.word(0x1234); // the virtual address, which nobody looks at
            w.word(segment.da);
            w.word(segment.data.len() as u64);
            w.word(segment.memsz);
            if self.class == Class::Elf32 {
                w.u32(segment.flags);
            }
            w.word(1);
        }
        for segment in &self.segments {
            w.bytes.extend(&segment.data);
        }
        for section in &sections {
            w.bytes.extend(&section.data);
        }
        assert_eq!(w.bytes.len() as u64, shoff);
        for ((section, offset), name) in sections.iter().zip(section_offsets).zip(name_offsets) {
            w.u32(name);
            w.u32(section.kind);
            w.word(0);
            w.word(section.da);
            w.word(offset);
            w.word(section.data.len() as u64);
            w.u32(0);
            w.u32(0);
            w.word(1);
            w.word(0);
        }
        w.bytes
    }
}
