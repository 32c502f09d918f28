// SPDX-License-Identifier: GPL-2.0

//! What a test leaves for the driver that its module has registered.

use amp::module_state::{
    Filled,
    ModuleState, //
};
use kernel::{
    new_mutex,
    prelude::*,
    sync::{
        Arc,
        Mutex, //
    }, //
};

type Place<T> = Arc<Mutex<Option<T>>>;

/// A place for something, in a static. Usable while it is [open](Self::open).
pub(crate) struct Slot<T: Send + Unpin + 'static>(ModuleState<Place<T>>);

/// A slot is open as long as this exists.
pub(crate) type Open<T> = Filled<Place<T>>;

impl<T: Send + Unpin> Slot<T> {
    pub(crate) const fn new() -> Self {
        Self(ModuleState::new())
    }

    pub(crate) fn open(&'static self) -> Result<Open<T>> {
        self.0
            .fill(Arc::pin_init(new_mutex!(None, "kunit::Slot"), GFP_KERNEL)?)
    }

    /// Replaces what is there.
    pub(crate) fn set(&self, value: Option<T>) {
        if let Some(place) = self.0.get() {
            let old = core::mem::replace(&mut *place.lock(), value);
            drop(old);
        }
    }

    /// What is there; [`ENODEV`] for nothing.
    pub(crate) fn get(&self) -> Result<T>
    where
        T: Clone,
    {
        let place = self.0.get().ok_or(ENODEV)?;
        let value = place.lock().clone();
        value.ok_or(ENODEV)
    }
}
