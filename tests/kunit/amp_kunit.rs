// SPDX-License-Identifier: GPL-2.0

//! KUnit suites for the abstractions in `rust/abstractions`.

#[macro_use]
mod check;
mod c_abi {
    pub(crate) mod signal;
}
mod fake_remote;
mod queues;
mod slot;
mod spawn;
mod suites {
    mod addr_table;
    mod gate;
    mod sysfs;
    mod virtqueue;
    mod wait;
    mod wait_cycle;
    mod work;
}

use kernel::prelude::*;

/// The virtio driver of the suite `amp_virtqueue` is there as long as the module.
#[pin_data]
struct AmpKunit {
    #[pin]
    _driver: queues::Registered,
}

impl kernel::InPlaceModule for AmpKunit {
    fn init(module: &'static ThisModule) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            _driver <- queues::Registered::new(c"amp_kunit", module),
        })
    }
}

module! {
    type: AmpKunit,
    name: "amp_kunit",
    authors: ["The AMP/IPC framework contributors"],
    description: "KUnit suites for the abstractions of amp.ko",
    license: "GPL",
}
