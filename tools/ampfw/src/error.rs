// SPDX-License-Identifier: GPL-2.0

//! Why a command failed.

use std::fmt;

/// One message for the user: what was wrong and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(String);

impl Error {
    /// An error with this message.
    pub fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }

    /// The same error, of `what`: a file, mostly.
    pub fn of(self, what: impl fmt::Display) -> Self {
        Self(format!("{what}: {}", self.0))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

macro_rules! from {
    ($($error:ty),*) => {$(
        impl From<$error> for Error {
            fn from(error: $error) -> Self {
                Self::new(error.to_string())
            }
        }
    )*};
}

from!(
    proto::elf::Error,
    proto::rprc::Error,
    proto::coff::Error,
    proto::resource_table::Error,
    object::Error,
    object::write::Error,
    std::io::Error
);

/// What a command gives.
pub type Result<T> = std::result::Result<T, Error>;

/// Returns early with an [`Error`] of a formatted message.
macro_rules! bail {
    ($($arg:tt)*) => { return Err($crate::error::Error::new(format!($($arg)*))) };
}
pub(crate) use bail;
