// SPDX-License-Identifier: GPL-2.0

//! Memories inside of the DSP's subsystem.

use amp::window::Window;
use kernel::{
    device::Bound,
    io::mem::IoMem,
    platform,
    prelude::*, //
};
use remoteproc::Memory;

/// Their names in `reg-names`.
const NAMES: [&CStr; 3] = [c"l2sram", c"l1pram", c"l1dram"];

/// The DSP sees a memory of its own at these bits of its bus address as well.
const LOCAL_ADDRESS: u64 = 0x00ff_ffff;

/// The DSP's internal memories, mapped for Linux to load code into.
///
/// Firmware may be linked for their local addresses (0x00800000 for L2, and so on) or for those
/// that all masters of the chip use (0x11800000).
pub(crate) struct Memories<'bound>([Ram<'bound>; NAMES.len()]);

struct Ram<'bound> {
    name: &'static CStr,
    bus_addr: u64,
    io: IoMem<'bound>,
}

impl<'bound> Memories<'bound> {
    /// Maps the memories that `reg` and `reg-names` of the device tree node describe.
    pub(crate) fn map(pdev: &'bound platform::Device<Bound>) -> Result<Self> {
        let [l2, l1p, l1d] = NAMES;

        Ok(Self([
            Ram::map(pdev, l2)?,
            Ram::map(pdev, l1p)?,
            Ram::map(pdev, l1d)?,
        ]))
    }

    /// The memory with number `index`, as [`remoteproc::Ops::memory`] counts them: first all by
    /// their local addresses, then all by their bus addresses.
    pub(crate) fn get(&self, index: usize) -> Option<Memory<'_>> {
        let ram = self.0.get(index % NAMES.len())?;
        let da = match index / NAMES.len() {
            0 => ram.bus_addr & LOCAL_ADDRESS,
            1 => ram.bus_addr,
            _ => return None,
        };

        Some(Memory {
            name: ram.name,
            da,
            window: Window::from(&ram.io),
        })
    }
}

impl<'bound> Ram<'bound> {
    fn map(pdev: &'bound platform::Device<Bound>, name: &'static CStr) -> Result<Self> {
        let no_such = || {
            dev_err!(
                pdev.as_ref(),
                "no memory {}: reg-names has to name it\n",
                name
            );
            ENODEV
        };
        let resource = pdev.resource_by_name(name).ok_or_else(no_such)?;
        let request = pdev.io_request_by_name(name).ok_or_else(no_such)?;

        Ok(Self {
            name,
            bus_addr: resource.start().into(),
            io: request.iomap().inspect_err(|e| {
                dev_err!(pdev.as_ref(), "cannot map {}: {:?}\n", name, e);
            })?,
        })
    }
}
