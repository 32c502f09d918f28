// SPDX-License-Identifier: GPL-2.0

//! A user of a remote processor: keeps `remoteproc<index>` running as long as it is loaded.
//!
//! The guard is all there is to it. Whoever takes one first boots the processor, the drop of the
//! last one powers it down. If the boot fails, loading this module fails with the same error.

use kernel::prelude::*;

struct RemoteprocSample {
    _powered: remoteproc::Powered,
}

impl kernel::Module for RemoteprocSample {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        let powered = remoteproc::get_by_index(module_parameters::index.value())?;

        pr_info!("{} stays on\n", powered.name());
        Ok(Self { _powered: powered })
    }
}

module! {
    type: RemoteprocSample,
    name: "remoteproc_sample",
    authors: ["The AMP/IPC framework contributors"],
    description: "Keeps a remote processor running",
    license: "GPL",
    params: {
        index: i32 {
            default: 0,
            description: "Which remote processor, as in remoteproc0",
        },
    },
}
