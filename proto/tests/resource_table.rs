// SPDX-License-Identifier: GPL-2.0

//! Properties of the resource table's parser.

#![expect(dead_code, reason = "the support is for all tests")]

#[path = "support/damage.rs"]
mod damage;
#[path = "support/table_image.rs"]
mod table_image;

use damage::damaged;
use proptest::collection::vec;
use proptest::prelude::*;
use proto::resource_table::Error;
use proto::resource_table::Resource;
use proto::resource_table::ResourceTable;
use proto::DeviceAddr;
use proto::PhysAddr;
use table_image::build;
use table_image::Entry;

const ANY: u32 = u32::MAX;

fn address() -> impl Strategy<Value = u32> {
    prop_oneof![1 => Just(ANY), 4 => any::<u32>()]
}

fn name() -> impl Strategy<Value = String> {
    "[ -~]{0,31}"
}

fn vring() -> impl Strategy<Value = (u32, u32, u32)> {
    (address(), 2u32..13, 0u32..12).prop_map(|(da, align, num)| (da, 1 << align, 1 << num))
}

fn entry() -> impl Strategy<Value = Entry> {
    prop_oneof![
        (address(), any::<u32>(), name()).prop_map(|(da, len, name)| Entry::Carveout {
            da,
            len,
            name
        }),
        (any::<u32>(), any::<u32>(), any::<u32>(), name())
            .prop_map(|(da, pa, len, name)| Entry::Devmem { da, pa, len, name }),
        (any::<u32>(), any::<u32>(), name()).prop_map(|(da, len, name)| Entry::Trace {
            da,
            len,
            name
        }),
        (
            any::<u32>(),
            any::<u32>(),
            vec(vring(), 0..4),
            vec(any::<u8>(), 0..32)
        )
            .prop_map(|(id, dfeatures, vrings, config)| Entry::Vdev {
                id,
                dfeatures,
                vrings,
                config
            }),
        (4u32..1000, vec(any::<u8>(), 0..32))
            .prop_map(|(kind, bytes)| Entry::Other { kind, bytes }),
    ]
}

/// Whether `parsed` is what `entry` asked for.
fn check(entry: &Entry, parsed: &Resource<'_>, table: &[u8]) {
    let word = |offset: usize| u32::from_le_bytes(table[offset..offset + 4].try_into().unwrap());
    let definite = |address: u32| (address != ANY).then_some(DeviceAddr(address.into()));
    match (entry, parsed) {
        (Entry::Carveout { da, len, name }, Resource::Carveout(found)) => {
            assert_eq!(found.da, definite(*da));
            assert_eq!(found.pa, None);
            assert_eq!(found.len, *len);
            assert_eq!(found.name.as_bytes(), name.as_bytes());
            assert_eq!(word(found.da_offset()), *da);
            assert_eq!(word(found.pa_offset()), ANY);
        }
        (Entry::Devmem { da, pa, len, name }, Resource::Devmem(found)) => {
            assert_eq!(found.da, DeviceAddr((*da).into()));
            assert_eq!(found.pa, PhysAddr((*pa).into()));
            assert_eq!(found.len, *len);
            assert_eq!(found.name.as_bytes(), name.as_bytes());
        }
        (Entry::Trace { da, len, name }, Resource::Trace(found)) => {
            assert_eq!(found.da, DeviceAddr((*da).into()));
            assert_eq!(found.len, *len);
            assert_eq!(found.name.as_bytes(), name.as_bytes());
        }
        (
            Entry::Vdev {
                id,
                dfeatures,
                vrings,
                config,
            },
            Resource::Vdev(found),
        ) => {
            assert_eq!(found.id, *id);
            assert_eq!(found.dfeatures, *dfeatures);
            assert_eq!(usize::from(found.num_of_vrings), vrings.len());
            assert_eq!(found.config(), &config[..]);
            let at = found.config_offset();
            assert_eq!(&table[at..at + config.len()], &config[..]);
            assert_eq!(word(found.gfeatures_offset()), 0);
            assert_eq!(word(found.notifyid_offset()), 0);
            assert_eq!(table[found.status_offset()], 0);
            assert_eq!(found.vrings().count(), vrings.len());
            for (index, (vring, &(da, align, num))) in found.vrings().zip(vrings).enumerate() {
                assert_eq!(usize::from(vring.index), index);
                assert_eq!(vring.da, definite(da));
                assert_eq!((vring.align, vring.num), (align, num));
                assert_eq!(word(vring.da_offset()), da);
                assert_eq!(word(vring.notifyid_offset()), 0);
                assert_eq!(word(vring.pa_offset()), 0);
                assert!(vring.layout().is_ok());
            }
        }
        (Entry::Other { kind, bytes }, Resource::Vendor { kind: k, bytes: b }) => {
            assert!((128..=512).contains(kind) && k == kind);
            assert!(b.starts_with(bytes));
        }
        (Entry::Other { kind, bytes }, Resource::Unknown { kind: k, bytes: b }) => {
            assert!(!(128..=512).contains(kind) && k == kind);
            assert!(b.starts_with(bytes));
        }
        (entry, parsed) => panic!("{entry:?} became {parsed:?}"),
    }
}

