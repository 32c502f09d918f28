// SPDX-License-Identifier: GPL-2.0

//! `/dev/rpmsgN`: endpoints for user space.
//!
//! A drop-in for the C module of this name: each channel called `rpmsg-raw` or `rpmsg_chrdev`, or
//! any that user space chooses by `driver_override`, gets a device on its own endpoint; others are
//! made by `rpmsg_chrdev_eptdev_create()`, which the control device ([`c_abi`]) calls, and have an
//! endpoint as long as they are open. One write is one message, and so is one read.
//!
//! User-space ABI: [`include/uapi/linux/rpmsg.h`](srctree/include/uapi/linux/rpmsg.h);
//! Documentation/rpmsg-user.rst says what is different here.

use amp::chrdev::{
    self,
    Region, //
};
use kernel::{
    driver,
    prelude::*, //
};

mod attributes;
mod channel;
mod device;
mod file;
mod inbox;
mod queue;
mod session;

pub mod c_abi;

/// The device numbers.
static NUMBERS: Region = Region::new(c"rpmsg_char");

/// The module. Dropped in this order: the driver's devices first.
#[pin_data]
struct RpmsgChar {
    #[pin]
    _driver: driver::Registration<rpmsg::Adapter<channel::Raw>>,
    _numbers: chrdev::Registration,
}

impl kernel::InPlaceModule for RpmsgChar {
    fn init(module: &'static ThisModule) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            _numbers: NUMBERS.register()?,
            _driver <- driver::Registration::new(c"rpmsg_chrdev", module),
        })
    }
}

module! {
    type: RpmsgChar,
    name: "rpmsg_char",
    authors: ["The AMP/IPC framework contributors"],
    description: "RPMSG device interface",
    license: "GPL v2",
    params: {
        rx_messages: u32 {
            default: 1024,
            description: "Messages that wait for a reader of one device, at most",
        },
        rx_bytes: u32 {
            default: 1048576,
            description: "Bytes in messages that wait for a reader of one device, at most",
        },
    },
}
