// SPDX-License-Identifier: GPL-2.0

//! Properties of the RPRC parser: it finds what is there, and nothing makes it leave the image.

#![expect(dead_code, reason = "the support is for all tests")]

#[path = "support/damage.rs"]
mod damage;
#[path = "support/rprc_image.rs"]
mod rprc_image;

use damage::damaged;
use proptest::collection::vec;
use proptest::prelude::*;
use proto::rprc::sbl::Sbl;
use proto::rprc::Error;
use proto::rprc::Ipc;
use proto::rprc::Kind;
use proto::rprc::Resource;
use proto::rprc::Rprc;
use proto::rprc::Version;
use proto::DeviceAddr;
use proto::PhysAddr;
use rprc_image::sample;
use rprc_image::Image;
use rprc_image::Section;

fn version() -> impl Strategy<Value = Version> {
    prop_oneof![Just(Version::V1), Just(Version::V2)]
}

fn resource() -> impl Strategy<Value = rprc_image::Resource> {
    (
        0u32..10,
        0u64..u64::MAX / 2,
        prop_oneof![Just(0u64), 1u64..u64::MAX / 2],
        any::<u32>(),
        any::<u32>(),
        vec(any::<u8>(), 0..=48),
    )
        .prop_map(|(kind, da, pa, len, flags, name)| rprc_image::Resource {
            kind,
            da,
            pa,
            len,
            flags,
            name,
        })
}

fn section() -> impl Strategy<Value = Section> {
    (1u32..5, 0u64..u64::MAX / 2, vec(any::<u8>(), 0..64)).prop_map(|(kind, da, data)| Section {
        kind,
        da,
        data,
    })
}

fn image() -> impl Strategy<Value = Image> {
    (
        version(),
        vec(any::<u8>(), 0..40),
        any::<u32>(),
        vec(resource(), 0..6),
        vec(section(), 0..6),
    )
        .prop_map(|(version, text, resources_da, resources, mut sections)| {
            // At the very end an empty section is not one.
            sections.push(Section {
                kind: 2,
                da: 0,
                data: vec![1],
            });
            Image {
                version,
                text,
                resources_da: resources_da.into(),
                resources,
                sections,
            }
        })
}

/// All that a parsed image promises.
fn check(image: &[u8]) {
    let rprc = match Rprc::parse(image) {
        Ok(rprc) => rprc,
        Err(error) => return assert!(!error.to_string().is_empty()),
    };
    for section in rprc.sections() {
        let start = section.offset as usize;
        assert_eq!(&image[start..start + section.data.len()], section.data);
        let last = (section.data.len() as u64).saturating_sub(1);
        assert!(section.da.checked_add(last).is_some());
    }
    assert!(rprc.segments().count() > 0);
    let table = rprc.resource_section().map_or(0, |s| s.data.len());
    for entry in rprc.resources() {
        if let Some(pa) = entry.pa_offset() {
            assert!(pa + 8 <= table);
        }
        assert!(!entry.name.to_string().contains(char::is_control));
    }
    assert!(rprc.boot_addrs().count() <= rprc.resources().count());
    let _ = rprc.ipc();
}

proptest! {
    #[test]
    fn finds_what_is_there(image in image()) {
        let bytes = image.build();
        let rprc = Rprc::parse(&bytes).unwrap();
        prop_assert_eq!(rprc.version(), image.version);
        let text = rprc.text();
        prop_assert_eq!(text, &image.text[..text.len()]);
        prop_assert!(image.text[text.len()..].iter().all(|&byte| byte == 0));

        let mut found = rprc.sections();
        if !image.resources.is_empty() {
            let table = found.next().unwrap();
            prop_assert_eq!(table.kind, Kind::Resource);
            prop_assert_eq!(Some(table), rprc.resource_section());
            prop_assert_eq!(table.da, DeviceAddr(image.resources_da));
        }
        let mut loaded = 0;
        for wanted in &image.sections {
            let found = found.next().unwrap();
            let kind = [Kind::Resource, Kind::Text, Kind::Data, Kind::Mmu, Kind::Signature];
            prop_assert_eq!(found.kind, kind[wanted.kind as usize]);
            prop_assert_eq!(found.da, DeviceAddr(wanted.da));
            prop_assert_eq!(found.data, &wanted.data[..]);
            loaded += usize::from(wanted.kind < 3 && !wanted.data.is_empty());
        }
        prop_assert_eq!(found.next(), None);
        prop_assert_eq!(rprc.segments().count(), loaded);

        prop_assert_eq!(rprc.resources().count(), image.resources.len());
        for (found, wanted) in rprc.resources().zip(&image.resources) {
            let name = wanted.name.split(|&byte| byte == 0).next().unwrap();
            prop_assert_eq!(found.name.as_bytes(), name);
            let kind = match (image.version, wanted.kind) {
                (Version::V1, 0) => "memory",
                (Version::V1, 1) | (Version::V2, 2) => "device",
                (Version::V1, 2) | (Version::V2, 3) => "irq",
                (Version::V1, 3) => "service",
                (_, 4) => "trace",
                (_, 5) => "bootaddr",
                (Version::V2, 0) => "carveout",
                (Version::V2, 1) => "devmem",
                (Version::V2, 6) => "crashdump",
                (Version::V2, 7) => "suspendaddr",
                _ => "unknown",
            };
            prop_assert_eq!(found.resource.kind_name(), kind);
            let (da, pa, len) = (DeviceAddr(wanted.da), PhysAddr(wanted.pa), wanted.len);
            match found.resource {
                Resource::Carveout { da: d, pa: p, len: l, flags } => {
                    prop_assert_eq!((d, p.unwrap_or_default(), l, flags), (da, pa, len, wanted.flags));
                    prop_assert_eq!(p.is_none(), wanted.pa == 0);
                }
                Resource::Devmem { da: d, pa: p, len: l, flags } => {
                    prop_assert_eq!((d, p, l, flags), (da, pa, len, wanted.flags));
                }
                Resource::Memory { da: d, len: l }
                | Resource::Trace { da: d, len: l }
                | Resource::CrashDump { da: d, len: l } => prop_assert_eq!((d, l), (da, len)),
                Resource::BootAddr { da: d } | Resource::SuspendAddr { da: d } => {
                    prop_assert_eq!(d, da);
                }
                Resource::Device { id } | Resource::Irq { id } | Resource::Service { id } => {
                    prop_assert_eq!(id, wanted.da);
                }
                Resource::Unknown { kind } => prop_assert_eq!(kind, wanted.kind),
            }
        }
    }

    #[test]
    fn survives_damage(images in damaged(image().prop_map(|image| image.build()), usize::MAX)) {
        images.iter().for_each(|image| check(image));
    }

    #[test]
    fn survives_anything(bytes in vec(any::<u8>(), 0..256)) {
        check(&bytes);
        check(&[b"RPRC\x01\0\0\0".as_slice(), &bytes].concat());
        check(&[b"RPRC\x02\0\0\0\0\0\0\0".as_slice(), &bytes].concat());
        let _ = Sbl::parse(&bytes).map(|sbl| sbl.sections().count());
    }
}

