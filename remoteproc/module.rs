// SPDX-License-Identifier: GPL-2.0

//! The module, and what all processors have in common.

use crate::{
    sysfs::CLASS,
    Device, //
};
use amp::{
    class,
    module_state::{
        Filled,
        ModuleState, //
    },
    rcu_arc::RcuArc,
    rproc,
    work::{
        Kind,
        OwnedQueue, //
    }, //
};
use kernel::{
    debugfs,
    prelude::*,
    sync::{
        aref::ARef,
        Arc, //
    }, //
};

/// What each processor takes a share of.
pub(crate) struct Shared {
    /// Boots and crashes are handled here.
    pub(crate) queue: Arc<OwnedQueue>,
    /// `/sys/kernel/debug/remoteproc`.
    pub(crate) debugfs: debugfs::Dir,
}

static SHARED: ModuleState<Shared> = ModuleState::new();

/// The module `remoteproc`. The fields are dropped in this order.
pub(crate) struct Remoteproc {
    // The module's users are gone, hence all processors: the last works end with their queue.
    _shared: Filled<Shared>,
    _class: class::Registration<Device>,
}

impl kernel::Module for Remoteproc {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        let class = CLASS.register()?;
        let shared = SHARED.fill(Shared {
            queue: Arc::new(OwnedQueue::new(c"remoteproc", Kind::Unbound)?, GFP_KERNEL)?,
            debugfs: debugfs::Dir::new(c"remoteproc"),
        })?;
        Ok(Self {
            _shared: shared,
            _class: class,
        })
    }
}

/// What a new processor takes its share of.
pub(crate) fn shared() -> Result<RcuArc<Shared>> {
    SHARED.get().ok_or(ENODEV)
}

/// The first registered processor of which `wanted` says so. May sleep.
pub(crate) fn find(mut wanted: impl FnMut(&Device) -> bool) -> Option<ARef<Device>> {
    rproc::find(&CLASS, |rproc| !rproc.raw().deleting() && wanted(rproc))
}
