// SPDX-License-Identifier: GPL-2.0

//! Channels for user space: each has one device, which uses the channel's endpoint.

use crate::device::{
    self,
    Eptdev,
    Source, //
};
use amp::cdev::CharDevice;
use kernel::{
    device::{
        Bound,
        Core, //
    },
    prelude::*,
    sync::aref::ARef, //
};
use rpmsg::ChannelInfo;

/// The driver, and what a channel has of it: its device.
pub(crate) struct Raw(ARef<CharDevice<Eptdev>>);

rpmsg::device_table!(ID_TABLE, (), [("rpmsg-raw", ()), ("rpmsg_chrdev", ())]);

impl rpmsg::Driver for Raw {
    type IdInfo = ();
    type Data<'bound> = Self;
    const ID_TABLE: rpmsg::IdTable<()> = &ID_TABLE;
    const ATOMIC: bool = true;

    fn probe<'bound>(
        dev: &'bound rpmsg::Device<Core<'_>>,
        _info: Option<&'bound ()>,
    ) -> impl PinInit<Self, Error> + 'bound {
        let info = ChannelInfo {
            name: dev.name(),
            src: dev.src(),
            dst: dev.dst(),
        };
        let parent: &kernel::device::Device = dev.as_ref();
        Ok(Self(device::create(dev, parent, info, Source::Channel)?))
    }

    fn receive(
        _dev: &rpmsg::Device<Bound>,
        this: Pin<&Self>,
        message: rpmsg::Message<'_>,
    ) -> Result {
        Eptdev::receive(&this.0, message.payload);
        Ok(())
    }

    fn flow_control(_dev: &rpmsg::Device<Bound>, this: Pin<&Self>, pause: bool) {
        this.0.inbox.set_paused(pause);
    }

    fn unbind<'bound>(_dev: &'bound rpmsg::Device<Core<'_>>, this: Pin<&Self>) {
        this.0.destroy();
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        // If probe fails after it has made the device.
        self.0.destroy();
    }
}
