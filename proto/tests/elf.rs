// SPDX-License-Identifier: GPL-2.0

//! Properties of the ELF parser: it finds what is there, and nothing makes it leave the image.

#[path = "support/damage.rs"]
mod damage;
#[path = "support/elf_image.rs"]
mod elf_image;

use damage::damaged;
use elf_image::Image;
use elf_image::Section;
use elf_image::Segment;
use proptest::collection::vec;
use proptest::prelude::*;
use proto::elf::Class;
use proto::elf::Elf;
use proto::elf::Error;
use proto::DeviceAddr;

fn segment() -> impl Strategy<Value = Segment> {
    (
        prop_oneof![3 => Just(1u32), 1 => 0u32..8],
        0u32..8,
        0u32..0xf000_0000,
        0u64..0x1000,
        vec(any::<u8>(), 0..64),
    )
        .prop_map(|(kind, flags, da, more, data)| Segment {
            kind,
            flags,
            da: da.into(),
            memsz: data.len() as u64 + more,
            data,
        })
}

fn section() -> impl Strategy<Value = Section> {
    ("\\.[a-z]{1,12}", any::<u32>(), vec(any::<u8>(), 0..64)).prop_map(|(name, da, data)| Section {
        name,
        kind: 1,
        da: da.into(),
        data,
    })
}

fn image() -> impl Strategy<Value = Image> {
    (
        prop_oneof![Just(Class::Elf32), Just(Class::Elf64)],
        any::<u16>(),
        any::<u32>(),
        vec(segment(), 0..6),
        vec(section(), 0..6),
    )
        .prop_map(|(class, machine, entry, segments, sections)| Image {
            class,
            machine,
            entry: entry.into(),
            segments,
            sections,
        })
}

/// All that a parsed image promises.
fn check(image: &[u8]) {
    let Ok(elf) = Elf::parse(image) else {
        return;
    };
    let mut count = 0;
    for segment in elf.segments() {
        count += 1;
        assert!(segment.memsz > 0);
        assert!(segment.filesz() <= segment.memsz);
        assert!(segment.da.checked_add(segment.memsz - 1).is_some());
        let start = segment.offset as usize;
        assert_eq!(&image[start..start + segment.data.len()], segment.data);
    }
    assert!(count > 0);
    for name in ["", ".resource_table", ".shstrtab"] {
        if let Ok(Some(section)) = elf.section(name) {
            let start = section.offset as usize;
            assert_eq!(&image[start..start + section.data.len()], section.data);
        }
    }
}

proptest! {
    #[test]
    fn finds_what_is_there(image in image()) {
        let bytes = image.build();
        let wanted: Vec<_> = image
            .segments
            .iter()
            .enumerate()
            .filter(|(_, segment)| segment.kind == 1 && segment.memsz > 0)
            .collect();
        let elf = match Elf::parse(&bytes) {
            Err(Error::NothingToLoad { num }) => {
                prop_assert!(wanted.is_empty());
                prop_assert_eq!(usize::from(num), image.segments.len());
                return Ok(());
            }
            elf => elf.unwrap(),
        };
        prop_assert_eq!(elf.class(), image.class);
        prop_assert_eq!(elf.machine(), image.machine);
        prop_assert_eq!(elf.entry(), DeviceAddr(image.entry));

        let found: Vec<_> = elf.segments().collect();
        prop_assert_eq!(found.len(), wanted.len());
        for (found, (index, wanted)) in found.iter().zip(wanted) {
            prop_assert_eq!(found.index, index);
            prop_assert_eq!(found.da, DeviceAddr(wanted.da));
            prop_assert_eq!(found.memsz, wanted.memsz);
            prop_assert_eq!(found.flags, wanted.flags);
            prop_assert_eq!(found.data, &wanted.data[..]);
        }
        for wanted in &image.sections {
            let first = image.sections.iter().find(|s| s.name == wanted.name).unwrap();
            let found = elf.section(&wanted.name).unwrap().unwrap();
            prop_assert_eq!(found.da, DeviceAddr(first.da));
            prop_assert_eq!(found.data, &first.data[..]);
        }
        prop_assert_eq!(elf.section(".no such section"), Ok(None));
    }

    #[test]
    // Mostly the headers are damaged, where the lies are interesting.
    fn survives_damage(images in damaged(image().prop_map(|image| image.build()), 400)) {
        images.iter().for_each(|image| check(image));
    }

    #[test]
    fn survives_anything(bytes in vec(any::<u8>(), 0..256)) {
        check(&bytes);
        check(&[b"\x7fELF\x01\x01\x01".as_slice(), &bytes].concat());
        check(&[b"\x7fELF\x02\x01\x01".as_slice(), &bytes].concat());
    }
}

