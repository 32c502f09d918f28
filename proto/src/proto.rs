// SPDX-License-Identifier: GPL-2.0

//! Wire and file formats of remoteproc and rpmsg.
//!
//! Everything here is a pure function of bytes: no allocation, no kernel calls, no `unsafe`, and
//! no path that panics, whatever the bytes are. The kernel modules, the firmware of the remote
//! processor, the host tools and the tests all use this one crate, so that two ends of a wire
//! cannot disagree about it.
//!
//! The bytes come from a remote processor or from a firmware file, that is, from somebody who may
//! be broken or hostile. Hence the rule of every parser here: take a copy or a slice that nobody
//! else can change, check each number once, and hand out only checked values. Memory that the
//! remote can still write must be copied before it is parsed.
//!
//! Errors are enums that carry the offending number, its place and the limit, and their
//! [`Display`](core::fmt::Display) is one sentence that says what was wrong and what would have
//! been right. The kernel's print macros take them as `format_args!("{e}")`, since the kernel's
//! own `Display` trait cannot be implemented here.
//!
//! All numbers are little-endian on the wire, as on every processor this serves.

// The kernel's build says so on the command line.
#![cfg_attr(not(MODULE), no_std)]
#![forbid(unsafe_code)]

#[cfg(test)]
extern crate std;

mod addr;
mod bytes;
mod name;

pub mod coff;
pub mod elf;
pub mod flow_control;
pub mod name_service;
pub mod omap_mailbox;
pub mod resource_table;
pub mod rpmsg;
pub mod rprc;
pub mod vring;

pub use addr::DeviceAddr;
pub use addr::PhysAddr;
pub use name::Name;
