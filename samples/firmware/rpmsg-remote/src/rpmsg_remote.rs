// SPDX-License-Identifier: GPL-2.0

//! The remote side of rpmsg.
//!
//! A remote processor offers a virtio device to Linux: two vrings in shared memory, through which
//! messages go to and from *services*, each at its own address. [`Remote`] is the device side of
//! that. Firmware gives it three things:
//!
//! - shared memory, [`Windows`], or another [`Memory`]; [`Cached`] where there is a data cache;
//! - a [`Host`]: how to look at the virtio device's entry in the resource table, and how to kick;
//! - its [`Service`]s, for example [`Echo`].
//!
//! and then calls [`Remote::poll`] whenever Linux has kicked, or lets [`Remote::run`] do that:
//!
//! ```no_run
//! # use rpmsg_remote::*;
//! # fn firmware(memory: impl Memory, host: impl Host) -> Fault {
//! let mut echo = Echo::new("rpmsg-client-sample", Addr(50));
//! let mut services: [&mut dyn Service; 1] = [&mut echo];
//! let mut copy = [0; 496];
//! let mut remote = Remote::new(memory, host, &mut services, &mut copy);
//! remote.run(|| {})
//! # }
//! ```
//!
//! Nothing is allocated, and nothing blocks: what cannot be done yet is done in a later poll. The
//! only unsafe code is in [`memory`].

#![cfg_attr(not(MODULE), no_std)]

#[cfg(test)]
extern crate std;

mod cache;
mod flow;
pub mod memory;
mod message;
mod remote;
mod rings;
mod service;
mod session;
mod trace;

pub use cache::Cache;
pub use cache::Cached;
pub use memory::Window;
pub use memory::Windows;
pub use message::Buffer;
pub use message::Held;
pub use message::Incoming;
pub use remote::Host;
pub use remote::Progress;
pub use remote::Remote;
pub use remote::FEATURES;
pub use remote::FROM_HOST;
pub use remote::STATUS_DRIVER_OK;
pub use remote::TO_HOST;
pub use service::Echo;
pub use service::Outbox;
pub use service::SendError;
pub use service::Service;
pub use session::Counters;
pub use trace::Trace;

pub use proto::name_service::Announcement;
pub use proto::rpmsg::Addr;
pub use proto::vring::Fault;
pub use proto::vring::Layout;
pub use proto::vring::Memory;
pub use proto::DeviceAddr;
