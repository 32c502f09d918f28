// SPDX-License-Identifier: GPL-2.0

//! KUnit suites for remoteproc: the table of states, and processors without hardware.

#[macro_use]
mod check;
mod suites {
    mod rproc_firmware;
    mod rproc_power;
    mod rproc_state;
}

use kernel::prelude::*;

struct RemoteprocKunit;

impl kernel::Module for RemoteprocKunit {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        Ok(Self)
    }
}

module! {
    type: RemoteprocKunit,
    name: "remoteproc_kunit",
    authors: ["The AMP/IPC framework contributors"],
    description: "KUnit tests of the life cycle of remote processors",
    license: "GPL",
}
