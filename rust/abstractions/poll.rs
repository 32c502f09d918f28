// SPDX-License-Identifier: GPL-2.0

//! poll(), select() and epoll on files of ours.
//!
//! As [`kernel::sync::poll`], with two differences: wait queues are [`WaitQueue`]s, and that a
//! queue outlives the file which polls it is shown by a lifetime instead of enforced by waiting for
//! a grace period when the queue goes.
//!
//! C header: [`include/linux/poll.h`](srctree/include/linux/poll.h)

use crate::wait::WaitQueue;
use amp_bindings as bindings;
use core::{
    marker::PhantomData,
    ops::{
        BitOr,
        BitOrAssign, //
    }, //
};
use kernel::fs::LocalFile;

/// What a file is ready for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Events(pub u32);

impl Events {
    /// For nothing.
    pub const NONE: Self = Self(0);
    /// There is something to read.
    pub const IN: Self = Self(bindings::POLLIN | bindings::POLLRDNORM);
    /// Something can be written.
    pub const OUT: Self = Self(bindings::POLLOUT | bindings::POLLWRNORM);
    /// Something out of the ordinary happened.
    pub const PRI: Self = Self(bindings::POLLPRI);
    /// Nothing will work any more.
    pub const ERR: Self = Self(bindings::POLLERR);
}

impl BitOr for Events {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitOrAssign for Events {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// Takes the wait queues that are to be woken when a file becomes ready.
///
/// `'file` lasts until the file is released: what is registered must live as long.
///
/// # Invariants
///
/// `table` is NULL or valid, and so is the file; nothing that is registered in `table` is used
/// after `'file`.
pub struct PollTable<'file> {
    file: *mut bindings::file,
    table: *mut bindings::poll_table,
    _file: PhantomData<fn(&'file ())>,
}

impl<'file> PollTable<'file> {
    /// Wraps what a file's poll operation got.
    ///
    /// # Safety
    ///
    /// - The file is being polled with `table`, until the result is dropped.
    /// - `'file` must not end before the file is released.
    pub unsafe fn from_raw(file: &LocalFile, table: *mut bindings::poll_table) -> Self {
        // INVARIANT: By the function's requirements. The kernel takes its entries out of the queues
        // when the poll ends, that of an epoll when the file is released at the latest.
        Self {
            file: file.as_ptr(),
            table,
            _file: PhantomData,
        }
    }

    /// Has wake-ups of `queue` tell the one who polls to look again.
    pub fn register(&self, queue: &'file WaitQueue) {
        // SAFETY: By the type invariants, and since the queue lives as long as the file.
        unsafe { bindings::poll_wait(self.file, queue.as_raw(), self.table) };
    }

    /// What C code registers its queues with. They must live as long as the file, too.
    pub fn as_raw(&self) -> (*mut bindings::file, *mut bindings::poll_table) {
        (self.file, self.table)
    }
}
