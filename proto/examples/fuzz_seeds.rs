// SPDX-License-Identifier: GPL-2.0

//! Writes a few well-formed inputs for each fuzz target into the folder given, a folder each: what
//! a fuzzer would take long to find by itself.

#[path = "../tests/support/coff_image.rs"]
mod coff_image;
#[path = "../tests/support/elf_image.rs"]
mod elf_image;
#[path = "../tests/support/rprc_image.rs"]
mod rprc_image;
#[path = "../tests/support/table_image.rs"]
mod table_image;

use std::fs;
use std::io;
use std::path::Path;

use proto::coff;
use proto::elf::Class;
use proto::elf::MACHINE_ARM;
use proto::flow_control::FlowControl;
use proto::name;
use proto::name_service::Action;
use proto::name_service::Announcement;
use proto::resource_table::channels::StaticChannel;
use proto::resource_table::channels::Wire;
use proto::rpmsg::Addr;
use proto::rpmsg::Header;
use proto::rprc;
use proto::vring::Desc;
use proto::DeviceAddr;
use proto::Name;
use table_image::Entry;
use zerocopy::IntoBytes as _;

fn table() -> Vec<u8> {
    table_image::build(&[
        Entry::Carveout {
            da: u32::MAX,
            len: 0x10_0000,
            name: "text".into(),
        },
        Entry::Devmem {
            da: 0xaa00_0000,
            pa: 0x4a00_0000,
            len: 0x100_0000,
            name: "l4-cfg".into(),
        },
        Entry::Trace {
            da: 0x8000_0000,
            len: 0x1000,
            name: "trace0".into(),
        },
        Entry::Other {
            kind: 128,
            bytes: b"vendor".to_vec(),
        },
        Entry::Other {
            kind: 77,
            bytes: vec![],
        },
        Entry::Vdev {
            id: 7,
            dfeatures: 1,
            vrings: vec![(0xa000_0000, 4096, 256), (u32::MAX, 16, 8)],
            config: vec![1, 2, 3],
        },
    ])
}

fn elf(class: Class) -> Vec<u8> {
    let segment = |kind, da, memsz, data: &[u8]| elf_image::Segment {
        kind,
        flags: 7,
        da,
        memsz,
        data: data.to_vec(),
    };
    elf_image::Image {
        class,
        machine: MACHINE_ARM,
        entry: 0x101,
        segments: vec![
            segment(1, 0, 32, b"code and constants"),
            segment(6, 0, 0, b""),
            segment(1, 0x8000_0000, 4096, b""),
        ],
        sections: vec![elf_image::Section {
            name: ".resource_table".into(),
            kind: 1,
            da: 0x8000_0000,
            data: table(),
        }],
    }
    .build()
}

fn message() -> Vec<u8> {
    let header = Header::new(Addr::FIRST_DYNAMIC, Addr::NAME_SERVICE, 5);
    [&header.encode()[..], b"hello"].concat()
}

fn announcement() -> Vec<u8> {
    Announcement {
        name: Name::from_wire([b'x'; Name::LEN]),
        addr: Addr(50),
        action: Action::Create,
    }
    .encode()
    .to_vec()
}

fn flow_control() -> Vec<Vec<u8>> {
    [true, false]
        .map(|pause| {
            FlowControl {
                src: Addr(50),
                dst: Addr::FIRST_DYNAMIC,
                pause,
            }
            .encode()
            .to_vec()
        })
        .to_vec()
}

/// Four entries, all available, of which one is chained; the ring begins behind two bytes of
/// geometry.
fn ring() -> Vec<u8> {
    let mut bytes = vec![2, 4];
    for id in 0..4 {
        let desc = Desc {
            addr: DeviceAddr(0x1000),
            len: 512,
            flags: u16::from(id == 3),
            next: 0,
        };
        bytes.extend(desc.encode());
    }
    for word in [0u16, 4, 0, 1, 2, 3] {
        bytes.extend(word.to_le_bytes());
    }
    bytes
}

fn channels() -> Vec<u8> {
    let channel = |src, dst| {
        Wire::new(StaticChannel {
            name: name!("rpmsg-server-sample"),
            src,
            dst,
        })
    };
    let mut bytes = 2u32.to_le_bytes().to_vec();
    bytes.extend(channel(Addr(137), Addr::ANY).as_bytes());
    bytes.extend(channel(Addr::ANY, Addr(50)).as_bytes());
    bytes
}

fn main() -> io::Result<()> {
    let out = std::env::args().nth(1).expect("usage: seeds FOLDER");
    let coffs = [coff::Version::Coff1, coff::Version::Coff2];
    let rprcs = [rprc::Version::V1, rprc::Version::V2];
    let seeds = [
        (
            "ampfw",
            [elf(Class::Elf32), elf(Class::Elf64)]
                .into_iter()
                .chain(coffs.map(|version| coff_image::sample(version).build()))
                .chain(rprcs.map(|version| rprc_image::sample(version).build()))
                .collect(),
        ),
        ("channels", vec![channels()]),
        (
            "coff",
            coffs
                .map(|version| coff_image::sample(version).build())
                .to_vec(),
        ),
        ("elf", vec![elf(Class::Elf32), elf(Class::Elf64)]),
        ("flow_control", flow_control()),
        ("resource_table", vec![table()]),
        ("rpmsg", vec![message()]),
        (
            "rprc",
            rprcs
                .map(|version| rprc_image::sample(version).build())
                .to_vec(),
        ),
        ("name_service", vec![announcement()]),
        ("vring", vec![ring()]),
    ];
    for (target, inputs) in seeds {
        let folder = Path::new(&out).join(target);
        fs::create_dir_all(&folder)?;
        for (i, input) in inputs.iter().enumerate() {
            fs::write(folder.join(format!("seed{i}")), input)?;
        }
    }
    Ok(())
}
