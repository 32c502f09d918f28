// SPDX-License-Identifier: GPL-2.0

//! Makes RPRC images, for the tests and for the seeds of the fuzzer.

use proto::rprc::Version;

/// A resource entry; version 1 leaves `pa` and `flags` out.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    pub(crate) kind: u32,
    pub(crate) da: u64,
    pub(crate) pa: u64,
    pub(crate) len: u32,
    pub(crate) flags: u32,
    pub(crate) name: Vec<u8>,
}

impl Resource {
    pub(crate) fn new(kind: u32, da: u64, pa: u64, len: u32, name: &str) -> Self {
        Self {
            kind,
            da,
            pa,
            len,
            flags: 0,
            name: name.into(),
        }
    }

    pub(crate) fn build(&self, version: Version) -> Vec<u8> {
        let mut bytes = self.kind.to_le_bytes().to_vec();
        bytes.extend(self.da.to_le_bytes());
        if version == Version::V2 {
            bytes.extend(self.pa.to_le_bytes());
        }
        bytes.extend(self.len.to_le_bytes());
        bytes.extend(self.flags.to_le_bytes());
        let mut name = self.name.clone();
        name.resize(48, 0);
        bytes.extend(name);
        bytes
    }
}

/// A section.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    pub(crate) kind: u32,
    pub(crate) da: u64,
    pub(crate) data: Vec<u8>,
}

/// An image: resources, if there are any, are put before the sections.
#[derive(Clone, Debug)]
pub(crate) struct Image {
    pub(crate) version: Version,
    pub(crate) text: Vec<u8>,
    pub(crate) resources_da: u64,
    pub(crate) resources: Vec<Resource>,
    pub(crate) sections: Vec<Section>,
}

impl Image {
    pub(crate) fn build(&self) -> Vec<u8> {
        let mut bytes = b"RPRC".to_vec();
        bytes.extend(self.version.number().to_le_bytes());
        bytes.extend((self.text.len() as u32).to_le_bytes());
        bytes.extend(&self.text);
        let table: Vec<u8> = self
            .resources
            .iter()
            .flat_map(|resource| resource.build(self.version))
            .collect();
        let table = (!table.is_empty()).then_some(Section {
            kind: 0,
            da: self.resources_da,
            data: table,
        });
        for section in table.iter().chain(&self.sections) {
            bytes.extend(section.kind.to_le_bytes());
            bytes.extend(section.da.to_le_bytes());
            bytes.extend((section.data.len() as u32).to_le_bytes());
            bytes.extend(&section.data);
        }
        bytes
    }
}

/// What TI's tool would have made for an IPU.
pub(crate) fn sample(version: Version) -> Image {
    let resources = match version {
        Version::V1 => vec![
            Resource::new(0, 0xa000_0000, 0, 0x10_0000, "IPC"),
            Resource::new(3, 60, 0, 0, "service"),
            Resource::new(4, 0x8000_0000, 0, 0x8000, "TRACE"),
            Resource::new(5, 0x100, 0, 0, "boot"),
        ],
        Version::V2 => vec![
            Resource::new(0, 0xa000_0000, 0, 0x10_0000, "IPC"),
            Resource::new(0, 0, 0x9880_0000, 0x40_0000, "text"),
            Resource::new(1, 0xaa00_0000, 0x4a00_0000, 0x100_0000, "L4 CFG"),
            Resource::new(2, 3, 0, 0, "GPTIMER_3"),
            Resource::new(3, 53, 0, 0, "IRQ"),
            Resource::new(4, 0x8000_0000, 0, 0x8000, "TRACE"),
            Resource::new(6, 0x8000_8000, 0, 0x1000, "crash"),
            Resource::new(7, 0x8000_9000, 0, 0, "suspend"),
            Resource::new(5, 0x100, 0, 0, "boot"),
        ],
    };
    Image {
        version,
        text: b"made by hand\0\0\0\0".to_vec(),
        resources_da: 0x8001_0000,
        resources,
        sections: vec![
            Section {
                kind: 1,
                da: 0,
                data: b"code and constants".to_vec(),
            },
            Section {
                kind: 3,
                da: 0x9000_0000,
                data: b"page table".to_vec(),
            },
            Section {
                kind: 2,
                da: 0x8000_0000,
                data: vec![1; 8],
            },
        ],
    }
}
