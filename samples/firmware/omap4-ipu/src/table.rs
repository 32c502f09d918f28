// SPDX-License-Identifier: GPL-2.0

//! The resource table: what this firmware asks of Linux.

use core::mem::offset_of;

use proto::name;
#[cfg(feature = "static-channels")]
use proto::resource_table::channels;
use proto::resource_table::wire;
use proto::resource_table::wire::U32;
use proto::rpmsg;
#[cfg(feature = "big-buffers")]
use proto::rpmsg::buffers::{
    self,
    Buffers,
    Direction, //
};
use proto::vring;

use crate::port;
#[cfg(feature = "static-channels")]
use crate::services;

/// Entries of each vring.
pub(crate) const VRING_NUM: u32 = 256;
/// Alignment of each vring's device part, in bytes.
pub(crate) const VRING_ALIGN: u32 = 4096;
/// Where the vrings are to be seen: Linux maps them there, page by page, so no devmem entry may
/// cover these addresses.
pub(crate) const VRINGS: [u32; 2] = [0xa000_0000, 0xa000_4000];
/// Bytes from here on that both sides share at most: the two vrings, or, if this firmware was
/// converted to RPRC, the carveout that has the buffers and the vrings behind them.
pub(crate) const VRINGS_LEN: usize = 1 << 20;

/// Where the L4 interconnect is to be seen, with the mailbox in it.
pub(crate) const L4_CFG: u32 = 0xaa00_0000;
const L4_CFG_PA: u32 = 0x4a00_0000;
const L4_CFG_LEN: u32 = 16 << 20;

/// The memory that the board reserves for this processor, and out of which the message buffers
/// come. Descriptors carry physical addresses, and mainline's remoteproc maps the buffers for
/// nobody: hence this mapping of every address to itself.
pub(crate) const POOL: u32 = 0x9880_0000;
pub(crate) const POOL_LEN: u32 = 16 << 20;

/// What each virtio device offers.
const FEATURES: u32 = if cfg!(feature = "flags-only") {
    rpmsg_remote::FEATURES & !(1 << vring::F_EVENT_IDX)
} else {
    rpmsg_remote::FEATURES
};

/// Entries of the table.
const ENTRIES: usize =
    6 + cfg!(feature = "static-channels") as usize + cfg!(feature = "hostile") as usize;

/// Channels that nobody announces.
#[cfg(feature = "static-channels")]
#[repr(C)]
struct Channels {
    kind: U32,
    num: U32,
    client: channels::Wire,
}

#[repr(C)]
struct Table {
    header: wire::Header,
    offsets: [U32; ENTRIES],
    text: wire::Memory,
    data: wire::Memory,
    l4_cfg: wire::Memory,
    pool: wire::Memory,
    trace: wire::Trace,
    vdev: wire::Vdev,
    vrings: [wire::Vring; 2],
    /// The device's configuration space.
    #[cfg(feature = "big-buffers")]
    buffers: [u8; buffers::LEN],
    #[cfg(feature = "static-channels")]
    channels: Channels,
    #[cfg(feature = "hostile")]
    second: Second,
}

/// A second device, which nobody serves, with a configuration space that ends too early: the
/// magic number and the version, and no sizes.
#[cfg(feature = "hostile")]
#[repr(C)]
struct Second {
    vdev: wire::Vdev,
    vrings: [wire::Vring; 2],
    config: [u8; CONFIG_LEN],
}

#[cfg(feature = "hostile")]
const CONFIG_LEN: usize = 8;

#[used]
#[link_section = ".resource_table"]
static TABLE: Table = Table {
    header: wire::Header::new(ENTRIES as u32),
    offsets: [
        U32::new(offset_of!(Table, text) as u32),
        U32::new(offset_of!(Table, data) as u32),
        U32::new(offset_of!(Table, l4_cfg) as u32),
        U32::new(offset_of!(Table, pool) as u32),
        U32::new(offset_of!(Table, trace) as u32),
        U32::new(offset_of!(Table, vdev) as u32),
        #[cfg(feature = "static-channels")]
        U32::new(offset_of!(Table, channels) as u32),
        #[cfg(feature = "hostile")]
        U32::new(offset_of!(Table, second) as u32),
    ],
    text: wire::Memory::carveout(0, 1 << 20, name!("text")),
    data: wire::Memory::carveout(0x8000_0000, 1 << 20, name!("data")),
    l4_cfg: wire::Memory::devmem(L4_CFG, L4_CFG_PA, L4_CFG_LEN, name!("l4-cfg")),
    pool: wire::Memory::devmem(POOL, POOL, POOL_LEN, name!("pool")),
    trace: wire::Trace::new(port::TRACE, port::TRACE_LEN as u32, name!("trace0")),
    vdev: wire::Vdev {
        #[cfg(feature = "big-buffers")]
        config_len: U32::new(buffers::LEN as u32),
        ..wire::Vdev::new(rpmsg::VIRTIO_ID, FEATURES, 2)
    },
    vrings: [
        wire::Vring::new(VRINGS[0], VRING_ALIGN, VRING_NUM),
        wire::Vring::new(VRINGS[1], VRING_ALIGN, VRING_NUM),
    ],
    #[cfg(feature = "big-buffers")]
    buffers: Buffers {
        to_remote: Direction {
            size: 2048,
            count: 0,
        },
        to_host: Direction {
            size: 4096,
            count: 0,
        },
    }
    .encode(),
    #[cfg(feature = "static-channels")]
    channels: Channels {
        kind: U32::new(channels::KIND),
        num: U32::new(1),
        client: channels::Wire::new(channels::StaticChannel {
            name: name!(services::ECHO_NAME),
            src: rpmsg::Addr::ANY,
            dst: services::ECHO_ADDR,
        }),
    },
    #[cfg(feature = "hostile")]
    second: Second {
        vdev: wire::Vdev {
            config_len: U32::new(CONFIG_LEN as u32),
            ..wire::Vdev::new(rpmsg::VIRTIO_ID, FEATURES, 2)
        },
        // In the pool, where the processor sees them.
        vrings: [wire::Vring::new(wire::ANY, VRING_ALIGN, VRING_NUM); 2],
        config: *b"rpmb\x01\x00\x18\x00",
    },
};

/// Bytes of the table.
pub(crate) const LEN: usize = size_of::<Table>();

// The fields that Linux writes, in bytes from the table's start.

/// The status of the virtio device, a byte.
pub(crate) const STATUS: usize = offset_of!(Table, vdev) + offset_of!(wire::Vdev, status);
/// The features that Linux has taken, a u32.
pub(crate) const GFEATURES: usize = offset_of!(Table, vdev) + offset_of!(wire::Vdev, gfeatures);

/// The device address of vring `queue`, a u32.
pub(crate) const fn vring_da(queue: u16) -> usize {
    offset_of!(Table, vrings)
        + queue as usize * size_of::<wire::Vring>()
        + offset_of!(wire::Vring, da)
}

/// The second device's vring `queue`: offsets of its device address and of the number by which to
/// kick, a u32 each. [`None`] without a second device.
pub(crate) const fn second_vring(queue: u16) -> Option<(usize, usize)> {
    #[cfg(feature = "hostile")]
    {
        let vring = offset_of!(Table, second)
            + offset_of!(Second, vrings)
            + queue as usize * size_of::<wire::Vring>();
        Some((
            vring + offset_of!(wire::Vring, da),
            vring + offset_of!(wire::Vring, notifyid),
        ))
    }
    #[cfg(not(feature = "hostile"))]
    {
        let _ = queue;
        None
    }
}
