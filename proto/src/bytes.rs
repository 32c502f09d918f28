// SPDX-License-Identifier: GPL-2.0

//! Bounded reading: every offset here may be a lie.

use zerocopy::FromBytes;

/// The `len` bytes at `offset`, if `bytes` has them.
#[inline]
pub(crate) fn slice(bytes: &[u8], offset: u64, len: u64) -> Option<&[u8]> {
    let end = usize::try_from(offset.checked_add(len)?).ok()?;
    let start = usize::try_from(offset).ok()?;
    bytes.get(start..end)
}

/// A copy of the `T` at `offset`, if `bytes` has all of it.
#[inline]
pub(crate) fn read<T: FromBytes>(bytes: &[u8], offset: usize) -> Option<T> {
    match T::read_from_prefix(bytes.get(offset..)?) {
        Ok((value, _)) => Some(value),
        Err(_) => None,
    }
}
