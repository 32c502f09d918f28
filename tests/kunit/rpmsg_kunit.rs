// SPDX-License-Identifier: GPL-2.0

//! KUnit suites for the message bus: the real `rpmsg_core`, `rpmsg_ns` and `virtio_rpmsg_bus` with
//! a fake remote on the other side, and a driver on this one.
//!
//! `virtio_rpmsg_bus` must be loaded. It may be any: the C one can be tested as well.

#[macro_use]
mod check;
mod fake_remote;
mod rpmsg_bus;
mod signal;
mod spawn;
mod suites {
    mod rpmsg_buffers;
    mod rpmsg_channel;
    pub(crate) mod rpmsg_driver;
    mod rpmsg_endpoint;
    mod rpmsg_flow;
    mod rpmsg_nocopy;
    mod rpmsg_receive;
    mod rpmsg_send;
    mod rpmsg_zero_copy;
}

use kernel::{
    driver,
    prelude::*, //
};

/// The rpmsg driver of the suites is there as long as the module.
#[pin_data]
struct RpmsgKunit {
    #[pin]
    _driver: driver::Registration<rpmsg::Adapter<rpmsg_bus::Client>>,
}

impl kernel::InPlaceModule for RpmsgKunit {
    fn init(module: &'static ThisModule) -> impl PinInit<Self, Error> {
        // SAFETY: This is the module's initialisation, it is called once.
        unsafe { rpmsg_bus::REGISTRY.init() };
        // SAFETY: As above.
        unsafe { suites::rpmsg_driver::PLAN.init() };
        try_pin_init!(Self {
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
