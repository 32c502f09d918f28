// SPDX-License-Identifier: GPL-2.0

//! A client of the service "rpmsg-client-sample": plays ping-pong with the other processor.

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

const MSG: &[u8] = b"hello world!";

/// The state of a channel.
struct Client {
    received: Atomic<u32>,
}

rpmsg::device_table!(ID_TABLE, (), [("rpmsg-client-sample", ())]);

impl rpmsg::Driver for Client {
    type IdInfo = ();
    type Data<'bound> = Self;
    const ID_TABLE: rpmsg::IdTable<()> = &ID_TABLE;

    fn probe<'bound>(
        dev: &'bound rpmsg::Device<Core<'_>>,
        _info: Option<&'bound ()>,
    ) -> impl PinInit<Self, Error> + 'bound {
        dev_info!(
            dev,
            "new channel: {:#x} -> {:#x}!\n",
            dev.src().0,
            dev.dst().0
        );
        dev.send(MSG)?;
        Ok(Self {
            received: Atomic::new(0),
        })
    }

    fn receive(dev: &rpmsg::Device<Bound>, client: Pin<&Self>, msg: rpmsg::Message<'_>) -> Result {
        let received = client.received.fetch_add(1, Relaxed) + 1;
        dev_dbg!(dev, "incoming msg {} (src: {:#x})\n", received, msg.src.0);

        // Samples should not live forever.
        if received < module_parameters::count.value() {
            return dev.send(MSG);
        }
        dev_info!(dev, "{} round trips\n", received);
        dev_info!(dev, "goodbye!\n");
        Ok(())
    }
}

rpmsg::module_rpmsg_driver! {
    type: Client,
    name: "rpmsg_client_sample",
    authors: ["The AMP/IPC framework contributors"],
    description: "Remote processor messaging sample client driver",
    license: "GPL v2",
    params: {
        count: u32 {
            default: 100,
            description: "Round trips to play",
        },
    },
}
