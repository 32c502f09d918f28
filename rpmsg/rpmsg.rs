// SPDX-License-Identifier: GPL-2.0

//! The remote processor messaging bus.
//!
//! A *channel* is a [`Device`] on the bus: a named service at an address of the other processor,
//! and what a [`Driver`] is bound to. An *endpoint* is an address on this side with somebody who
//! takes the messages sent to it; each bound channel has one. A *transport* ([`transport`]) moves
//! the messages.
//!
//! The module is called `rpmsg_core` and is a drop-in for the C one: it exports the functions of
//! `linux/rpmsg.h` with their signatures and meaning ([`c_abi`]), so that C drivers and C
//! transports run on it unchanged, and names its bus, class, devices and attributes as the C one
//! does.
//!
//! C headers: [`include/linux/rpmsg.h`](srctree/include/linux/rpmsg.h),
//! [`drivers/rpmsg/rpmsg_internal.h`](srctree/drivers/rpmsg/rpmsg_internal.h)

use kernel::prelude::*;

mod attributes;
mod bus;
mod device;
mod driver;
mod endpoint;
mod id;
mod names;
mod registration;
mod static_channels;

pub mod c_abi;
pub mod transport;

pub use c_abi::{
    Device,
    Held,
    Port,
    TxBuffer,
    Unsent, //
};
pub use device::ChannelInfo;
pub use driver::{
    Adapter,
    Driver,
    Message, //
};
pub use endpoint::{
    Endpoint,
    Receiver, //
    ATOMIC_LEN,
};
pub use id::{
    DeviceId,
    IdTable, //
};
pub use proto::rpmsg::Addr;
pub use proto::Name;
pub use transport::Wait;

/// The module: the class, the bus, and the work queue on which messages are delivered. Dropped in
/// this order.
struct Core {
    _bus: bus::Registration,
    _callbacks: transport::Callbacks,
    _statistics: amp::module_state::Filled<kernel::debugfs::Dir>,
    _class: amp::class::Registration<kernel::device::Device>,
}

impl kernel::Module for Core {
    fn init(_module: &'static ThisModule) -> Result<Self> {
        let class = c_abi::rpmsg_class.register()?;

        Ok(Self {
            _callbacks: transport::Callbacks::start()?,
            _statistics: transport::statistics_root()?,
            _bus: bus::BUS.register()?,
            _class: class,
        })
    }
}

module! {
    type: Core,
    name: "rpmsg_core",
    authors: ["The AMP/IPC framework contributors"],
    description: "remote processor messaging bus",
    license: "GPL",
}
