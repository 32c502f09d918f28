// SPDX-License-Identifier: GPL-2.0

//! Memory that Linux and devices write while we read it.
//!
//! All the unsafe code of this library is here: a [`Window`] is the promise that a range of
//! addresses may be touched, everything on top of it is safe.

use core::sync::atomic::{
    fence,
    Ordering, //
};

use proto::vring::Fault;
use proto::vring::Memory;
use proto::DeviceAddr;

/// A range of addresses that this processor may read and write, one volatile access at a time.
///
/// # Invariants
///
/// As long as the window exists, each byte from `base` to `base + len` can be read and written,
/// and no Rust reference points to any of them.
#[derive(Debug)]
pub struct Window {
    base: usize,
    len: usize,
}

impl Window {
    /// The window of `len` bytes at `base`.
    ///
    /// # Safety
    ///
    /// - The range can be read and written for as long as the window exists, or the processor
    ///   takes a fault that does not return.
    /// - The range does not wrap.
    /// - No Rust object that is used in any other way lies in it.
    pub const unsafe fn new(base: usize, len: usize) -> Self {
        // INVARIANT: what the caller promises.
        Self { base, len }
    }

    /// Where it begins.
    pub const fn base(&self) -> DeviceAddr {
        DeviceAddr(self.base as u64)
    }

    /// Its size in bytes.
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether it has no byte.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// A pointer to the `len` bytes at `at`, if they are all in here.
    #[inline]
    fn find(&self, at: DeviceAddr, len: usize) -> Option<*mut u8> {
        // An address below the window becomes an offset far behind it.
        let at = usize::try_from(at.0).ok()?;
        let offset = at.wrapping_sub(self.base);
        if offset > self.len || len > self.len - offset {
            return None;
        }
        Some(core::ptr::with_exposed_provenance_mut(at))
    }

    /// Reads the register at `offset`, in bytes.
    ///
    /// # Panics
    ///
    /// If there is no register at `offset`.
    #[inline]
    pub fn read_u32(&self, offset: usize) -> u32 {
        let register = self.register(offset);
        // SAFETY:
        // - By the type invariant, as `register()` has checked, the four bytes can be read;
        // - it has checked their alignment too.
        unsafe { register.read_volatile() }
    }

    /// Writes the register at `offset`, in bytes.
    ///
    /// # Panics
    ///
    /// If there is no register at `offset`.
    #[inline]
    pub fn write_u32(&self, offset: usize, value: u32) {
        let register = self.register(offset);
        // SAFETY: As in `read_u32()`.
        unsafe { register.write_volatile(value) }
    }

    #[inline]
    fn register(&self, offset: usize) -> *mut u32 {
        let at = DeviceAddr((self.base + offset) as u64);
        match self.find(at, size_of::<u32>()) {
            Some(bytes) if bytes.cast::<u32>().is_aligned() => bytes.cast(),
            _ => panic!("no register at {at:#x}"),
        }
    }
}

/// All the memory that is shared with Linux, as a [`Memory`].
#[derive(Debug)]
pub struct Windows<const N: usize>(pub [Window; N]);

impl<const N: usize> Windows<N> {
    #[inline]
    fn find(&self, at: DeviceAddr, len: usize) -> Result<*mut u8, Fault> {
        self.0
            .iter()
            .find_map(|window| window.find(at, len))
            .ok_or(Fault::Address { at, len })
    }

    #[inline]
    fn find_u16(&self, at: DeviceAddr) -> Result<*mut u16, Fault> {
        let len = size_of::<u16>();
        let half = self.find(at, len)?.cast::<u16>();
        match half.is_aligned() {
            true => Ok(half),
            false => Err(Fault::Address { at, len }),
        }
    }
}

impl<const N: usize> Memory for Windows<N> {
    #[inline]
    fn read_u16(&self, at: DeviceAddr) -> Result<u16, Fault> {
        let half = self.find_u16(at)?;
        // SAFETY: `find_u16()` has found it in a window, and aligned.
        Ok(u16::from_le(unsafe { half.read_volatile() }))
    }

    #[inline]
    fn write_u16(&self, at: DeviceAddr, value: u16) -> Result<(), Fault> {
        let half = self.find_u16(at)?;
        // SAFETY: As in `read_u16()`.
        unsafe { half.write_volatile(value.to_le()) };
        Ok(())
    }

