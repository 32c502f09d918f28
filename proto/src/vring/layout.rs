// SPDX-License-Identifier: GPL-2.0

//! Where the three parts of a ring lie.

use core::fmt;

/// The most entries that a ring can have.
pub const MAX_NUM: u32 = 32768;

const MAX_ALIGN: u32 = 1 << 31;

/// Offsets and size of the parts of a ring, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    num: u16,
    used: u32,
}

impl Layout {
    /// The layout of a ring of `num` entries whose device part is aligned to `align` bytes.
    ///
    /// # Errors
    ///
    /// [`Error::Num`] unless `num` is a power of two up to [`MAX_NUM`]; [`Error::Align`] unless
    /// `align` is a power of two from 4 (the used ring holds words) up to 2 GiB.
    pub const fn new(num: u32, align: u32) -> Result<Self, Error> {
        if !num.is_power_of_two() || num > MAX_NUM {
            return Err(Error::Num(num));
        }
        if !align.is_power_of_two() || align < 4 {
            return Err(Error::Align(align));
        }
        // At most 0x90006 bytes, so only rounding up can wrap.
        let end = 16 * num + 2 * (3 + num);
        let used = match end.checked_add(align - 1) {
            Some(end) => end & !(align - 1),
            None => return Err(Error::Align(align)),
        };
        // The used ring must not wrap either.
        if used > MAX_ALIGN {
            return Err(Error::Align(align));
        }
        Ok(Self {
            num: num as u16,
            used,
        })
    }

    /// The number of entries: a power of two.
    #[inline]
    pub const fn num(&self) -> u16 {
        self.num
    }

    /// Bytes of the whole ring; the same as the kernel's `vring_size(num, align)`.
    #[inline]
    pub const fn size(&self) -> u32 {
        self.used + 2 * 3 + 8 * self.num as u32
    }

    /// The slot of a free-running index.
    #[inline]
    pub const fn slot(&self, index: u16) -> u16 {
        index & (self.num - 1)
    }

    /// Offset of descriptor `id`, or `None` if the ring has no such descriptor.
    #[inline]
    pub const fn desc(&self, id: u16) -> Option<u32> {
        if id < self.num {
            Some(16 * id as u32)
        } else {
            None
        }
    }

    /// Offset of the driver's flags, a u16.
    #[inline]
    pub const fn avail_flags(&self) -> u32 {
        16 * self.num as u32
    }

    /// Offset of the driver's free-running index, a u16.
    #[inline]
    pub const fn avail_idx(&self) -> u32 {
        self.avail_flags() + 2
    }

    /// Offset of the driver's ring element for a free-running index, a u16.
    #[inline]
    pub const fn avail_ring(&self, index: u16) -> u32 {
        self.avail_flags() + 4 + 2 * self.slot(index) as u32
    }

    /// Offset of the driver's event index, a u16 behind its ring. Without
    /// [`super::F_EVENT_IDX`] nobody looks at it.
    #[inline]
    pub const fn used_event(&self) -> u32 {
        self.avail_flags() + 4 + 2 * self.num as u32
    }

    /// Offset of the device's flags, a u16.
    #[inline]
    pub const fn used_flags(&self) -> u32 {
        self.used
    }

    /// Offset of the device's free-running index, a u16.
    #[inline]
    pub const fn used_idx(&self) -> u32 {
        self.used + 2
    }

    /// Offset of the device's ring element for a free-running index, a [`super::Used`].
    #[inline]
    pub const fn used_ring(&self, index: u16) -> u32 {
        self.used + 4 + 8 * self.slot(index) as u32
    }

    /// Offset of the device's event index, a u16: the last field of the ring. Without
    /// [`super::F_EVENT_IDX`] nobody looks at it.
    #[inline]
    pub const fn avail_event(&self) -> u32 {
        self.size() - 2
    }
}

/// What can be wrong with the geometry of a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// An impossible number of entries.
    Num(u32),
    /// An impossible alignment, in bytes.
    Align(u32),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Num(num) => write!(
                f,
                "a vring of {num} entries, it must be a power of two up to {MAX_NUM}"
            ),
            Self::Align(align) => write!(
                f,
                "a vring with alignment {align:#x}, it must be a power of two, at least 4"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn omap4() {
        let layout = Layout::new(256, 4096).unwrap();
        assert_eq!(layout.size(), 0x2806);
        assert_eq!(layout.desc(255), Some(0xff0));
        assert_eq!(layout.desc(256), None);
        assert_eq!(layout.avail_flags(), 0x1000);
        assert_eq!(layout.avail_ring(256 + 3), 0x1000 + 4 + 6);
        assert_eq!(layout.used_event(), 0x1204);
        assert_eq!(layout.used_flags(), 0x2000);
        assert_eq!(layout.used_ring(65535), 0x2004 + 255 * 8);
        assert_eq!(layout.avail_event(), 0x2804);
    }

    #[test]
    fn extremes() {
        assert_eq!(Layout::new(0, 4096), Err(Error::Num(0)));
        assert_eq!(Layout::new(3, 4096), Err(Error::Num(3)));
        assert_eq!(Layout::new(65536, 4096), Err(Error::Num(65536)));
        assert_eq!(Layout::new(256, 0), Err(Error::Align(0)));
        assert_eq!(Layout::new(256, 2), Err(Error::Align(2)));
        assert_eq!(Layout::new(256, 4095), Err(Error::Align(4095)));
        assert!(Layout::new(32768, 1 << 31).is_ok());
        assert_eq!(Layout::new(1, 4).unwrap().size(), 24 + 6 + 8);
    }
}