#[test]
fn tail_without_contents() {
    let image = sample(Version::V2).build();
    for tail in [vec![0xff; 1], vec![0xff; 16]] {
        let image = [&image[..], &tail].concat();
        assert_eq!(Rprc::parse(&image).unwrap().sections().count(), 4);
    }
    let longer = [&image[..], &[0xff; 17]].concat();
    assert!(matches!(
        Rprc::parse(&longer),
        Err(Error::SectionType { index: 4, .. })
    ));
}

#[test]
fn the_last_boot_address_wins() {
    let mut image = sample(Version::V2);
    let boot = rprc_image::Resource::new(5, 0x200, 0, 0, "again");
    image.resources.push(boot);
    let image = image.build();
    let rprc = Rprc::parse(&image).unwrap();
    assert_eq!(rprc.boot_addrs().count(), 2);
    assert_eq!(rprc.boot_addrs().last(), Some(DeviceAddr(0x200)));
}

#[test]
fn ipc_layout() {
    for version in [Version::V1, Version::V2] {
        let image = sample(version).build();
        let ipc = Rprc::parse(&image).unwrap().ipc().unwrap().unwrap();
        assert_eq!(ipc.buffers, DeviceAddr(0xa000_0000));
        assert_eq!(
            ipc.vrings,
            [DeviceAddr(0xa004_0000), DeviceAddr(0xa004_3000)]
        );
    }
    let ring = proto::vring::Layout::new(Ipc::VRING_NUM, Ipc::VRING_ALIGN).unwrap();
    assert!(ring.size() <= Ipc::VRING_LEN);

    assert!(Ipc::new(DeviceAddr(0), Ipc::LEN).is_ok());
    assert_eq!(
        Ipc::new(DeviceAddr(0x1000), Ipc::LEN - 1)
            .unwrap_err()
            .to_string(),
        "the first carveout, 0x45fff bytes at 0x1000, has no room for the buffers and vrings, it \
         must have 0x46000"
    );
    assert!(Ipc::new(DeviceAddr(u64::MAX - 0x40000), Ipc::LEN).is_err());
}

#[test]
fn names() {
    let mut image = sample(Version::V1);
    image.resources[0].name = vec![b'x'; 48];
    image.resources[1].name = b"a\x1b[31m".to_vec();
    let image = image.build();
    let mut entries = Rprc::parse(&image).unwrap().resources();
    let name = entries.next().unwrap().name;
    assert_eq!(name.as_bytes().len(), 48);
    assert_eq!(name.short().as_bytes(), &[b'x'; 31]);
    assert_eq!(entries.next().unwrap().name.to_string(), "a\\x1b[31m");
}

/// TI's boot loader format has the same magic.
#[test]
fn look_alike() {
    let words: [u32; 10] = [
        u32::from_le_bytes(*b"RPRC"),
        0x8000_0000,
        0,
        2,
        1,
        0x8000_0000,
        0,
        4,
        0,
        0,
    ];
    let mut image: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    image.extend(b"code");
    assert_eq!(
        Rprc::parse(&image).unwrap_err().to_string(),
        "this is an image for TI's boot loader (SBL), whose format has RPRC's magic, but the entry \
         address 0x80000000 at offset 0x4 and 0 at 0x8: RPRC has its version there, 1 or 2; \
         convert the ELF or COFF file that it was made from"
    );
    let sbl = Sbl::parse(&image).unwrap();
    assert_eq!(
        (sbl.entry, sbl.num, sbl.version),
        (DeviceAddr(0x8000_0000), 2, 1)
    );
    let sections: Vec<_> = sbl.sections().collect();
    assert_eq!(sections, [(DeviceAddr(0x8000_0000), &b"code"[..])]);

    assert_eq!(Sbl::parse(&sample(Version::V2).build()), None);
}
