// SPDX-License-Identifier: GPL-2.0

//! What rpmsg_char does for us, ours or the one in C: the functions of the subsystem's
//! `rpmsg_char.h`.

use amp::device::DeviceExt;
use amp_bindings as bindings;
use core::ptr::null_mut;
use kernel::{
    device::{
        Bound,
        Device, //
    },
    error::to_result,
    prelude::*, //
};
use rpmsg::ChannelInfo;

/// Makes a `/dev/rpmsgN` below `parent`. May sleep.
///
/// It has to be destroyed before `channel` is unbound, by [`destroy_endpoint_devices`].
pub(crate) fn create_endpoint_device(
    channel: &rpmsg::Device<Bound>,
    parent: &Device,
    info: &ChannelInfo,
) -> Result {
    // SAFETY: Both devices are valid, and the channel is bound. That our driver destroys the devices
    // before it is unbound is its `Drop`.
    to_result(unsafe {
        bindings::rpmsg_chrdev_eptdev_create(channel.as_raw(), parent.to_raw(), info.to_raw())
    })
}

/// Destroys all devices that were made below `parent`. May sleep.
pub(crate) fn destroy_endpoint_devices(parent: &Device) {
    // SAFETY: All children of our devices were made by `create_endpoint_device`. The function always
    // returns 0.
    unsafe {
        bindings::device_for_each_child(
            parent.to_raw(),
            null_mut(),
            Some(bindings::rpmsg_chrdev_eptdev_destroy),
        )
    };
}