fn sample(class: Class) -> Image {
    Image {
        class,
        machine: proto::elf::MACHINE_ARM,
        entry: 0x101,
        segments: vec![Segment {
            kind: 1,
            flags: 5,
            da: 0x8000_0000,
            memsz: 0x20,
            data: vec![7; 0x10],
        }],
        sections: vec![Section {
            name: ".resource_table".into(),
            kind: 1,
            da: 0x8000_0000,
            data: vec![8; 16],
        }],
    }
}

/// Parses `image` with the bytes at `offset` replaced.
fn patched(image: &Image, offset: usize, bytes: &[u8]) -> Result<(), Error> {
    let image = damage::patched(image.build(), offset, bytes);
    let elf = Elf::parse(&image)?;
    elf.section(".resource_table").map(|_| ())
}

const PHDR32: usize = 52;
const PHDR64: usize = 64;

#[test]
fn says_what_is_wrong() {
    let image = sample(Class::Elf32);
    let size = image.build().len();
    assert_eq!(patched(&image, 0, &[]), Ok(()));

    let cases: [(usize, &[u8], Error, &str); 11] = [
        (
            0,
            b"RPRC",
            Error::Magic(*b"RPRC"),
            "the image begins with \"RPRC\", an ELF image begins with \"\\x7fELF\"",
        ),
        (
            4,
            &[3],
            Error::Class(3),
            "ELF class 3, it must be 1 (ELF32) or 2 (ELF64)",
        ),
        (
            5,
            &[2],
            Error::ByteOrder(2),
            "ELF byte order 2, it must be 1 (little-endian)",
        ),
        (6, &[9], Error::Version(9), "ELF version 9, it must be 1"),
        (
            42,
            &[31, 0],
            Error::EntrySize {
                what: "segment headers",
                size: 31,
                want: 32,
            },
            "ELF segment headers of 31 bytes each, they must have 32",
        ),
        (
            44,
            &[0, 0],
            Error::NothingToLoad { num: 0 },
            "none of the 0 ELF segments is to be loaded, there must be one at least",
        ),
        (
            28,
            &[0xff, 0xff, 0xff, 0xff],
            Error::Short {
                what: "segment headers",
                offset: 0xffff_ffff,
                len: 32,
                size,
            },
            "",
        ),
        (
            PHDR32 + 4,
            &[0xf8, 0xff, 0xff, 0xff],
            Error::SegmentFile {
                index: 0,
                offset: 0xffff_fff8,
                filesz: 0x10,
                size,
            },
            "",
        ),
        (
            PHDR32 + 16,
            &[0x21, 0, 0, 0],
            Error::SegmentSize {
                index: 0,
                filesz: 0x21,
                memsz: 0x20,
            },
            "segment 0 has 0x21 bytes in the image, but room for only 0x20 in memory",
        ),
        (
            PHDR32 + 12,
            &[0xf0, 0xff, 0xff, 0xff],
            Error::SegmentWraps {
                index: 0,
                da: DeviceAddr(0xffff_fff0),
                memsz: 0x20,
            },
            "segment 0 of 0x20 bytes at 0xfffffff0 goes past the end of the address space",
        ),
        (
            50,
            &[7, 0],
            Error::NameTable { index: 7, num: 2 },
            "the names of the ELF sections should be in section 7, but there are only 2",
        ),
    ];
    for (offset, bytes, error, text) in cases {
        assert_eq!(patched(&image, offset, bytes), Err(error));
        if !text.is_empty() {
            assert_eq!(error.to_string(), text);
        }
    }
}

