// SPDX-License-Identifier: GPL-2.0

//! What the RPRC parser refuses: it says what is wrong and where, and has none of the mistakes of the
//! framework's loader of 2011.

#![expect(dead_code, reason = "the support is for all tests")]

#[path = "support/damage.rs"]
mod damage;
#[path = "support/rprc_image.rs"]
mod rprc_image;

use proto::rprc::Error;
use proto::rprc::Rprc;
use proto::rprc::Version;
use proto::DeviceAddr;
use rprc_image::sample;
use rprc_image::Image;
use rprc_image::Section;

/// Parses version 2 of the sample with the bytes at `offset` replaced.
fn patched(offset: usize, bytes: &[u8]) -> Result<(), Error> {
    let image = damage::patched(sample(Version::V2).build(), offset, bytes);
    Rprc::parse(&image).map(|_| ())
}

/// Where the sections of the sample begin: the resources, then text.
const TABLE: usize = 12 + 16;
const CODE: usize = TABLE + 16 + 9 * 76;

#[test]
fn says_what_is_wrong() {
    assert_eq!(patched(0, &[]), Ok(()));
    let cases: [(usize, &[u8], &str); 10] = [
        (
            0,
            b"\x7fELF",
            "the image begins with \"\\x7fELF\", an RPRC image begins with \"RPRC\"",
        ),
        (4, &[3], "RPRC version 3 at offset 0x4, it must be 1 or 2"),
        (
            8,
            &[0xff, 0xff, 0xff, 0xff],
            "the RPRC header says at offset 0x8 that 0xffffffff bytes of text follow, but the \
             image ends at 0x32c: at most 0x320 fit",
        ),
        (
            CODE,
            &[5],
            "RPRC section 1 at offset 0x2d8 has type 5, it must be 0 (resource), 1 (text), \
             2 (data), 3 (mmu) or 4 (signature)",
        ),
        (
            CODE + 12,
            &[0xff, 0xff, 0xff, 0xff],
            "RPRC section 1 at offset 0x2d8 has 0xffffffff bytes, but the image has only 0x44 \
             more",
        ),
        (
            CODE + 4,
            &[0xf0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            "RPRC section 1 at offset 0x2d8, 0x12 bytes for 0xfffffffffffffff0, goes past the end \
             of the address space",
        ),
        (
            CODE,
            &[0],
            "RPRC section 1 at offset 0x2d8 has resources, but section 0 has them already, there \
             must be one such section at most",
        ),
        (
            TABLE + 16 + 76 + 4,
            &[0xff; 8],
            "RPRC resource 1 at offset 0x78, a carveout of 0x400000 bytes at 0xffffffffffffffff, \
             goes past the end of the address space",
        ),
        (
            TABLE + 16 + 76 + 12,
            &[0xff; 8],
            "RPRC resource 1 at offset 0x78, a carveout of 0x400000 bytes at 0xffffffffffffffff, \
             goes past the end of the address space",
        ),
        (TABLE, &[4], ""),
    ];
    for (offset, bytes, text) in cases {
        let result = patched(offset, bytes).map_err(|error| error.to_string());
        if text.is_empty() {
            assert_eq!(result, Ok(()));
        } else {
            assert_eq!(result, Err(text.to_string()));
        }
    }
}

#[test]
fn short() {
    for size in 0..12 {
        let image = &sample(Version::V1).build()[..size];
        assert_eq!(Rprc::parse(image).unwrap_err(), Error::Short { size });
    }
    assert_eq!(
        Error::Short { size: 5 }.to_string(),
        "an RPRC image begins with a header of 12 bytes, but this one ends at 0x5"
    );
}

/// The first mistake of the loader of 2011: it went behind the header's text without looking
/// whether that is still in the image.
#[test]
fn header_len_is_bounded() {
    let image = sample(Version::V2).build();
    let limit = (image.len() - 12) as u32;
    for header_len in [limit + 1, u32::MAX - 12, u32::MAX] {
        let error = Error::HeaderLen {
            header_len,
            size: image.len(),
        };
        assert_eq!(patched(8, &header_len.to_le_bytes()), Err(error));
    }
    // The text may be all there is, but then nothing is left to load.
    assert_eq!(
        patched(8, &limit.to_le_bytes()),
        Err(Error::NothingToLoad { num: 0 })
    );
}

/// The second one: whether a section fits was asked for its first byte only.
#[test]
fn ranges_are_checked_to_their_end() {
    let image = sample(Version::V2).build();
    let rprc = Rprc::parse(&image).unwrap();
    let code = rprc.segments().next().unwrap();
    let len = code.data.len() as u64;
    assert_eq!(code.da.offset_in(len, DeviceAddr(0), len), Some(0));
    assert_eq!(code.da.offset_in(len, DeviceAddr(0), len - 1), None);

    // A section may end where the address space does, and no later.
    let at = |da: u64| patched(CODE + 4, &da.to_le_bytes());
    assert_eq!(at(u64::MAX - 0x11), Ok(()));
    assert!(matches!(
        at(u64::MAX - 0x10),
        Err(Error::SectionWraps { index: 1, .. })
    ));
}

#[test]
fn order_of_resources() {
    let mut image = sample(Version::V2);
    let table: Vec<u8> = image
        .resources
        .drain(..)
        .flat_map(|resource| resource.build(Version::V2))
        .collect();
    assert_eq!(Rprc::parse(&image.build()).unwrap().resources().count(), 0);

    image.sections.push(Section {
        kind: 0,
        da: 0,
        data: table,
    });
    assert_eq!(
        Rprc::parse(&image.build()).unwrap_err().to_string(),
        "RPRC section 3 at offset 0x70 has the resources, it must be the first section"
    );
    // The generator of version 1 put boot code first.
    let mut image = sample(Version::V1);
    let table = image
        .resources
        .drain(..)
        .flat_map(|resource| resource.build(Version::V1))
        .collect();
    image.sections.insert(
        1,
        Section {
            kind: 0,
            da: 0,
            data: table,
        },
    );
    assert_eq!(Rprc::parse(&image.build()).unwrap().resources().count(), 4);
}

#[test]
fn part_of_a_resource() {
    let mut image = sample(Version::V2);
    let mut table: Vec<u8> = image
        .resources
        .drain(..)
        .flat_map(|resource| resource.build(Version::V2))
        .collect();
    let with = |image: &Image, table: &[u8]| {
        let mut image = image.clone();
        image.sections.insert(
            0,
            Section {
                kind: 0,
                da: 0,
                data: table.to_vec(),
            },
        );
        Rprc::parse(&image.build()).map(|rprc| rprc.resources().count())
    };
    // Filled up, as by a linker.
    table.extend([0; 20]);
    assert_eq!(with(&image, &table).unwrap(), 9);
    table.push(1);
    assert_eq!(
        with(&image, &table).unwrap_err().to_string(),
        "the RPRC resources at offset 0x2c have 0x2c1 bytes, it must be a multiple of 0x4c"
    );
}

#[test]
fn nothing_to_load() {
    let mut image = sample(Version::V2);
    image.sections.retain(|section| section.kind == 3);
    assert_eq!(
        Rprc::parse(&image.build()).unwrap_err().to_string(),
        "none of the 2 RPRC sections is to be loaded, there must be one of text or data at least"
    );
}

/// Cut off at each byte: only what ends between two sections, or has nothing but the head of another
/// one behind it, is an image.
#[test]
fn truncated() {
    for version in [Version::V1, Version::V2] {
        let image = sample(version).build();
        let refused = |image: &[u8]| Rprc::parse(image).err().map(|error| error.to_string());
        let num = damage::truncated(&image, &["has only 0x", "is to be loaded"], refused);
        // The head of the third section, and that of the fourth one.
        assert_eq!(num, image.len() - 2 * 17);
    }
}

#[test]
fn too_many() {
    let error = |image: &Image| Rprc::parse(&image.build()).err().map(|e| e.to_string());
    let mut image = sample(Version::V2);
    let section = image.sections[1].clone();
    // With the one for the resources.
    image.sections.resize(4095, section.clone());
    assert_eq!(error(&image), None);
    image.sections.push(section);
    assert_eq!(
        error(&image).as_deref(),
        Some("an RPRC section at offset 0x1a2c4 follows 4096 others, there may be no more")
    );
    let mut image = sample(Version::V1);
    image.resources.resize(1024, image.resources[0].clone());
    assert_eq!(error(&image), None);
    image.resources.push(image.resources[0].clone());
    assert_eq!(
        error(&image).as_deref(),
        Some("the RPRC resources at offset 0x2c are 1025, there may be 1024")
    );
}
