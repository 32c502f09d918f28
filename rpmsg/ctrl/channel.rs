// SPDX-License-Identifier: GPL-2.0

//! The channel that each transport has for us. It has no endpoint, and nothing is sent on it.

use crate::{
    c_abi,
    device::Ctrldev, //
};
use amp::cdev::{
    CharDevice,
    Registration, //
};
use kernel::{
    device::{
        Bound,
        Core, //
    },
    prelude::*, //
};

/// The driver, and what a channel has of it: its device.
pub(crate) struct Ctrl(Registration<Ctrldev>);

// By `driver_override` only: a remote must not get the driver by announcing a name.
rpmsg::device_table!(ID_TABLE, (), []);

impl rpmsg::Driver for Ctrl {
    type IdInfo = ();
    type Data<'bound> = Self;
    const ID_TABLE: rpmsg::IdTable<()> = &ID_TABLE;
    const ENDPOINT: bool = false;

    fn probe<'bound>(
        dev: &'bound rpmsg::Device<Core<'_>>,
        _info: Option<&'bound ()>,
    ) -> impl PinInit<Self, Error> + 'bound {
        let parent: &kernel::device::Device = dev.as_ref();
        Ok(Self(
            CharDevice::create(parent, Ctrldev::new(dev))?.register()?,
        ))
    }

    fn receive(
        _dev: &rpmsg::Device<Bound>,
        _this: Pin<&Self>,
        _message: rpmsg::Message<'_>,
    ) -> Result {
        Ok(())
    }
}

impl Drop for Ctrl {
    /// First no more requests, then the devices that were made, then the device itself.
    fn drop(&mut self) {
        let device = self.0.device();
        device.end();
        c_abi::destroy_endpoint_devices(device.as_ref());
    }
}
