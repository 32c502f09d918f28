// SPDX-License-Identifier: GPL-2.0

//! Channels that exist without an announcement: from the device tree, and from whoever
//! [offers](amp::static_channels::Offer) some.
//!
//! The device tree's are in the node of the remote processor, see Documentation/rpmsg.rst:
//!
//! ```dts
//! rpmsg-channels {
//!     server { service = "rpmsg-server-sample"; src = <137>; };
//!     client { service = "rpmsg-client-sample"; dst = <50>; };
//! };
//! ```

use crate::{
    Addr,
    Name, //
};
use amp::{
    device::DeviceExt,
    static_channels, //
};
use kernel::{
    device::{
        property::FwNode,
        Device, //
    },
    prelude::*,
    str::CString, //
};
use proto::resource_table::channels::StaticChannel;

/// The static channels of the transport that runs on `dev`: those of `dev` and of all devices above
/// it, the nearest first. Process context, may sleep.
pub(crate) fn of(dev: &Device) -> Result<KVec<StaticChannel>> {
    let mut channels = KVec::new();
    let mut at = Some(dev);

    while let Some(dev) = at {
        static_channels::offered(dev, &mut channels)?;
        if let Some(list) = dev
            .fwnode()
            .and_then(|node| node.get_child_by_name(c"rpmsg-channels"))
        {
            for node in list.children() {
                match channel(&node) {
                    Ok(channel) => channels.push(channel, GFP_KERNEL)?,
                    Err(_) => dev_err!(
                        dev,
                        "{}: needs service, of 1 to 31 bytes, and at least one of src and dst\n",
                        node.display_name()
                    ),
                }
            }
        }
        at = dev.parent_device();
    }
    Ok(channels)
}

/// The channel that a node describes.
fn channel(node: &FwNode) -> Result<StaticChannel> {
    let addr = |name| {
        node.property_read::<u32>(name)
            .optional()
            .map_or(Addr::ANY, Addr)
    };
    let service = node
        .property_read::<CString>(c"service")
        .optional()
        .ok_or(EINVAL)?;
    let service = core::str::from_utf8(service.to_bytes()).map_err(|_| EINVAL)?;

    let channel = StaticChannel {
        name: Name::new(service).ok_or(EINVAL)?,
        src: addr(c"src"),
        dst: addr(c"dst"),
    };
    channel.is_valid().then_some(channel).ok_or(EINVAL)
}
