// SPDX-License-Identifier: GPL-2.0

//! How many buffers a device gets, and how large they are.
//!
//! The firmware says it in the device's configuration space ([`proto::rpmsg::buffers`]). If it does
//! not, the remote processor's node in the device tree does, by `amp,rpmsg-buffer-sizes` and
//! `amp,rpmsg-buffer-counts`: two numbers each, for messages from Linux and to Linux, as in the
//! configuration space. If that does not either, buffers have 512 bytes and there is one for each
//! entry of a vring, but no more than 256, as with mainline.

use amp::{
    device::DeviceExt,
    virtio::{
        self,
        Virtqueue, //
    }, //
};
use kernel::{
    device::{
        self,
        property::FwNode,
        Bound, //
    },
    prelude::*, //
};
use proto::rpmsg::{
    buffers::{
        self,
        Buffers,
        Direction, //
    },
    MAX_BUFFERS, //
};

/// The most buffers in one direction if nobody asks for more: half of what mainline allocates.
// CAST: A small constant.
const DEFAULT_COUNT: u32 = MAX_BUFFERS as u32 / 2;

/// The buffers that the device is to have.
pub(crate) fn buffers(vdev: &virtio::Device<Bound>) -> Buffers {
    let mut config = [0; buffers::LEN];
    vdev.config_read(0, &mut config);

    let wanted = match Buffers::parse(&config) {
        Ok(Some(buffers)) => Ok(buffers),
        Ok(None) => match from_tree(vdev) {
            Some(buffers) => buffers.checked(),
            None => return Buffers::default(),
        },
        Err(error) => Err(error),
    };
    wanted.unwrap_or_else(|error| {
        dev_warn!(
            vdev,
            "{}; buffers have {} bytes\n",
            format_args!("{error}"),
            Buffers::default().to_host.size
        );
        Buffers::default()
    })
}

/// What the node of the nearest device above says that has one.
fn from_tree(vdev: &virtio::Device<Bound>) -> Option<Buffers> {
    let mut dev: Option<&device::Device> = Some(vdev.as_ref());
    let node = loop {
        match dev?.fwnode() {
            Some(node) => break node,
            None => dev = dev?.parent_device(),
        }
    };
    let sizes = pair(vdev, node, c"amp,rpmsg-buffer-sizes");
    let counts = pair(vdev, node, c"amp,rpmsg-buffer-counts");
    if sizes.is_none() && counts.is_none() {
        return None;
    }
    let usual = Buffers::default();
    let [to_remote, to_host] = sizes.unwrap_or([usual.to_remote.size, usual.to_host.size]);
    let [sent, received] = counts.unwrap_or([usual.to_remote.count, usual.to_host.count]);

    Some(Buffers {
        to_remote: Direction {
            size: to_remote,
            count: sent,
        },
        to_host: Direction {
            size: to_host,
            count: received,
        },
    })
}

/// The two numbers of a property, [`None`] if there is none, or it has no two: the log tells then.
fn pair(vdev: &virtio::Device<Bound>, node: &FwNode, name: &CStr) -> Option<[u32; 2]> {
    if !node.property_present(name) {
        return None;
    }
    let pair = node.property_read::<[u32; 2]>(name).optional();
    if pair.is_none() {
        dev_warn!(
            vdev,
            "{} in the device tree needs two numbers, to the remote and from it; it counts for nothing\n",
            name
        );
    }
    pair
}

/// Gives a queue its buffers, which `writer` says who writes; returns how many. If there is no memory
/// for as many as are wanted it gets fewer.
pub(crate) fn allocate(
    queue: &mut Virtqueue,
    writer: virtio::Direction,
    wanted: Direction,
) -> Result<u32> {
    let mut count = match wanted.count {
        0 => DEFAULT_COUNT,
        count => count,
    }
    .min(queue.size());

    loop {
        match queue.alloc_buffers(writer, count, wanted.size.try_into()?) {
            Ok(buffers) => return Ok(buffers.count()),
            Err(error) if error == ENOMEM && count > 2 => count /= 2,
            Err(error) => return Err(error),
        }
    }
}