    #[inline]
    fn read(&self, at: DeviceAddr, to: &mut [u8]) -> Result<(), Fault> {
        let mut from = self.find(at, to.len())?;
        // Word by word where possible: a volatile access cannot be merged with its neighbours.
        let mut rest = to;
        if from.cast::<u32>().is_aligned() {
            let mut words = rest.chunks_exact_mut(size_of::<u32>());
            for word in &mut words {
                // SAFETY:
                // - `find()` has found all `to.len()` bytes in a window, and no more than those
                //   are read;
                // - the first word is aligned, hence all are.
                let value = unsafe { from.cast::<u32>().read_volatile() };
                word.copy_from_slice(&value.to_ne_bytes());
                from = from.wrapping_add(size_of::<u32>());
            }
            rest = words.into_remainder();
        }
        for byte in rest {
            // SAFETY: As above; a byte is always aligned.
            *byte = unsafe { from.read_volatile() };
            from = from.wrapping_add(1);
        }
        Ok(())
    }

    #[inline]
    fn write(&self, at: DeviceAddr, from: &[u8]) -> Result<(), Fault> {
        let mut to = self.find(at, from.len())?;
        let mut rest = from;
        if to.cast::<u32>().is_aligned() {
            let mut words = rest.chunks_exact(size_of::<u32>());
            for word in &mut words {
                let mut value = [0; size_of::<u32>()];
                value.copy_from_slice(word);
                // SAFETY: As in `read()`, for writing.
                unsafe { to.cast::<u32>().write_volatile(u32::from_ne_bytes(value)) };
                to = to.wrapping_add(size_of::<u32>());
            }
            rest = words.remainder();
        }
        for byte in rest {
            // SAFETY: As above; a byte is always aligned.
            unsafe { to.write_volatile(*byte) };
            to = to.wrapping_add(1);
        }
        Ok(())
    }

    #[inline]
    fn barrier(&self) {
        fence(Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::boxed::Box;
    use std::vec;

    fn windows() -> (Windows<2>, u64, u64) {
        let mut all = [0; 2];
        let windows = Windows(core::array::from_fn(|i| {
            let memory: &mut [u64] = Box::leak(vec![0; 8].into_boxed_slice());
            let base = memory.as_mut_ptr().expose_provenance();
            all[i] = base as u64;
            // SAFETY: The memory is leaked, and only used through this window.
            unsafe { Window::new(base, 64) }
        }));
        (windows, all[0], all[1])
    }

    #[test]
    fn copies_at_any_alignment() {
        let (windows, base, _) = windows();
        let from: [u8; 23] = core::array::from_fn(|i| i as u8 + 1);
        for shift in 0..8 {
            for len in 0..from.len() {
                windows.write(DeviceAddr(base), &[0; 64]).unwrap();
                let at = DeviceAddr(base + shift);
                windows.write(at, &from[..len]).unwrap();
                let mut all = [0; 64];
                windows.read(DeviceAddr(base), &mut all).unwrap();
                let start = shift as usize;
                assert_eq!(&all[start..start + len], &from[..len]);
                assert!(all[..start].iter().all(|&byte| byte == 0));
                assert!(all[start + len..].iter().all(|&byte| byte == 0));
                let mut back = [0; 23];
                windows.read(at, &mut back[..len]).unwrap();
                assert_eq!(&back[..len], &from[..len]);
            }
        }
    }

    #[test]
    fn bounds() {
        let (windows, first, second) = windows();
        for base in [first, second] {
            assert!(windows.write(DeviceAddr(base + 60), &[0; 4]).is_ok());
            let at = DeviceAddr(base + 61);
            assert_eq!(
                windows.write(at, &[0; 4]),
                Err(Fault::Address { at, len: 4 })
            );
            assert!(windows.read_u16(DeviceAddr(base + 62)).is_ok());
            assert!(windows.read_u16(DeviceAddr(base + 61)).is_err());
            assert!(windows.read_u16(DeviceAddr(base + 64)).is_err());
        }
        let at = DeviceAddr(u64::MAX);
        assert!(windows.read(at, &mut [0; 4]).is_err());
    }

    #[test]
    fn little_endian() {
        let (windows, base, _) = windows();
        windows.write(DeviceAddr(base), &[1, 2, 3, 4]).unwrap();
        assert_eq!(windows.read_u16(DeviceAddr(base + 2)), Ok(0x0403));
        assert_eq!(windows.0[0].read_u32(0), 0x0403_0201);
        windows.0[0].write_u32(4, 0x0807_0605);
        let mut back = [0; 2];
        windows.read(DeviceAddr(base + 6), &mut back).unwrap();
        assert_eq!(back, [7, 8]);
    }
}
