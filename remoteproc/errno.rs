// SPDX-License-Identifier: GPL-2.0

//! Errors in messages: by name, which the kernel itself prints only if it was configured so.

use kernel::{
    fmt,
    prelude::*, //
};

/// Formats an error as `ENOENT`, or as `error -2` if it is a rare one.
pub(crate) struct Errno(pub(crate) Error);

const NAMES: &[(Error, &str)] = &[
    (EBUSY, "EBUSY"),
    (EEXIST, "EEXIST"),
    (EFAULT, "EFAULT"),
    (EINTR, "EINTR"),
    (EINVAL, "EINVAL"),
    (EIO, "EIO"),
    (ENODEV, "ENODEV"),
    (ENOENT, "ENOENT"),
    (ENOEXEC, "ENOEXEC"),
    (ENOMEM, "ENOMEM"),
    (ENOSPC, "ENOSPC"),
    (ENXIO, "ENXIO"),
    (EOPNOTSUPP, "EOPNOTSUPP"),
    (EOVERFLOW, "EOVERFLOW"),
    (EPERM, "EPERM"),
    (EPROBE_DEFER, "EPROBE_DEFER"),
    (ERANGE, "ERANGE"),
    (ETIMEDOUT, "ETIMEDOUT"),
];

// For messages that are made outside of the kernel's print macros, which have a trait of their own.
impl core::fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match NAMES.iter().find(|(error, _)| *error == self.0) {
            Some((_, name)) => f.write_str(name),
            None => write!(f, "error {}", self.0.to_errno()),
        }
    }
}