#[test]
fn sums_that_wrap() {
    let image = sample(Class::Elf64);
    let size = image.build().len();
    let max = u64::MAX.to_le_bytes();
    assert_eq!(
        patched(&image, PHDR64 + 8, &max),
        Err(Error::SegmentFile {
            index: 0,
            offset: u64::MAX,
            filesz: 0x10,
            size
        })
    );
    assert_eq!(
        patched(&image, PHDR64 + 24, &max),
        Err(Error::SegmentWraps {
            index: 0,
            da: DeviceAddr(u64::MAX),
            memsz: 0x20
        })
    );
    assert_eq!(
        patched(&image, 32, &max),
        Err(Error::Short {
            what: "segment headers",
            offset: u64::MAX,
            len: 56,
            size
        })
    );
    assert_eq!(
        patched(&image, 40, &max),
        Err(Error::Short {
            what: "section headers",
            offset: u64::MAX,
            len: 128,
            size
        })
    );
}

#[test]
fn ends_at_the_last_address() {
    let mut image = sample(Class::Elf32);
    image.segments[0].da = 0xffff_ffe0;
    assert_eq!(patched(&image, 0, &[]), Ok(()));
    image.segments[0].da = 0xffff_ffe1;
    assert!(patched(&image, 0, &[]).is_err());
}

#[test]
fn section_without_contents() {
    let mut image = sample(Class::Elf32);
    image.sections[0].kind = 8;
    assert_eq!(
        patched(&image, 0, &[]),
        Err(Error::SectionEmpty { index: 0 })
    );
}

#[test]
fn name_without_an_end() {
    let image = sample(Class::Elf32).build();
    let shoff = image.len() - 80;
    let mut bytes = image.clone();
    bytes[shoff..shoff + 4].copy_from_slice(&1000u32.to_le_bytes());
    let elf = Elf::parse(&bytes).unwrap();
    assert!(matches!(
        elf.section(".resource_table"),
        Err(Error::SectionName {
            index: 0,
            offset: 1000,
            ..
        })
    ));
    // The last name loses its zero: the table of names is as long as it says.
    let mut bytes = image;
    let size = shoff + 40 + 20;
    let len = u32::from_le_bytes(bytes[size..size + 4].try_into().unwrap());
    bytes[size..size + 4].copy_from_slice(&(len - 1).to_le_bytes());
    let elf = Elf::parse(&bytes).unwrap();
    assert!(elf.section(".resource_table").is_ok());
    assert_eq!(elf.section(".nothing"), Ok(None));
    assert!(matches!(
        elf.section(".shstrtab"),
        Err(Error::SectionName { index: 1, .. })
    ));
}

#[test]
fn no_sections() {
    let image = sample(Class::Elf32);
    let mut bytes = image.build();
    bytes[48..50].copy_from_slice(&[0, 0]);
    let elf = Elf::parse(&bytes).unwrap();
    assert_eq!(elf.section(".resource_table"), Ok(None));
}

/// Cut off at each byte: the section headers are last, and never complete.
#[test]
fn truncated() {
    for class in [Class::Elf32, Class::Elf64] {
        let image = sample(class).build();
        let refused = |image: &[u8]| {
            let section = Elf::parse(image).and_then(|elf| elf.section(".resource_table"));
            section.err().map(|error| error.to_string())
        };
        assert_eq!(damage::truncated(&image, &[], refused), image.len());
    }
}
