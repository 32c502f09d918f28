// SPDX-License-Identifier: GPL-2.0

//! The functions of the subsystem's `rpmsg_char.h`, by which the control device, ours or that in C,
//! makes devices.
//!
//! The signatures are compared with the C declarations when this is compiled. The safety
//! requirements are those of C: pointers are valid, of the object that the name says, and stay so
//! for the call.

use crate::device::{
    self,
    Eptdev,
    Source, //
};
use amp::cdev::CharDevice;
use amp_bindings as bindings;
use kernel::{
    device::Bound,
    ffi::{
        c_int,
        c_void, //
    }, //
};
use rpmsg::ChannelInfo;

amp::c_abi! {
    /// Makes a device below `parent`, which creates an endpoint on the transport of `rpdev` when it
    /// is opened: at `chinfo.src`, or any address, sending to `chinfo.dst`. It must be destroyed
    /// before `rpdev` is unbound.
    fn rpmsg_chrdev_eptdev_create(
        rpdev: *mut bindings::rpmsg_device,
        parent: *mut bindings::device,
        chinfo: bindings::rpmsg_channel_info,
    ) -> c_int {
        // SAFETY: The caller gives valid devices, of which the channel is bound to its driver.
        let (channel, parent) = unsafe {
            (
                rpmsg::Device::<Bound>::from_raw(rpdev),
                kernel::device::Device::from_raw(parent),
            )
        };
        match device::create(channel, parent, ChannelInfo::from_raw(&chinfo), Source::Own) {
            Ok(_) => 0,
            Err(error) => error.to_errno(),
        }
    }

    /// Destroys a device that the other function or the driver has made; 0, also if somebody did.
    fn rpmsg_chrdev_eptdev_destroy(dev: *mut bindings::device, _data: *mut c_void) -> c_int {
        // SAFETY: The caller gives such a device.
        unsafe { CharDevice::<Eptdev>::from_raw(dev) }.destroy();
        0
    }
}
