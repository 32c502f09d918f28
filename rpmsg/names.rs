// SPDX-License-Identifier: GPL-2.0

//! What user space knows a channel by. Names come from the other side and may contain anything; here
//! they become file names and lines of text.

use crate::Device;
use amp::device::DeviceExt;
use kernel::{
    fmt::Write,
    prelude::*,
    str::CString, //
};

/// What stands for a byte of a name where it could be mistaken for something else: in a file name,
/// in the lines of a uevent.
fn harmless(byte: u8) -> char {
    match byte {
        // As the kernel's kobjects do.
        b'/' => '!',
        b' '..=b'~' => char::from(byte),
        _ => '_',
    }
}

/// A name as text, with something harmless for each byte that is not.
struct Harmless<'a>(&'a [u8]);

impl kernel::fmt::Display for Harmless<'_> {
    fn fmt(&self, f: &mut kernel::fmt::Formatter<'_>) -> kernel::fmt::Result {
        self.0
            .iter()
            .try_for_each(|&byte| f.write_char(harmless(byte)))
    }
}

/// The alias by which user space finds a driver's module: `rpmsg:NAME`, or the device tree's if the
/// channel has a node there.
pub(crate) fn modalias(dev: &Device) -> Result<CString> {
    if let Some(alias) = dev.as_ref().of_modalias()? {
        return Ok(alias);
    }

    let name = dev.name();
    CString::try_from_fmt(fmt!("rpmsg:{}", Harmless(name.as_bytes())))
}

/// The name of a channel below `parent`: `<parent>.<service>.<src>.<dst>`.
pub(crate) fn device_name(parent: &kernel::device::Device, channel: &Device) -> Result<CString> {
    // Addresses as signed numbers, which is how user space knows them: -1 is any.
    CString::try_from_fmt(fmt!(
        "{}.{}.{}.{}",
        parent.device_name(),
        Harmless(channel.name().as_bytes()),
        channel.src().0 as i32,
        channel.dst().0 as i32
    ))
}
