// SPDX-License-Identifier: GPL-2.0

//! Remote processors: power, firmware, memory, virtio devices, crashes.
//!
//! A platform driver implements [`Ops`] (start, stop, kick) and [`platform::Driver`] (its device
//! tree ids and its probe), and the [`platform::Adapter`] does the rest:
//!
//! ```ignore
//! struct MyProc;
//!
//! impl remoteproc::Ops for MyProc {
//!     type Data<'bound> = MyData<'bound>;
//!     const MACHINE: Option<u16> = Some(remoteproc::machine::ARM);
//!
//!     fn start(rproc: &remoteproc::Device, data: Pin<&MyData<'_>>) -> Result {
//!         data.mailbox_on(rproc.into())?;      // its callback calls rproc.vq_interrupt(word)
//!         data.reset.deassert()
//!     }
//!     fn stop(_: &remoteproc::Device, data: Pin<&MyData<'_>>) -> Result { ... }
//!     fn kick(_: &remoteproc::Device, data: Pin<&MyData<'_>>, notify_id: u32) { ... }
//! }
//! ```
//!
//! Who uses a remote processor takes a [`Powered`] guard with [`get`]: the first boots it, the
//! last one's drop powers it down.
//!
//! C header: [`include/linux/remoteproc.h`](srctree/include/linux/remoteproc.h)

mod boot;
mod buffers;
pub mod c_abi;
mod crash;
mod debugfs;
mod device;
mod errno;
mod firmware;
mod mapping;
mod memory;
mod module;
mod ops;
pub mod platform;
mod pool;
mod power;
mod registration;
mod request;
mod resources;
pub mod state;
mod sysfs;
mod table;
mod vdev;

use kernel::prelude::*;

pub use device::{
    Crash,
    Device, //
};
pub use ops::{
    machine,
    Config,
    Memory,
    Ops,
    Vendor, //
};
pub use power::{
    find_by_phandle,
    get,
    get_by_index,
    get_by_name,
    get_by_property,
    Powered, //
};
pub use registration::Registration;
pub use request::ImpliedVdev;

module! {
    type: module::Remoteproc,
    name: "remoteproc",
    authors: ["The AMP/IPC framework contributors"],
    description: "Remote processors",
    license: "GPL",
}
