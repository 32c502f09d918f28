// SPDX-License-Identifier: GPL-2.0

//! Registration of a remote processor by its driver.

use crate::{
    ops::Erased,
    Config,
    Device,
    Ops, //
};
use amp::reserved_memory::Assigned;
use core::marker::PhantomData;
use kernel::{
    device::{
        self,
        Bound, //
    },
    prelude::*,
    sync::aref::ARef, //
};

/// A registered remote processor. Dropped, it stops the processor and takes it away.
pub struct Registration<'bound, T: Ops> {
    rproc: ARef<Device>,
    // What the processor is given is allocated from here.
    _pool: Option<Assigned>,
    _data: PhantomData<T::Data<'bound>>,
}

impl<'bound, T: Ops> Registration<'bound, T> {
    /// Registers the processor that `config` describes and `data` drives, below `parent`. May
    /// sleep.
    ///
    /// Memory for the processor comes from the first region of the parent's `memory-region`.
    ///
    /// # Safety
    ///
    /// The result must be dropped before `parent` is unbound, never forgotten.
    pub unsafe fn new<'a>(
        parent: &'bound device::Device<Bound>,
        data: impl PinInit<T::Data<'bound>, Error>,
        config: impl FnOnce() -> Result<Config<'a>>,
    ) -> Result<Self> {
        let data = KBox::pin_init(data, GFP_KERNEL)?;
        let config = config()?;
        // SAFETY: Lifetimes do not affect the layout. `Erased` gives the data to functions only
        // that work for every lifetime, and is gone when `drop` below returns, which is within
        // 'bound by this function's requirements.
        let data: Pin<KBox<T::Data<'static>>> = unsafe { core::mem::transmute(data) };

        let pool = Assigned::new(parent, parent, 0)
            .inspect_err(|_| {
                dev_warn!(
                    parent,
                    "no usable memory-region: memory for the processor comes from anywhere\n"
                );
            })
            .ok();
        let ops: KBox<Erased<T>> = KBox::new(Erased(data), GFP_KERNEL)?;
        let rproc = Device::alloc(parent, config, ops)?;
        let this = Self {
            rproc,
            _pool: pool,
            _data: PhantomData,
        };

        // On failure, as on success, the drop of `this` undoes everything.
        this.rproc.add()?;
        Ok(this)
    }

    /// The processor.
    pub fn device(&self) -> &Device {
        &self.rproc
    }
}

impl<T: Ops> Drop for Registration<'_, T> {
    fn drop(&mut self) {
        self.rproc.del();
        // Waits until nobody is in an operation any more, then drops the driver's data.
        drop(self.rproc.ops.close_and(|| ()));
    }
}
