// SPDX-License-Identifier: GPL-2.0

//! Symbols, and names of all kinds.

use zerocopy::little_endian::{
    U16,
    U32, //
};
use zerocopy_derive::{
    FromBytes,
    Immutable,
    KnownLayout,
    Unaligned, //
};

use super::Coff;
use super::Error;
use super::Header;
use crate::bytes::read;
use crate::bytes::slice;
use crate::DeviceAddr;

#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Wire {
    name: [u8; 8],
    value: U32,
    section: U16,
    kind: U16,
    class: u8,
    auxiliary: u8,
}

const _: () = assert!(size_of::<Wire>() == 18);

/// A long name: 0 and an offset into the table of strings.
#[derive(FromBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct LongName {
    zero: U32,
    offset: U32,
}

/// A symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Symbol<'a> {
    /// Its name; any bytes but zero.
    pub name: &'a [u8],
    /// Its address.
    pub value: DeviceAddr,
    /// The section it lies in, from 1; 0 if it is undefined, -1 if its value is no address, -2 for
    /// the debugger.
    pub section: i16,
    /// The storage class.
    pub class: u8,
}

impl Symbol<'_> {
    /// Whether the value means something.
    pub fn is_defined(&self) -> bool {
        self.section > 0 || self.section == -1
    }
}

fn table_len(header: &Header) -> u64 {
    u64::from(header.symbols).saturating_mul(size_of::<Wire>() as u64)
}

/// The table of strings, which follows the symbols: empty if there are no symbols.
pub(super) fn strings<'a>(image: &'a [u8], header: &Header) -> Result<&'a [u8], Error> {
    if header.symbols_offset == 0 {
        return Ok(&[]);
    }
    let (offset, len) = (u64::from(header.symbols_offset), table_len(header));
    if slice(image, offset, len).is_none() {
        return Err(Error::Short {
            what: "table of symbols",
            offset,
            len,
            size: image.len(),
        });
    }
    // Without long names there may be no table at all.
    let offset = offset.saturating_add(len);
    if offset == image.len() as u64 {
        return Ok(&[]);
    }
    let short = |len| Error::Short {
        what: "table of strings",
        offset,
        len,
        size: image.len(),
    };
    let len: U32 = slice(image, offset, 4)
        .and_then(|bytes| read(bytes, 0))
        .ok_or(short(4))?;
    let len = u64::from(len.get());
    let strings = slice(image, offset, len).ok_or(short(len))?;
    // Hence every name has an end, and only its start needs to be looked at.
    match strings.last() {
        Some(0) | None => Ok(strings),
        Some(_) => Err(Error::StringsEnd { offset, len }),
    }
}

/// The name that `field` begins with, of the `index`th `what`.
pub(super) fn name<'a>(
    field: &'a [u8],
    strings: &'a [u8],
    what: &'static str,
    index: usize,
) -> Result<Name<'a>, Error> {
    match read::<LongName>(field, 0) {
        Some(long) if long.zero.get() == 0 && long.offset.get() != 0 => {
            let offset = long.offset.get();
            match usize::try_from(offset).ok().and_then(|o| strings.get(o..)) {
                Some(bytes @ [_, ..]) => Ok(Name(bytes)),
                _ => Err(Error::Name {
                    what,
                    index,
                    offset,
                    size: strings.len(),
                }),
            }
        }
        _ => Ok(Name(field.get(..8).unwrap_or(field))),
    }
}

/// A name that has been found, but whose end has not been looked for.
pub(super) struct Name<'a>(&'a [u8]);

impl<'a> Name<'a> {
    pub(super) fn bytes(&self) -> &'a [u8] {
        self.0.split(|&byte| byte == 0).next().unwrap_or(&[])
    }
}

/// Checks all symbols, so that [`Symbols`] need not report errors.
pub(super) fn check(coff: &Coff<'_>) -> Result<(), Error> {
    let mut symbols = coff.symbols();
    while let Some((index, wire)) = symbols.wire() {
        name(&wire.name, coff.strings, "symbol", index)?;
    }
    Ok(())
}

/// Iterator over the symbols of an image.
#[derive(Clone, Debug)]
pub struct Symbols<'a> {
    table: &'a [u8],
    strings: &'a [u8],
    index: usize,
}

impl<'a> Symbols<'a> {
    pub(super) fn new(coff: &Coff<'a>) -> Self {
        let header = &coff.header;
        let table = match header.symbols_offset {
            0 => None,
            offset => slice(coff.image, offset.into(), table_len(header)),
        };
        Self {
            table: table.unwrap_or(&[]),
            strings: coff.strings,
            index: 0,
        }
    }

    fn wire(&mut self) -> Option<(usize, Wire)> {
        let index = self.index;
        let wire: Wire = read(self.table, index.checked_mul(size_of::<Wire>())?)?;
        self.index = index
            .checked_add(1)?
            .checked_add(usize::from(wire.auxiliary))?;
        Some((index, wire))
    }
}

impl<'a> Iterator for Symbols<'a> {
    type Item = Symbol<'a>;

    fn next(&mut self) -> Option<Symbol<'a>> {
        let (index, wire) = self.wire()?;
        let field = self.table.get(index.checked_mul(size_of::<Wire>())?..)?;
        Some(Symbol {
            name: name(field, self.strings, "symbol", index).ok()?.bytes(),
            value: wire.value.get().into(),
            section: wire.section.get() as i16,
            class: wire.class,
        })
    }
}
