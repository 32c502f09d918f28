// SPDX-License-Identifier: GPL-2.0

//! Addresses that must not be confused: the remote's view and the bus's view.

use core::fmt;

macro_rules! address {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(transparent)]
        pub struct $name(pub u64);

        impl $name {
            /// The address `bytes` bytes further on, or `None` if that wraps.
            #[inline]
            pub const fn checked_add(self, bytes: u64) -> Option<Self> {
                match self.0.checked_add(bytes) {
                    Some(sum) => Some(Self(sum)),
                    None => None,
                }
            }

            /// How many bytes `self` lies behind `base`, or `None` if it lies before it.
            #[inline]
            pub const fn offset_from(self, base: Self) -> Option<u64> {
                self.0.checked_sub(base.0)
            }

            /// The offset of the range of `len` bytes at `self` from `base`, if the range lies
            /// wholly within the `size` bytes at `base`.
            #[inline]
            pub const fn offset_in(self, len: u64, base: Self, size: u64) -> Option<u64> {
                match self.offset_from(base) {
                    Some(offset) => match offset.checked_add(len) {
                        Some(end) if end <= size => Some(offset),
                        _ => None,
                    },
                    None => None,
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::LowerHex::fmt(&self.0, f)
            }
        }

        impl fmt::LowerHex for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::LowerHex::fmt(&self.0, f)
            }
        }

        impl From<u32> for $name {
            fn from(address: u32) -> Self {
                Self(u64::from(address))
            }
        }
    };
}

address! {
    /// A device address (`da`): where the remote processor sees something, in bytes.
    DeviceAddr
}

address! {
    /// A physical address (`pa`): where the bus sees something, in bytes.
    PhysAddr
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges() {
        let base = DeviceAddr(0x8000_0000);
        assert_eq!(
            DeviceAddr(0x8000_0010).offset_in(0x10, base, 0x20),
            Some(0x10)
        );
        assert_eq!(DeviceAddr(0x8000_0010).offset_in(0x11, base, 0x20), None);
        assert_eq!(DeviceAddr(0x7fff_ffff).offset_in(1, base, 0x20), None);
        assert_eq!(DeviceAddr(u64::MAX).offset_in(u64::MAX, base, 0x20), None);
        assert_eq!(DeviceAddr(u64::MAX).checked_add(1), None);
    }
}
