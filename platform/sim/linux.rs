// SPDX-License-Identifier: GPL-2.0

//! Linux, as the simulated firmware sees it: the loaded resource table, and interrupts.

use crate::{
    bus::Bus,
    firmware, //
};
use kernel::{
    pr_warn_once,
    prelude::*,
    sync::aref::ARef, //
};
use remoteproc::Device;
use rpmsg_remote::{
    DeviceAddr,
    Host,
    Layout,
    Memory, //
};

/// The other side.
pub(crate) struct Linux {
    rproc: ARef<Device>,
    bus: Bus,
    /// Of both vrings.
    layout: Layout,
}

impl Linux {
    /// Linux, which has booted `rproc`.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if the resource table has vrings that can't be.
    pub(crate) fn new(rproc: &Device) -> Result<Self> {
        Ok(Self {
            rproc: rproc.into(),
            bus: Bus(rproc.into()),
            layout: Layout::new(firmware::VRING_NUM, firmware::VRING_ALIGN).map_err(|_| EINVAL)?,
        })
    }

    /// Reads from the resource table, which is there as long as the processor runs.
    fn read<const N: usize>(&self, da: u32) -> [u8; N] {
        let mut bytes = [0; N];
        if self.bus.read(da.into(), &mut bytes).is_err() {
            pr_warn_once!("the resource table is gone\n");
        }
        bytes
    }
}

impl Host for Linux {
    fn status(&self) -> u8 {
        let [status] = self.read(firmware::STATUS);
        status
    }

    fn features(&self) -> u32 {
        u32::from_le_bytes(self.read(firmware::GFEATURES))
    }

    fn vring(&self, queue: u16) -> (DeviceAddr, Layout) {
        let da = u32::from_le_bytes(self.read(firmware::vring_da(queue)));
        (da.into(), self.layout)
    }

    fn kick(&mut self, queue: u16) {
        let id = u32::from_le_bytes(self.read(firmware::vring_notify_id(queue)));
        self.rproc.vq_interrupt(id);
    }
}
