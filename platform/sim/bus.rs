// SPDX-License-Identifier: GPL-2.0

//! Loads and stores of the simulated processor.

use amp::bus_master;
use kernel::{
    prelude::*,
    sync::{
        aref::ARef,
        barrier::{
            smp_mb,
            Full, //
        }, //
    }, //
};
use remoteproc::Device;
use rpmsg_remote::{
    DeviceAddr,
    Fault,
    Memory, //
};

/// What the processor sees: its RAM and carveouts at their device addresses, and everywhere else
/// the memory of the machine at its physical addresses, as a processor without an IOMMU does.
/// Message buffers are there.
#[derive(Clone)]
pub(crate) struct Bus(pub(crate) ARef<Device>);

impl Bus {
    fn access<R>(
        &self,
        at: DeviceAddr,
        len: usize,
        f: impl Fn(amp::window::Window<'_>) -> Result<R>,
    ) -> Result<R, Fault> {
        self.0
            .with_window(at.0, len, &f)
            .or_else(|| bus_master::with(at.0, len, &f))
            .and_then(Result::ok)
            .ok_or(Fault::Address { at, len })
    }
}

impl Memory for Bus {
    fn read_u16(&self, at: DeviceAddr) -> Result<u16, Fault> {
        self.access(at, size_of::<u16>(), |window| window.read_u16(0))
            .map(u16::from_le)
    }

    fn write_u16(&self, at: DeviceAddr, value: u16) -> Result<(), Fault> {
        self.access(at, size_of::<u16>(), |window| {
            window.write_u16(0, value.to_le())
        })
    }

    fn read(&self, at: DeviceAddr, to: &mut [u8]) -> Result<(), Fault> {
        let len = to.len();
        // No byte is at no address, and messages may be empty.
        if len == 0 {
            return Ok(());
        }
        let to = core::cell::RefCell::new(to);
        self.access(at, len, |window| window.read(0, &mut to.borrow_mut()))
    }

    fn write(&self, at: DeviceAddr, from: &[u8]) -> Result<(), Fault> {
        if from.is_empty() {
            return Ok(());
        }
        self.access(at, from.len(), |window| window.write(0, from))
    }

    fn barrier(&self) {
        smp_mb(Full);
    }
}
