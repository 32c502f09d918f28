// SPDX-License-Identifier: GPL-2.0

//! Makes COFF images, for the tests and for the seeds of the fuzzer.

use proto::coff::Version;

/// A section; its contents are in the image if `data` is not empty.
#[derive(Clone, Debug)]
pub(crate) struct Section {
    pub(crate) name: String,
    pub(crate) da: u32,
    pub(crate) run: u32,
    pub(crate) size: u32,
    pub(crate) flags: u32,
    pub(crate) data: Vec<u8>,
}

impl Section {
    pub(crate) fn new(name: &str, da: u32, flags: u32, data: &[u8]) -> Self {
        Self {
            name: name.into(),
            da,
            run: da,
            size: data.len() as u32,
            flags,
            data: data.to_vec(),
        }
    }
}

/// A symbol, and how many auxiliary entries follow it.
#[derive(Clone, Debug)]
pub(crate) struct Symbol {
    pub(crate) name: String,
    pub(crate) value: u32,
    pub(crate) section: i16,
    pub(crate) auxiliary: u8,
}

#[derive(Clone, Debug)]
pub(crate) struct Image {
    pub(crate) version: Version,
    pub(crate) target: u16,
    pub(crate) flags: u16,
    pub(crate) entry: Option<u32>,
    pub(crate) sections: Vec<Section>,
    pub(crate) symbols: Vec<Symbol>,
}

/// The eight bytes of a name; what is longer goes into the table of strings.
fn name(name: &str, strings: &mut Vec<u8>) -> [u8; 8] {
    let mut field = [0; 8];
    if name.len() <= 8 {
        field[..name.len()].copy_from_slice(name.as_bytes());
    } else {
        field[4..].copy_from_slice(&(strings.len() as u32).to_le_bytes());
        strings.extend(name.bytes());
        strings.push(0);
    }
    field
}

impl Image {
    /// The image: headers, contents, symbols, strings.
    pub(crate) fn build(&self) -> Vec<u8> {
        let header_len = match self.version {
            Version::Coff1 => 40,
            Version::Coff2 => 48,
        };
        let optional = if self.entry.is_some() { 28 } else { 0 };
        let contents = 22 + optional + header_len * self.sections.len();
        let symbols_offset = contents + self.sections.iter().map(|s| s.data.len()).sum::<usize>();
        let symbols: usize = self
            .symbols
            .iter()
            .map(|s| 1 + usize::from(s.auxiliary))
            .sum();
        let mut strings = vec![0; 4];

        let mut bytes = Vec::new();
        let u16s = |bytes: &mut Vec<u8>, words: &[u16]| {
            bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        };
        let u32s = |bytes: &mut Vec<u8>, words: &[u32]| {
            bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        };
        let magic = match self.version {
            Version::Coff1 => 0xc1,
            Version::Coff2 => 0xc2,
        };
        u16s(&mut bytes, &[magic, self.sections.len() as u16]);
        u32s(&mut bytes, &[0, symbols_offset as u32, symbols as u32]);
        u16s(&mut bytes, &[optional as u16, self.flags, self.target]);
        if let Some(entry) = self.entry {
            u16s(&mut bytes, &[0x108, 0]);
            u32s(&mut bytes, &[0, 0, 0, entry, 0, 0]);
        }
        let mut offset = contents as u32;
        for section in &self.sections {
            bytes.extend(name(&section.name, &mut strings));
            let place = if section.data.is_empty() { 0 } else { offset };
            offset += section.data.len() as u32;
            u32s(
                &mut bytes,
                &[section.run, section.da, section.size, place, 0, 0],
            );
            match self.version {
                Version::Coff1 => u16s(&mut bytes, &[0, 0, section.flags as u16, 0]),
                Version::Coff2 => u32s(&mut bytes, &[0, 0, section.flags, 0]),
            }
        }
        for section in &self.sections {
            bytes.extend(&section.data);
        }
        assert_eq!(bytes.len(), symbols_offset);
        for symbol in &self.symbols {
            bytes.extend(name(&symbol.name, &mut strings));
            bytes.extend(symbol.value.to_le_bytes());
            bytes.extend(symbol.section.to_le_bytes());
            bytes.extend([0, 0, 2, symbol.auxiliary]);
            bytes.extend(vec![0xff; 18 * usize::from(symbol.auxiliary)]);
        }
        let len = (strings.len() as u32).to_le_bytes();
        strings[..4].copy_from_slice(&len);
        bytes.extend(strings);
        bytes
    }
}

/// What DSP/BIOS for a DA850 looks like.
pub(crate) fn sample(version: Version) -> Image {
    let symbol = |name: &str, value, section, auxiliary| Symbol {
        name: name.into(),
        value,
        section,
        auxiliary,
    };
    let mut bss = Section::new(".bss", 0xc310_2000, 0x80, &[]);
    bss.size = 0x100;
    Image {
        version,
        target: 0x99,
        flags: 0x102,
        entry: Some(0xc310_0020),
        sections: vec![
            Section::new(
                ".text",
                0xc310_0000,
                0x20,
                b"code, thirty-two bytes of it...",
            ),
            Section::new(".hwi_vec", 0xc310_0400, 0x20, b"vectors."),
            Section::new(
                ".resource_table",
                0xc310_1000,
                0x40,
                b"\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            ),
            bss,
            Section::new(".debug_info", 0, 0x10, b"for the debugger"),
        ],
        symbols: vec![
            symbol("_c_int00", 0xc310_0020, 1, 1),
            symbol("_a_long_name_of_a_function", 0xc310_0010, 1, 0),
            symbol("__STACK_SIZE", 0x400, -1, 0),
            symbol("_undefined_one", 0, 0, 0),
        ],
    }
}
