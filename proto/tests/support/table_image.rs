// SPDX-License-Identifier: GPL-2.0

//! Makes resource tables, for the tests and for the seeds of the fuzzer.

use proto::resource_table::wire;
use proto::resource_table::wire::U32;
use proto::Name;
use zerocopy::IntoBytes as _;

/// An entry to be put into a table.
#[derive(Clone, Debug)]
pub(crate) enum Entry {
    Carveout {
        da: u32,
        len: u32,
        name: String,
    },
    Devmem {
        da: u32,
        pa: u32,
        len: u32,
        name: String,
    },
    Trace {
        da: u32,
        len: u32,
        name: String,
    },
    Vdev {
        id: u32,
        dfeatures: u32,
        /// Address, alignment and number of entries of each vring.
        vrings: Vec<(u32, u32, u32)>,
        config: Vec<u8>,
    },
    Other {
        kind: u32,
        bytes: Vec<u8>,
    },
}

fn short(name: &str) -> Name {
    Name::new(name).expect("a name of at most 31 bytes")
}

impl Entry {
    pub(crate) fn build(&self) -> Vec<u8> {
        match self {
            Self::Carveout { da, len, name } => wire::Memory::carveout(*da, *len, short(name))
                .as_bytes()
                .to_vec(),
            Self::Devmem { da, pa, len, name } => wire::Memory::devmem(*da, *pa, *len, short(name))
                .as_bytes()
                .to_vec(),
            Self::Trace { da, len, name } => {
                wire::Trace::new(*da, *len, short(name)).as_bytes().to_vec()
            }
            Self::Vdev {
                id,
                dfeatures,
                vrings,
                config,
            } => {
                let mut vdev = wire::Vdev::new(*id, *dfeatures, vrings.len() as u8);
                vdev.config_len = U32::new(config.len() as u32);
                let mut bytes = vdev.as_bytes().to_vec();
                for &(da, align, num) in vrings {
                    bytes.extend(wire::Vring::new(da, align, num).as_bytes());
                }
                bytes.extend(config);
                bytes
            }
            Self::Other { kind, bytes } => [&kind.to_le_bytes(), bytes.as_slice()].concat(),
        }
    }
}

/// A table of these entries, in this order.
pub(crate) fn build(entries: &[Entry]) -> Vec<u8> {
    let mut table = wire::Header::new(entries.len() as u32).as_bytes().to_vec();
    let mut offset = table.len() + 4 * entries.len();
    for entry in entries {
        table.extend((offset as u32).to_le_bytes());
        offset += entry.build().len();
    }
    for entry in entries {
        table.extend(entry.build());
    }
    table
}
