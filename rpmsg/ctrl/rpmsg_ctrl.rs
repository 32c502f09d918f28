// SPDX-License-Identifier: GPL-2.0

//! `/dev/rpmsg_ctrlN`: user space creates endpoints and channels.
//!
//! A drop-in for the C module of this name. Each transport has a channel for it, called
//! `rpmsg_ctrl`; devices for endpoints are made by rpmsg_char, ours or the one in C.
//!
//! User-space ABI: [`include/uapi/linux/rpmsg.h`](srctree/include/uapi/linux/rpmsg.h).

use amp::chrdev::{
    self,
    Region, //
};
use kernel::{
    driver,
    prelude::*, //
};

mod c_abi;
mod channel;
mod device;
mod ioctl;

/// The device numbers.
static NUMBERS: Region = Region::new(c"rpmsg_ctrl");

/// The module. Dropped in this order: the driver's devices first.
#[pin_data]
struct RpmsgCtrl {
    #[pin]
    _driver: driver::Registration<rpmsg::Adapter<channel::Ctrl>>,
    _numbers: chrdev::Registration,
}

impl kernel::InPlaceModule for RpmsgCtrl {
    fn init(module: &'static ThisModule) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            _numbers: NUMBERS.register()?,
            _driver <- driver::Registration::new(c"rpmsg_ctrl", module),
        })
    }
}

module! {
    type: RpmsgCtrl,
    name: "rpmsg_ctrl",
    authors: ["The AMP/IPC framework contributors"],
    description: "rpmsg control interface",
    license: "GPL v2",
    alias: ["rpmsg:rpmsg_ctrl"],
}
