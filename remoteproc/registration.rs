// SPDX-License-Identifier: GPL-2.0

//! Registration of a remote processor by its driver.

use crate::{
    ops::{
        DataOf,
        Lent, //
    },
    Config,
    Device,
    Ops, //
};
use amp::{
    loan::{
        lend,
        Loan, //
    },
    reserved_memory::Assigned, //
};
use kernel::{
    device::{
        self,
        Bound, //
    },
    prelude::*,
    sync::aref::ARef, //
};

/// A registered remote processor. Dropped, it stops the processor, takes it away and gives back the
/// driver's data.
pub struct Registration {
    rproc: ARef<Device>,
    // What the processor is given is allocated from here.
    _pool: Option<Assigned>,
}

impl Registration {
    /// Registers the processor that `config` describes and `data` drives, below `parent`. May
    /// sleep.
    ///
    /// Memory for the processor comes from the first region of the parent's `memory-region`.
    pub(crate) fn new<T: Ops>(
        parent: &device::Device<Bound>,
        data: Loan<DataOf<T>>,
        config: Config<'_>,
    ) -> Result<Self> {
        let pool = Assigned::new(parent, parent, 0)
            .inspect_err(|_| {
                dev_warn!(
                    parent,
                    "no usable memory-region: memory for the processor comes from anywhere\n"
                );
            })
            .ok();
        let ops: KBox<Lent<T>> = KBox::new(Lent(data), GFP_KERNEL)?;
        let this = Self {
            rproc: Device::alloc(parent, config, ops)?,
            _pool: pool,
        };

        // On failure, as on success, the drop of `this` undoes everything.
        this.rproc.add()?;
        Ok(this)
    }

    /// Registers a processor as long as `f` runs: for tests and other software without a platform
    /// device. May sleep.
    ///
    /// # Errors
    ///
    /// What the registration failed with, or `f`.
    pub fn scope<'a, T: Ops, R>(
        parent: &device::Device<Bound>,
        data: impl PinInit<T::Data<'a>, Error>,
        config: Config<'_>,
        f: impl FnOnce(&Device) -> Result<R>,
    ) -> Result<R> {
        let data = KBox::pin_init(data, GFP_KERNEL)?;

        lend::<DataOf<T>, _>(data, |loan| f(&Self::new::<T>(parent, loan, config)?.rproc))?
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        self.rproc.del();
        // Waits until nobody is in an operation any more, then gives the driver's data back.
        drop(self.rproc.ops.close_and(|| ()));
    }
}
