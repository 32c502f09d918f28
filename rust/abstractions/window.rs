// SPDX-License-Identifier: GPL-2.0

//! Bounded views of memory that another processor shares.
//!
//! A [`Window`] is a range of bytes that somebody else may read and write at any time. So nothing
//! in it is ever borrowed: bytes are copied out, and what was checked is the copy.

use core::marker::PhantomData;
use kernel::{
    io::{
        mem::IoMem,
        Io,
        IoBackend,
        IoBase,
        IoSysMap,
        IoSysMapBackend,
        Mmio,
        MmioBackend,
        MmioRaw,
        Region,
        SysMem, //
    },
    prelude::*, //
};

/// A range of shared memory, ordinary or I/O memory. Cheap to copy.
///
/// All functions check their range against the window and touch nothing outside of it; none
/// sleeps.
#[derive(Clone, Copy)]
pub struct Window<'a>(IoSysMap<'a, [u8]>, PhantomData<&'a ()>);

/// How much [`Window::zero`] writes at once.
const CHUNK: usize = 64;

impl<'a> Window<'a> {
    /// A window on ordinary memory.
    pub fn from_memory(memory: SysMem<'a, [u8]>) -> Self {
        Self(memory.into(), PhantomData)
    }

    /// A window on `len` bytes at `va`, which are I/O memory if `is_io`. [`None`] for NULL.
    ///
    /// # Safety
    ///
    /// The bytes must be mapped, in that way, as long as the window is used.
    pub unsafe fn from_raw(va: *mut u8, len: usize, is_io: bool) -> Option<Self> {
        if va.is_null() {
            return None;
        }
        let bytes = core::ptr::slice_from_raw_parts_mut(va, len);
        if !is_io {
            // SAFETY: By the requirements of this function.
            return Some(Self::from_memory(unsafe { SysMem::new(bytes) }));
        }

        // There is no way to make a view of bytes but by way of a whole word.
        let word = MmioRaw::<Region>::new_region(va as usize & !3, 4).ok()?;
        // SAFETY: By the requirements of this function; nobody uses the word as such.
        let view = unsafe { MmioBackend::project_view(Mmio::from_raw(word), bytes) };
        Some(Self(view.into(), PhantomData))
    }

    /// Its length in bytes.
    #[inline]
    pub fn len(&self) -> usize {
        self.0.size()
    }

    /// Whether it has no bytes at all.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether it is I/O memory, which must not be handed to code that uses plain loads.
    #[inline]
    pub fn is_io(&self) -> bool {
        matches!(self.0, IoSysMap::Io(_))
    }

    /// The kernel address of its first byte, for the C ABI edge and for rings that C code drives.
    #[inline]
    pub fn as_ptr(&self) -> *mut u8 {
        IoSysMapBackend::as_ptr(self.0).cast()
    }

    /// The part of `len` bytes from `offset` on; [`None`] if the window does not have it.
    pub fn part(&self, offset: usize, len: usize) -> Option<Window<'a>> {
        let end = offset.checked_add(len)?;
        if end > self.len() {
            return None;
        }

        let start = IoSysMapBackend::as_ptr(self.0)
            .cast::<u8>()
            .wrapping_add(offset);
        let part = core::ptr::slice_from_raw_parts_mut(start, len);
        // SAFETY: `offset..end` was checked to lie in the window, so `part` is a projection of it.
        let part = unsafe { IoSysMapBackend::project_view(self.0, part) };
        Some(Window(part, PhantomData))
    }

    /// Copies `data` to `offset`.
    ///
    /// # Errors
    ///
    /// [`ERANGE`] if it does not fit; nothing is written then.
    pub fn write(&self, offset: usize, data: &[u8]) -> Result {
        self.part(offset, data.len())
            .ok_or(ERANGE)?
            .0
            .copy_from_slice(data);
        Ok(())
    }

    /// Fills `data` from `offset`, reading each byte once.
    ///
    /// # Errors
    ///
    /// [`ERANGE`] if the window does not have that many bytes; nothing is read then.
    pub fn read(&self, offset: usize, data: &mut [u8]) -> Result {
        self.part(offset, data.len())
            .ok_or(ERANGE)?
            .0
            .copy_to_slice(data);
        Ok(())
    }

    /// Reads the u16 at `offset`, in one access, in the CPU's byte order.
    ///
    /// # Errors
    ///
    /// [`ERANGE`] if the window does not have it, [`EINVAL`] if it is not aligned or in I/O memory.
    pub fn read_u16(&self, offset: usize) -> Result<u16> {
        let half = self.half(offset)?;
        // SAFETY: `half()` has checked that it lies in the window and is aligned.
        Ok(unsafe { half.read_volatile() })
    }

    /// Writes the u16 at `offset`, in one access, in the CPU's byte order.
    ///
    /// # Errors
    ///
    /// As for [`read_u16`](Window::read_u16).
    pub fn write_u16(&self, offset: usize, value: u16) -> Result {
        let half = self.half(offset)?;
        // SAFETY: As in `read_u16()`.
        unsafe { half.write_volatile(value) };
        Ok(())
    }

    fn half(&self, offset: usize) -> Result<*mut u16> {
        let half = self
            .part(offset, size_of::<u16>())
            .ok_or(ERANGE)?
            .as_ptr()
            .cast::<u16>();

        match half.is_aligned() && !self.is_io() {
            true => Ok(half),
            false => Err(EINVAL),
        }
    }

    /// Zeroes `len` bytes from `offset` on.
    ///
    /// # Errors
    ///
    /// [`ERANGE`] as for [`write`](Window::write).
    pub fn zero(&self, offset: usize, len: usize) -> Result {
        let range = self.part(offset, len).ok_or(ERANGE)?;
        let zeroes = [0u8; CHUNK];
        let mut done = 0;

        while done < len {
            let count = CHUNK.min(len - done);
            range.write(done, zeroes.get(..count).ok_or(ERANGE)?)?;
            done += count;
        }
        Ok(())
    }
}

impl<'a, const SIZE: usize> From<&'a IoMem<'_, SIZE>> for Window<'a> {
    fn from(memory: &'a IoMem<'_, SIZE>) -> Self {
        let view = memory.as_view();
        let ptr = MmioBackend::as_ptr(view);
        let bytes = core::ptr::slice_from_raw_parts_mut(ptr.cast::<u8>(), view.size());
        // SAFETY: The same memory, all of it, seen as bytes.
        let view = unsafe { MmioBackend::project_view(view, bytes) };
        Window(view.into(), PhantomData)
    }
}