/// Looks at everything that a table has; whatever it is, no place lies outside the table.
fn look(bytes: &[u8]) {
    let Ok(table) = ResourceTable::parse(bytes) else {
        return;
    };
    assert_eq!(table.entries().count(), table.len());
    for entry in table.entries().flatten() {
        assert!(entry.offset + 4 <= bytes.len());
        match entry.resource {
            Resource::Carveout(carveout) => assert!(carveout.pa_offset() + 4 <= bytes.len()),
            Resource::Vdev(vdev) => {
                assert!(vdev.config_offset() + vdev.config().len() <= bytes.len());
                let len = &bytes[entry.offset + 20..entry.offset + 24];
                assert_eq!(len, (vdev.config().len() as u32).to_le_bytes());
                assert!(vdev.status_offset() < bytes.len());
                for vring in vdev.vrings() {
                    assert!(vring.pa_offset() + 4 <= bytes.len());
                    assert!(vring.layout().is_ok());
                }
            }
            Resource::Devmem(_) | Resource::Trace(_) => {}
            Resource::Vendor { bytes: rest, .. } | Resource::Unknown { bytes: rest, .. } => {
                assert_eq!(entry.offset + 4 + rest.len(), bytes.len());
            }
        }
    }
}

proptest! {
    #[test]
    fn finds_what_is_there(entries in vec(entry(), 0..8), behind in vec(any::<u8>(), 0..16)) {
        let mut bytes = build(&entries);
        bytes.extend(behind);
        let table = ResourceTable::parse(&bytes).unwrap();
        prop_assert_eq!(table.len(), entries.len());
        prop_assert_eq!(table.is_empty(), entries.is_empty());
        for (entry, parsed) in entries.iter().zip(table.entries()) {
            check(entry, &parsed.unwrap().resource, &bytes);
        }
        look(&bytes);
    }

    #[test]
    fn survives_damage(tables in damaged(vec(entry(), 0..8).prop_map(|e| build(&e)), usize::MAX)) {
        tables.iter().for_each(|table| look(table));
    }

    #[test]
    fn cut_tables_lose_their_end_only(entries in vec(entry(), 1..8), missing in 1usize..64) {
        let whole = build(&entries);
        let bytes = &whole[..whole.len().saturating_sub(missing)];
        if let Ok(table) = ResourceTable::parse(bytes) {
            let mut end = 16 + 4 * entries.len();
            for (entry, parsed) in entries.iter().zip(table.entries()) {
                end += entry.build().len();
                match entry {
                    // These have no length of their own.
                    Entry::Other { .. } => {}
                    _ => prop_assert_eq!(parsed.is_ok(), end <= bytes.len()),
                }
            }
        }
    }
}

fn vdev(align: u32, num: u32) -> Vec<u8> {
    build(&[Entry::Vdev {
        id: 7,
        dfeatures: 1,
        vrings: vec![(ANY, 4096, 256), (ANY, align, num)],
        config: vec![],
    }])
}

fn first_error(bytes: &[u8]) -> Error {
    match ResourceTable::parse(bytes) {
        Ok(table) => table.entries().find_map(Result::err).unwrap(),
        Err(error) => error,
    }
}

#[test]
fn says_what_is_wrong() {
    let mut version = vdev(4096, 256);
    version[0] = 2;
    let mut header_reserved = vdev(4096, 256);
    header_reserved[12] = 5;
    let mut vdev_reserved = vdev(4096, 256);
    vdev_reserved[20 + 27] = 1;
    let mut trace_reserved = build(&[Entry::Trace {
        da: 0,
        len: 0,
        name: "t".into(),
    }]);
    trace_reserved[20 + 12] = 3;
    let mut outside = vdev(4096, 256);
    outside[16..20].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut config = vdev(4096, 256);
    config[20 + 20..20 + 24].copy_from_slice(&u32::MAX.to_le_bytes());

    let cases = [
        (
            vec![1, 0, 0, 0],
            "the resource table's header at offset 0x0 needs 0x10 bytes, but the table ends at 0x4",
        ),
        (
            version,
            "the resource table has version 2, only version 1 is known",
        ),
        (
            header_reserved,
            "the resource table's header at offset 0x0 has 0x5 in a reserved field, it must be 0",
        ),
        (
            trace_reserved,
            "the resource table's trace entry at offset 0x14 has 0x3 in a reserved field, it must be 0",
        ),
        (
            vdev_reserved,
            "the resource table's vdev entry at offset 0x14 has 0x100 in a reserved field, it must be 0",
        ),
        (
            vdev(4096, 0),
            "vring 1 of the resource table's vdev at offset 0x14 has 0 entries, it must be a power \
             of two up to 32768",
        ),
        (
            vdev(0, 256),
            "vring 1 of the resource table's vdev at offset 0x14 has alignment 0x0, it must be a \
             power of two, at least 4",
        ),
        (
            outside,
            "the resource table's entry at offset 0xffffffff needs 0x4 bytes, but the table ends \
             at 0x58",
        ),
    ];
    for (bytes, text) in cases {
        assert_eq!(first_error(&bytes).to_string(), text);
    }
    assert!(matches!(
        first_error(&config),
        Error::Short {
            what: "vdev entry",
            offset: 0x14,
            size: 0x58,
            ..
        }
    ));
    // As many entries as a u32 can count.
    let mut many = vdev(4096, 256);
    many[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(matches!(
        first_error(&many),
        Error::Short { what: "header", .. }
    ));
}

/// A few bytes behind a long list of offsets would be any number of entries.
#[test]
fn too_many_entries() {
    let table = |num: u32| {
        let words = [1, num, 0, 0].into_iter();
        let words = words.chain((0..num).map(|_| 16)).chain([99]);
        words.flat_map(u32::to_le_bytes).collect::<Vec<_>>()
    };
    assert_eq!(ResourceTable::parse(&table(1024)).unwrap().len(), 1024);
    assert_eq!(
        first_error(&table(1025)).to_string(),
        "the resource table's header at offset 0x0 says 1025 entries, there may be 1024"
    );
}
