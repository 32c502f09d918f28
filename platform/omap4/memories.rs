// SPDX-License-Identifier: GPL-2.0

//! Memories inside of the processor's subsystem.

use amp::window::Window;
use kernel::{
    device::Bound,
    io::mem::IoMem,
    platform,
    prelude::*, //
};
use remoteproc::Memory;

/// Name and device address of the IPU's L2 RAM: the same on all SoCs that have an IPU.
const L2RAM: (&CStr, u64) = (c"l2ram", 0x2000_0000);

/// The IPU's internal memory, mapped for Linux to load code into.
pub(crate) struct Memories<'bound> {
    l2ram: IoMem<'bound>,
}

impl<'bound> Memories<'bound> {
    /// Maps the memories that `reg` and `reg-names` of the device tree node describe.
    pub(crate) fn map(pdev: &'bound platform::Device<Bound>) -> Result<Self> {
        let (name, _) = L2RAM;
        let request = pdev.io_request_by_name(name).ok_or_else(|| {
            dev_err!(
                pdev.as_ref(),
                "no memory {}: reg-names has to name it\n",
                name
            );
            ENODEV
        })?;

        let l2ram = request.iomap().inspect_err(|e| {
            dev_err!(pdev.as_ref(), "cannot map {}: {:?}\n", name, e);
        })?;

        Ok(Self { l2ram })
    }

    /// The memory with number `index`, as [`remoteproc::Ops::memory`] counts them.
    pub(crate) fn get(&self, index: usize) -> Option<Memory<'_>> {
        let (name, da) = L2RAM;

        (index == 0).then(|| Memory {
            name,
            da,
            window: Window::from(&self.l2ram),
        })
    }
}
