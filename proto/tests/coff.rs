// SPDX-License-Identifier: GPL-2.0

//! Properties of the COFF parser: it finds what is there, and nothing makes it leave the image.

#[path = "support/coff_image.rs"]
mod coff_image;
#[path = "support/damage.rs"]
mod damage;

use coff_image::sample;
use coff_image::Image;
use coff_image::Section;
use coff_image::Symbol;
use damage::damaged;
use proptest::collection::vec;
use proptest::prelude::*;
use proto::coff::Coff;
use proto::coff::Error;
use proto::coff::Header;
use proto::coff::Version;
use proto::DeviceAddr;

fn section() -> impl Strategy<Value = Section> {
    (
        "[a-z.:_]{1,20}",
        0u32..0xf000_0000,
        any::<u32>(),
        prop_oneof![
            Just(0u32),
            Just(0x20),
            Just(0x40),
            Just(0x80),
            Just(0x10),
            0u32..0x1000
        ],
        vec(any::<u8>(), 0..64),
    )
        .prop_map(|(name, da, run, flags, data)| Section {
            name,
            da,
            run,
            size: data.len() as u32,
            flags,
            data,
        })
}

fn symbol() -> impl Strategy<Value = Symbol> {
    ("[a-z_$]{1,20}", any::<u32>(), -2i16..4, 0u8..3).prop_map(
        |(name, value, section, auxiliary)| Symbol {
            name,
            value,
            section,
            auxiliary,
        },
    )
}

fn image() -> impl Strategy<Value = Image> {
    (
        prop_oneof![Just(Version::Coff1), Just(Version::Coff2)],
        any::<u16>().prop_map(|flags| flags & !0x200),
        any::<Option<u32>>(),
        vec(section(), 0..6),
        vec(symbol(), 0..6),
    )
        .prop_map(|(version, flags, entry, sections, symbols)| Image {
            version,
            target: 0x99,
            flags,
            entry,
            sections,
            symbols,
        })
}

fn is_loaded(section: &Section) -> bool {
    section.flags & 0x93 == 0 && !section.data.is_empty()
}

