// SPDX-License-Identifier: GPL-2.0

//! How channels get on the bus.

use crate::{
    bus::Rpmsg,
    names, //
};
use amp::bus::NewDevice;
use kernel::{
    device,
    prelude::*,
    sync::aref::ARef, //
};

/// Adds a channel that its transport has filled in, for the one driver called `driver` if that is
/// some. On failure the channel goes.
///
/// # Errors
///
/// [`EEXIST`] if there is one already of which the name differs in odd characters only; [`EINVAL`]
/// without a parent; else what the driver core says.
pub(crate) fn add(mut channel: NewDevice<Rpmsg>, driver: Option<&CStr>) -> Result {
    let parent: ARef<device::Device> = channel.device().parent().ok_or(EINVAL)?.into();

    let name = names::device_name(&parent, channel.device())?;
    channel.set_name(&name)?;
    if let Some(driver) = driver {
        channel.set_driver_override(driver).inspect_err(|error| {
            dev_err!(
                parent,
                "{}: the driver can't be fixed: {}\n",
                &*name,
                error.to_errno()
            );
        })?;
    }

    channel.add().inspect_err(|error| {
        // This the other side can cause, and the transport tells of it.
        if *error != EEXIST {
            dev_err!(
                parent,
                "channel {} can't be added: {}\n",
                &*name,
                error.to_errno()
            );
        }
    })
}
