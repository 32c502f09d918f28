// SPDX-License-Identifier: GPL-2.0

//! `/dev/rpmsg_ctrlN`.

use crate::{
    c_abi,
    ioctl::{
        self,
        Request, //
    },
    NUMBERS, //
};
use amp::{
    cdev::{
        CharDevice,
        Kind,
        Operations, //
    },
    chrdev::Region,
    class::Class,
    lease::Lease, //
};
use kernel::{
    device::{
        self,
        Bound, //
    },
    fs::LocalFile,
    prelude::*,
    sync::{
        aref::ARef,
        new_mutex,
        Mutex, //
    }, //
};

/// The state of a device.
#[pin_data]
pub(crate) struct Ctrldev {
    /// The transport's channel for it, as long as it is bound.
    channel: Lease<rpmsg::Device<Bound>>,
    /// One request at a time.
    #[pin]
    requests: Mutex<()>,
}

impl Ctrldev {
    /// The state of the device of `channel`.
    pub(crate) fn new(channel: &rpmsg::Device<Bound>) -> impl PinInit<Self, Error> + '_ {
        try_pin_init!(Self {
            channel: Lease::new(channel)?,
            requests <- new_mutex!(()),
        }? Error)
    }

    /// Lets nobody ask for anything any more, and waits for who has. May sleep.
    pub(crate) fn end(&self) {
        self.channel.end();
    }
}

impl Kind for Ctrldev {
    const NAME: &'static CStr = c"rpmsg_ctrl";

    fn region() -> &'static Region {
        &NUMBERS
    }

    fn class() -> &'static Class<device::Device> {
        &rpmsg::c_abi::rpmsg_class
    }
}

#[vtable]
impl Operations for Ctrldev {
    type File = ARef<CharDevice<Self>>;

    fn open(dev: &CharDevice<Self>, _file: &LocalFile) -> Result<ARef<CharDevice<Self>>> {
        Ok(dev.into())
    }

    /// # Errors
    ///
    /// [`ENODEV`] if the transport is gone, [`EINVAL`] for an unknown request, [`EFAULT`], or why
    /// the request failed.
    fn ioctl(this: &CharDevice<Self>, _file: &LocalFile, cmd: u32, arg: usize) -> Result<isize> {
        let request = Request::from_cmd(cmd).ok_or(EINVAL)?;
        let info = ioctl::read(arg)?;
        let dev: &device::Device = this.as_ref();

        let channel = this.channel.enter().ok_or(ENODEV)?;
        let _one_at_a_time = this.requests.lock();
        match request {
            Request::CreateEndpoint => c_abi::create_endpoint_device(&channel, dev, &info)?,
            Request::CreateChannel => channel.create_channel(&info).map_err(|_| {
                dev_err!(
                    dev,
                    "failed to create channel {}\n",
                    format_args!("{}", info.name)
                );
                ENXIO
            })?,
            Request::ReleaseChannel => channel.release_channel(&info).inspect_err(|error| {
                dev_err!(
                    dev,
                    "failed to release channel {}: {}\n",
                    format_args!("{}", info.name),
                    error.to_errno()
                );
            })?,
        }
        Ok(0)
    }
}