/// All that a parsed image promises.
fn check(image: &[u8]) {
    let coff = match Coff::parse(image) {
        Ok(coff) => coff,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    for section in coff.segments() {
        let start = section.offset as usize;
        assert_eq!(&image[start..start + section.data.len()], section.data);
        assert_eq!(section.data.len(), section.size as usize);
        assert!(section.da.0 + u64::from(section.size) <= 1 << 32);
    }
    assert!(coff.segments().count() > 0);
    assert_eq!(coff.sections().count(), usize::from(coff.header().sections));
    for symbol in coff.symbols() {
        assert!(!symbol.name.contains(&0));
    }
}

proptest! {
    #[test]
    fn finds_what_is_there(image in image()) {
        let bytes = image.build();
        let coff = match Coff::parse(&bytes) {
            Err(Error::NothingToLoad { num }) => {
                prop_assert!(!image.sections.iter().any(is_loaded));
                prop_assert_eq!(num, image.sections.len());
                return Ok(());
            }
            coff => coff.unwrap(),
        };
        prop_assert_eq!(coff.header().version, image.version);
        prop_assert_eq!(coff.header().is_executable(), image.flags & 2 != 0);
        prop_assert_eq!(coff.entry(), image.entry.map(DeviceAddr::from));
        prop_assert_eq!(coff.sections().count(), image.sections.len());
        for (found, wanted) in coff.sections().zip(&image.sections) {
            prop_assert_eq!(found.name, wanted.name.as_bytes());
            prop_assert_eq!(found.da, wanted.da.into());
            prop_assert_eq!(found.run, wanted.run.into());
            prop_assert_eq!(found.size, wanted.size);
            prop_assert_eq!(found.flags, wanted.flags);
            prop_assert_eq!(found.is_loaded(), is_loaded(wanted));
            let data = if is_loaded(wanted) { &wanted.data[..] } else { &[] };
            prop_assert_eq!(found.data, data);
            let first = coff.section(&wanted.name).unwrap();
            prop_assert!(first.index <= found.index);
        }
        prop_assert_eq!(coff.symbols().count(), image.symbols.len());
        for (found, wanted) in coff.symbols().zip(&image.symbols) {
            prop_assert_eq!(found.name, wanted.name.as_bytes());
            prop_assert_eq!(found.value, wanted.value.into());
            prop_assert_eq!(found.section, wanted.section);
        }
    }

    #[test]
    fn survives_damage(images in damaged(image().prop_map(|image| image.build()), usize::MAX)) {
        images.iter().for_each(|image| check(image));
    }

    #[test]
    fn survives_anything(bytes in vec(any::<u8>(), 0..256)) {
        check(&bytes);
        check(&[b"\xc1\0".as_slice(), &bytes].concat());
        check(&[b"\xc2\0\x02\0".as_slice(), &bytes].concat());
    }
}

/// Parses the sample with the bytes at `offset` replaced.
fn patched(offset: usize, bytes: &[u8]) -> Result<(), Error> {
    let image = damage::patched(sample(Version::Coff2).build(), offset, bytes);
    Coff::parse(&image).map(|_| ())
}

const SECTIONS: usize = 22 + 28;

#[test]
fn says_what_is_wrong() {
    let size = sample(Version::Coff2).build().len();
    assert_eq!(size, 0x21a);
    assert_eq!(patched(0, &[]), Ok(()));
    let cases: [(usize, &[u8], &str); 10] = [
        (
            0,
            b"\x7fE",
            "the image begins with 0x457f, a COFF image begins with 0x00c1 or 0x00c2",
        ),
        (
            0,
            &[0, 0xc2],
            "the COFF image is big-endian, it must be little-endian",
        ),
        (
            18,
            &[2, 2],
            "the COFF image is big-endian, it must be little-endian",
        ),
        (
            16,
            &[27],
            "COFF optional header of 27 bytes at offset 0x16, it must have 28 or be missing",
        ),
        (
            22,
            &[7, 1],
            "the COFF optional header at offset 0x16 begins with 0x0107, it must begin with 0x0108",
        ),
        (
            20,
            &[0x9d],
            "the COFF image is for C2800, whose addresses count words; only processors that count \
             bytes are supported",
        ),
        (
            8,
            &[0xff, 0xff, 0xff, 0xff],
            "the COFF table of symbols should have 0x5a bytes at offset 0xffffffff, but the image \
             ends at 0x21a",
        ),
        (
            SECTIONS + 2 * 48 + 4,
            &[0xff, 0xff],
            "the name of COFF section 2 should be at offset 0xffff of the table of strings, but the \
             table ends at 0x57",
        ),
        (
            SECTIONS + 20,
            &[0xff, 0xff, 0xff, 0xff],
            "COFF section 0 has 0x1f bytes at offset 0xffffffff, but the image ends at 0x21a",
        ),
        (
            SECTIONS + 12,
            &[0xe2, 0xff, 0xff, 0xff],
            "COFF section 0 of 0x1f bytes at 0xffffffe2 goes past the end of the address space",
        ),
    ];
    for (offset, bytes, text) in cases {
        assert_eq!(patched(offset, bytes).unwrap_err().to_string(), text);
    }
}

#[test]
fn strings_without_an_end() {
    let size = sample(Version::Coff2).build().len();
    assert_eq!(
        patched(size - 1, b"x").unwrap_err().to_string(),
        "the COFF table of strings, 0x57 bytes at offset 0x1c3, must end with a zero"
    );
}

#[test]
fn ends_at_the_last_address() {
    let at = |da: u32| patched(SECTIONS + 12, &da.to_le_bytes());
    assert_eq!(at(0xffff_ffe1), Ok(()));
    assert!(at(0xffff_ffe2).is_err());
}

#[test]
fn nothing_to_load() {
    let mut image = sample(Version::Coff1);
    image.sections.drain(..3);
    assert_eq!(
        Coff::parse(&image.build()).unwrap_err().to_string(),
        "none of the 2 COFF sections is to be loaded, there must be one at least"
    );
}

#[test]
fn symbols_and_sections() {
    for version in [Version::Coff1, Version::Coff2] {
        let image = sample(version).build();
        let coff = Coff::parse(&image).unwrap();
        let value = |name| coff.symbol(name).map(|symbol| symbol.value.0);
        assert_eq!(value("_c_int00"), Some(0xc310_0020));
        assert_eq!(value("_a_long_name_of_a_function"), Some(0xc310_0010));
        assert_eq!(value("__STACK_SIZE"), Some(0x400));
        assert_eq!(value("_undefined_one"), None);
        assert_eq!(coff.section(".hwi_vec").unwrap().da.0, 0xc310_0400);
        assert_eq!(coff.segments().count(), 3);
        assert!(coff.section(".bss").unwrap().is_bss());
        assert!(!coff.section(".debug_info").unwrap().is_bss());
    }
}

#[test]
fn headers_of_any_target() {
    let mut image = sample(Version::Coff2);
    image.target = 0x98;
    let header = Header::parse(&image.build()).unwrap();
    assert_eq!(header.target.to_string(), "C5400");
    image.target = 0x77;
    let header = Header::parse(&image.build()).unwrap();
    assert_eq!(header.target.to_string(), "target 0x77");
}

/// Cut off at each byte: the table of strings is last, and never complete.
#[test]
fn truncated() {
    for version in [Version::Coff1, Version::Coff2] {
        let image = sample(version).build();
        let refused = |image: &[u8]| Coff::parse(image).err().map(|error| error.to_string());
        let also = ["the table ends at 0x0"];
        assert_eq!(damage::truncated(&image, &also, refused), image.len());
    }
}
