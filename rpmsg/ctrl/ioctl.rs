// SPDX-License-Identifier: GPL-2.0

//! The arguments of the control device's ioctls.
//!
//! User-space ABI: [`include/uapi/linux/rpmsg.h`](srctree/include/uapi/linux/rpmsg.h)

use amp_bindings::rpmsg_endpoint_info;
use kernel::{
    ioctl::_IOW,
    prelude::*,
    uaccess::{
        UserPtr,
        UserSlice, //
    }, //
};
use rpmsg::{
    Addr,
    ChannelInfo,
    Name, //
};

/// What user space asks for.
pub(crate) enum Request {
    /// `RPMSG_CREATE_EPT_IOCTL`: a `/dev/rpmsgN`.
    CreateEndpoint,
    /// `RPMSG_CREATE_DEV_IOCTL`: a channel.
    CreateChannel,
    /// `RPMSG_RELEASE_DEV_IOCTL`: the end of a channel.
    ReleaseChannel,
}

const CREATE_EPT: u32 = _IOW::<rpmsg_endpoint_info>(0xb5, 1);
const CREATE_DEV: u32 = _IOW::<rpmsg_endpoint_info>(0xb5, 3);
const RELEASE_DEV: u32 = _IOW::<rpmsg_endpoint_info>(0xb5, 4);

/// Bytes of a `struct rpmsg_endpoint_info`: the name, two addresses.
const LEN: usize = Name::LEN + 4 + 4;
const _: () = assert!(LEN == size_of::<rpmsg_endpoint_info>());

impl Request {
    /// The request with this number.
    pub(crate) fn from_cmd(cmd: u32) -> Option<Self> {
        match cmd {
            CREATE_EPT => Some(Self::CreateEndpoint),
            CREATE_DEV => Some(Self::CreateChannel),
            RELEASE_DEV => Some(Self::ReleaseChannel),
            _ => None,
        }
    }
}

/// Reads the argument of a request, at the address `arg` of the user. The name ends with its 31st
/// byte at the latest.
pub(crate) fn read(arg: usize) -> Result<ChannelInfo> {
    let mut reader = UserSlice::new(UserPtr::from_addr(arg), LEN).reader();

    Ok(ChannelInfo {
        name: Name::from_wire(reader.read()?).terminated(),
        src: Addr(reader.read()?),
        dst: Addr(reader.read()?),
    })
}
