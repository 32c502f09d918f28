// SPDX-License-Identifier: GPL-2.0

//! What user space knows a channel by. Names come from the other side and may contain anything; here
//! they become file names and lines of text.

use crate::Device;
use amp::device::DeviceExt;
use amp_bindings as bindings;
use kernel::{
    fmt::Write,
    page::PAGE_SIZE,
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
    let device = dev.as_ref();

    // SAFETY: The device is valid; without a buffer the function only tells the length.
    let len = unsafe { bindings::of_modalias(device.to_raw(), core::ptr::null_mut(), 0) };
    if len != -(bindings::ENODEV as isize) {
        let mut text = KVec::from_elem(0u8, PAGE_SIZE, GFP_KERNEL)?;
        // SAFETY: The device is valid, and so many bytes may be written.
        // CAST: A page is not that large.
        let len = unsafe {
            bindings::of_modalias(
                device.to_raw(),
                text.as_mut_ptr().cast(),
                PAGE_SIZE as isize,
            )
        };
        if len < 0 {
            return Err(Error::from_errno(len as kernel::ffi::c_int));
        }
        let text = CStr::from_bytes_until_nul(&text).map_err(|_| ENOMEM)?;
        let text = core::str::from_utf8(text.to_bytes().trim_ascii_end()).map_err(|_| EINVAL)?;
        return CString::try_from_fmt(fmt!("{}", text));
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
