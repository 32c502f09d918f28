// SPDX-License-Identifier: GPL-2.0

//! KUnit suites for what can be taken out of rpmsg_char: the queue of messages.

#[macro_use]
mod check;
#[path = "../../rpmsg/char/queue.rs"]
mod queue;
mod suites {
    mod rpmsg_char_queue;
}

use kernel::prelude::*;

/// Without state: the suites are all there is.
struct RpmsgCharKunit;

impl kernel::Module for RpmsgCharKunit {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        Ok(Self)
    }
}

module! {
    type: RpmsgCharKunit,
    name: "rpmsg_char_kunit",
    authors: ["The AMP/IPC framework contributors"],
    description: "KUnit suites for the queue of rpmsg_char",
    license: "GPL",
}
