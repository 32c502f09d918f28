// SPDX-License-Identifier: GPL-2.0

//! Buffers of a virtqueue in memory that the device can write at any time.
//!
//! What the device left in a buffer is an allegation, and it may change between two looks. So there
//! is no `&[u8]` to a buffer: [`Buffers`] copies in and out, and what was copied out is checked and
//! used from the copy.

use super::session::Alive;
use crate::coherent::Memory;
use amp_bindings as bindings;
use core::{
    marker::PhantomData,
    ptr::NonNull, //
};
use kernel::{
    prelude::*,
    sync::Arc, //
};

/// A handle on the buffers of one virtqueue: `count` of them, each `size` bytes.
///
/// Buffers are known by their index. Copying needs no lock: two who copy from or to the same buffer
/// at once get a mixture, as with the device, which may write any time; who owns which buffer is up
/// to the user.
///
/// The memory is freed after all handles are gone and the device's queues have been deleted.
///
/// # Invariants
///
/// `va` points to `count * size` bytes of kernel memory, which stay allocated as long as `alive`
/// exists. They are not accessed but through functions that the compiler cannot look into.
#[derive(Clone)]
pub struct Buffers {
    va: NonNull<u8>,
    count: u32,
    size: usize,
    _alive: Arc<Alive>,
}

// SAFETY: All access is by copying, which is allowed from any thread at any time.
unsafe impl Send for Buffers {}
// SAFETY: As above.
unsafe impl Sync for Buffers {}

impl Buffers {
    /// Makes a handle on `count` buffers of `size` bytes in `memory`.
    ///
    /// # Safety
    ///
    /// `memory` must stay allocated until `alive` has been dropped.
    pub(super) unsafe fn new(
        memory: &Memory,
        count: u32,
        size: usize,
        alive: Arc<Alive>,
    ) -> Result<Self> {
        // CAST: `u32` to `usize`, which is never narrower in the kernel.
        match (count as usize).checked_mul(size) {
            Some(total) if total <= memory.len() => (),
            _ => return Err(EINVAL),
        }

        // INVARIANT: The memory is large enough, as was just checked, and stays by the function's
        // requirements.
        Ok(Self {
            va: NonNull::new(memory.window().as_ptr()).ok_or(EINVAL)?,
            count,
            size,
            _alive: alive,
        })
    }

    /// How many buffers there are.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// The size of each buffer in bytes.
    pub fn size(&self) -> usize {
        self.size
    }

    /// The address of `len` bytes at `offset` in a buffer.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if they are not all in the buffer or there is no such buffer.
    #[inline]
    pub(super) fn range(&self, buffer: u32, offset: usize, len: usize) -> Result<NonNull<u8>> {
        if buffer >= self.count || offset > self.size || len > self.size - offset {
            return Err(EINVAL);
        }
        // CAST: As in `new`. This doesn't overflow, since `count * size` did not.
        let start = (buffer as usize)
            .wrapping_mul(self.size)
            .wrapping_add(offset);
        // SAFETY: By the check above and the type invariants this is within the memory.
        Ok(unsafe { self.va.add(start) })
    }

    /// Where byte `offset` of a buffer is, for who writes it in place; valid until the device is
    /// unbound. Whoever follows it answers for not going beyond the buffer.
    pub fn as_ptr(&self, buffer: u32, offset: usize) -> Option<NonNull<u8>> {
        self.range(buffer, offset, 0).ok()
    }

    /// Copies `from` into a buffer, `offset` bytes from its start. Any context.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if it doesn't fit or there is no such buffer.
    #[inline]
    pub fn copy_in(&self, buffer: u32, offset: usize, from: &[u8]) -> Result {
        let to = self.range(buffer, offset, from.len())?;
        // SAFETY: `to` is valid for this many bytes; concurrent access by others is what this
        // function is made for.
        unsafe {
            bindings::copy_shared(to.as_ptr().cast(), from.as_ptr().cast(), from.len());
        }
        Ok(())
    }

    /// Writes `words` into a buffer, from its start: as [`copy_in`](Buffers::copy_in), for what is short
    /// and of a fixed length. Any context.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if they don't fit, are not aligned or there is no such buffer.
    #[inline]
    pub fn write_words<const N: usize>(&self, buffer: u32, words: &[u32; N]) -> Result {
        let to = self.range(buffer, 0, size_of_val(words))?.cast::<u32>();
        if !to.is_aligned() {
            return Err(EINVAL);
        }
        for (i, word) in words.iter().enumerate() {
            // SAFETY: `to` is valid for all of the words and aligned. Concurrent access by others is
            // why this is volatile.
            unsafe { to.add(i).write_volatile(*word) };
        }
        Ok(())
    }

    /// Copies bytes `offset..offset + to.len()` of a buffer to `to`. Any context.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if the buffer is not that long or there is no such buffer; a length that comes
    /// from the device may be given as it is.
    #[inline]
    pub fn copy_out(&self, buffer: u32, offset: usize, to: &mut [u8]) -> Result {
        self.part(buffer, offset, to.len())?.copy_out(to)
    }

    /// Bytes `offset..offset + len` of a buffer, to be copied out.
    ///
    /// # Errors
    ///
    /// As of [`copy_out`](Self::copy_out).
    #[inline]
    pub fn part(&self, buffer: u32, offset: usize, len: usize) -> Result<Part<'_>> {
        // INVARIANT: What `range` returns, and that stays as long as `self`.
        Ok(Part {
            from: self.range(buffer, offset, len)?,
            len,
            _buffers: PhantomData,
        })
    }
}

/// Bytes of a buffer.
///
/// # Invariants
///
/// `from` points to `len` bytes of a buffer, which stay as long as this exists.
pub struct Part<'a> {
    from: NonNull<u8>,
    len: usize,
    _buffers: PhantomData<&'a Buffers>,
}

impl Part<'_> {
    /// Copies all of it to `to`. Any context.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if `to` is not as long.
    #[inline]
    pub fn copy_out(&self, to: &mut [u8]) -> Result {
        if to.len() != self.len {
            return Err(EINVAL);
        }
        // SAFETY: By the type invariants `from` is valid for this many bytes; concurrent access by
        // others is what this function is made for.
        unsafe {
            bindings::copy_shared(to.as_mut_ptr().cast(), self.from.as_ptr().cast(), to.len());
        }
        Ok(())
    }
}
