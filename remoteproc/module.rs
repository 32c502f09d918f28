// SPDX-License-Identifier: GPL-2.0

//! The module, and what all processors have in common.

use crate::{
    sysfs,
    Device, //
};
use amp::{
    class,
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
#[derive(Clone)]
pub(crate) struct Shared {
    /// Boots and crashes are handled here.
    pub(crate) queue: Arc<OwnedQueue>,
    /// `/sys/kernel/debug/remoteproc`.
    pub(crate) debugfs: debugfs::Dir,
}

/// The shares, while the module is loaded, and all registered processors.
struct State {
    shared: Option<Shared>,
    processors: KVec<ARef<Device>>,
}

kernel::sync::global_lock! {
    // SAFETY: `Remoteproc::init` initialises it before anything of this module can be called.
    unsafe(uninit) static STATE: Mutex<State> = State {
        shared: None,
        processors: KVec::new(),
    };
}

/// The module `remoteproc`. Fields are dropped in this order.
pub(crate) struct Remoteproc {
    _global: Global,
    _class: class::Registration<Device>,
}

impl kernel::Module for Remoteproc {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        // SAFETY: Called once, when the module is loaded.
        unsafe { STATE.init() };

        let class = sysfs::CLASS.register()?;
        STATE.lock().shared = Some(Shared {
            queue: Arc::new(OwnedQueue::new(c"remoteproc", Kind::Unbound)?, GFP_KERNEL)?,
            debugfs: debugfs::Dir::new(c"remoteproc"),
        });
        Ok(Self {
            _global: Global,
            _class: class,
        })
    }
}

/// Empties the global state, which is a static that nobody drops.
struct Global;

impl Drop for Global {
    fn drop(&mut self) {
        // The module's users are gone, hence all processors. The last works end before the queue
        // does.
        let mut state = STATE.lock();
        let shared = state.shared.take();
        let processors = core::mem::take(&mut state.processors);
        drop(state);
        drop(processors);
        drop(shared);
    }
}

/// A share for a new processor.
pub(crate) fn shared() -> Result<Shared> {
    STATE.lock().shared.clone().ok_or(ENODEV)
}

/// Lets `rproc` be found.
pub(crate) fn list(rproc: &Device) -> Result {
    STATE
        .lock()
        .processors
        .push(rproc.into(), GFP_KERNEL)
        .map_err(Into::into)
}

/// Lets `rproc` be found no more.
pub(crate) fn unlist(rproc: &Device) {
    let mut state = STATE.lock();
    let found = state
        .processors
        .iter()
        .position(|other| core::ptr::eq(&**other, rproc));
    let removed = found.and_then(|index| state.processors.remove(index).ok());
    drop(state);
    drop(removed);
}

/// The first registered processor of which `wanted` says so.
pub(crate) fn find(mut wanted: impl FnMut(&Device) -> bool) -> Option<ARef<Device>> {
    STATE
        .lock()
        .processors
        .iter()
        .find(|rproc| wanted(rproc))
        .cloned()
}
