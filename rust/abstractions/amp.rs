// SPDX-License-Identifier: GPL-2.0

//! What the kernel's `kernel` crate lacks for AMP: abstractions of virtio, mailbox, reset, IOMMU
//! domains, buses and the like, one file each, written as if for `rust/kernel`.

pub mod addr_table;
pub mod bottom_half;
pub mod bus;
pub mod bus_master;
pub mod c_abi;
pub mod cdev;
pub mod child;
pub mod chrdev;
pub mod class;
pub mod coherent;
pub mod completion;
pub mod device;
pub mod gate;
pub mod ida;
pub mod iommu;
pub mod irq;
pub mod lease;
pub mod loan;
pub mod mailbox;
pub mod module_state;
pub mod once;
pub mod platform;
pub mod pm;
pub mod poll;
pub mod ratelimit;
pub mod rcu_arc;
pub mod reserved_memory;
pub mod reset;
pub mod rproc;
pub mod static_channels;
pub mod sysfs;
pub mod trace;
pub mod virtio;
pub mod wait;
pub mod wait_cycle;
pub mod window;
pub mod work;

use kernel::prelude::*;

/// The module that carries the abstractions; it has no state of its own.
struct Amp;

impl kernel::Module for Amp {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        static_channels::init();
        wait_cycle::init();
        Ok(Self)
    }
}

module! {
    type: Amp,
    name: "amp",
    authors: ["The AMP/IPC framework contributors"],
    description: "Rust abstractions for remoteproc and rpmsg",
    license: "GPL",
}
