// SPDX-License-Identifier: GPL-2.0

//! KUnit suites for the message bus: the real `rpmsg_core`, `rpmsg_ns` and `virtio_rpmsg_bus` with
//! a fake remote on the other side, and a driver on this one.
//!
//! `virtio_rpmsg_bus` must be loaded. It may be any: the C one can be tested as well.

#[macro_use]
mod check;
mod c_abi {
    pub(crate) mod driver;
    pub(crate) mod endpoint;
    pub(crate) mod others;
    pub(crate) mod signal;
}
mod fake_remote;
mod load;
mod probing;
mod rpmsg_bus;
mod sender;
mod slot;
mod spawn;
mod suites {
    mod rpmsg_atomic;
    pub(crate) mod rpmsg_atomic_end;
    mod rpmsg_buffers;
    pub(crate) mod rpmsg_c_driver;
    mod rpmsg_channel;
    pub(crate) mod rpmsg_driver;
    mod rpmsg_endpoint;
    mod rpmsg_flow;
    mod rpmsg_naps;
    mod rpmsg_nocopy;
    mod rpmsg_poller;
    mod rpmsg_receive;
    mod rpmsg_send;
    mod rpmsg_zero_copy;
}

use kernel::{
    driver,
    prelude::*,
    sync::Arc, //
};

/// The rpmsg driver of the suites is there as long as the module.
#[pin_data]
struct RpmsgKunit {
    #[pin]
    _driver: driver::Registration<rpmsg::Adapter<rpmsg_bus::Client>>,
    _registry: slot::Open<Arc<rpmsg_bus::Registry>>,
    _plan: slot::Open<Arc<suites::rpmsg_driver::Plan>>,
    _orders: slot::Open<Arc<suites::rpmsg_c_driver::Orders>>,
    _calls: slot::Open<Arc<suites::rpmsg_atomic_end::Calls>>,
}

impl kernel::InPlaceModule for RpmsgKunit {
    fn init(module: &'static ThisModule) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            _registry: rpmsg_bus::REGISTRY.open()?,
            _plan: suites::rpmsg_driver::PLAN.open()?,
            _orders: suites::rpmsg_c_driver::ORDERS.open()?,
            _calls: suites::rpmsg_atomic_end::CALLS.open()?,
            _driver <- driver::Registration::new(c"rpmsg_kunit", module),
        })
    }
}

module! {
    type: RpmsgKunit,
    name: "rpmsg_kunit",
    authors: ["The AMP/IPC framework contributors"],
    description: "KUnit suites for the rpmsg bus",
    license: "GPL",
}
