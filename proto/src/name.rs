// SPDX-License-Identifier: GPL-2.0

//! The 32-byte names of channels and resources.

use core::fmt;

/// A name as it travels: 32 bytes, padded with zeroes.
///
/// A remote may fill all 32 bytes, so the terminating zero cannot be relied on, and may put
/// anything into them. [`Display`](fmt::Display) escapes whatever is not printable ASCII, so that
/// a name can be logged as it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Name([u8; Self::LEN]);

/// The [`Name`](crate::Name) that a constant text is; one that is none does not compile.
///
/// ```
/// assert_eq!(proto::name!("trace0").as_bytes(), b"trace0");
/// ```
///
/// ```compile_fail
/// proto::name!("a name of thirty-two or more bytes");
/// ```
#[macro_export]
macro_rules! name {
    ($name:expr) => {
        const {
            match $crate::Name::new($name) {
                Some(name) => name,
                None => panic!("a name has at most 31 bytes and no zero in it"),
            }
        }
    };
}

impl Name {
    /// Bytes of a name on the wire (`RPMSG_NAME_SIZE`), with the terminating zero.
    pub const LEN: usize = 32;

    /// The name `name`, or `None` if it leaves no room for the terminating zero or has a zero in
    /// it.
    pub const fn new(name: &str) -> Option<Self> {
        let name = name.as_bytes();
        if name.len() >= Self::LEN {
            return None;
        }
        let mut bytes = [0; Self::LEN];
        let mut i = 0;
        while i < name.len() {
            if name[i] == 0 {
                return None;
            }
            bytes[i] = name[i];
            i += 1;
        }
        Some(Self(bytes))
    }

    /// A name as it was received: any 32 bytes.
    #[inline]
    pub const fn from_wire(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// All 32 bytes, as they are on the wire.
    #[inline]
    pub const fn to_wire(self) -> [u8; Self::LEN] {
        self.0
    }

    /// The bytes before the first zero, at most 32.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.split(|&byte| byte == 0).next().unwrap_or(&[])
    }

    /// Whether the name has no bytes at all.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.first() == Some(&0)
    }

    /// The name cut to 31 bytes, with nothing but zeroes behind it: safe as a C string.
    pub fn terminated(&self) -> Self {
        let mut bytes = [0; Self::LEN];
        for (to, from) in bytes.iter_mut().take(Self::LEN - 1).zip(self.as_bytes()) {
            *to = *from;
        }
        Self(bytes)
    }

    /// The name as text if it is a decent one: terminated, not empty, printable ASCII only.
    pub fn printable(&self) -> Option<&str> {
        let name = self.as_bytes();
        if name.is_empty() || name.len() == Self::LEN {
            return None;
        }
        if !name.iter().all(|byte| matches!(byte, b' '..=b'~')) {
            return None;
        }
        core::str::from_utf8(name).ok()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.as_bytes().escape_ascii(), f)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn decent() {
        let name = Name::new("rpmsg-client-sample").unwrap();
        assert_eq!(name.printable(), Some("rpmsg-client-sample"));
        assert_eq!(name.to_string(), "rpmsg-client-sample");
        assert_eq!(name.terminated(), name);
        assert!(!name.is_empty());
    }

    #[test]
    fn hostile() {
        let full = Name::from_wire([b'x'; 32]);
        assert_eq!(full.as_bytes().len(), 32);
        assert_eq!(full.printable(), None);
        assert_eq!(full.terminated().as_bytes(), &[b'x'; 31]);

        let mut odd = [0; 32];
        odd[..4].copy_from_slice(b"a\x1b\n\xff");
        assert_eq!(Name::from_wire(odd).printable(), None);
        assert_eq!(Name::from_wire(odd).to_string(), "a\\x1b\\n\\xff");

        let mut behind = [0; 32];
        behind[..5].copy_from_slice(b"ab\0cd");
        assert_eq!(
            Name::from_wire(behind).terminated(),
            Name::new("ab").unwrap()
        );
        assert!(Name::from_wire([0; 32]).is_empty());
    }

    #[test]
    fn limits() {
        assert!(Name::new("0123456789012345678901234567890").is_some());
        assert!(Name::new("01234567890123456789012345678901").is_none());
        assert!(Name::new("a\0b").is_none());
    }
}
