// SPDX-License-Identifier: GPL-2.0

//! A server: the service "rpmsg-server-sample", at a fixed address of Linux, which the other
//! processor uses.
//!
//! Its channel is a static one, see Documentation/rpmsg.rst: a table says that there is a server of
//! this name at address 137. The other processor is told of it when this driver is bound, and sends
//! to that address; every message is sent back to whoever sent it.

use kernel::{
    device::{
        Bound,
        Core, //
    },
    prelude::*,
    sync::atomic::{
        Atomic,
        Relaxed, //
    }, //
};

/// The state of a channel.
struct Server {
    served: Atomic<u32>,
}

rpmsg::device_table!(ID_TABLE, (), [("rpmsg-server-sample", ())]);

impl rpmsg::Driver for Server {
    type IdInfo = ();
    type Data<'bound> = Self;
    const ID_TABLE: rpmsg::IdTable<()> = &ID_TABLE;

    fn probe<'bound>(
        dev: &'bound rpmsg::Device<Core<'_>>,
        _info: Option<&'bound ()>,
    ) -> impl PinInit<Self, Error> + 'bound {
        dev_info!(dev, "serving at {:#x}\n", dev.src().0);
        Ok(Self {
            served: Atomic::new(0),
        })
    }

    fn receive(dev: &rpmsg::Device<Bound>, server: Pin<&Self>, msg: rpmsg::Message<'_>) -> Result {
        server.served.fetch_add(1, Relaxed);
        // A server's channel has no other end: the answer goes to the client.
        dev.send_to(msg.payload, msg.src)
    }

    fn unbind<'bound>(dev: &'bound rpmsg::Device<Core<'_>>, server: Pin<&Self>) {
        dev_info!(dev, "{} messages served\n", server.served.load(Relaxed));
    }
}

rpmsg::module_rpmsg_driver! {
    type: Server,
    name: "rpmsg_server_sample",
    authors: ["The AMP/IPC framework contributors"],
    description: "Remote processor messaging sample server driver",
    license: "GPL v2",
}
