// SPDX-License-Identifier: GPL-2.0

//! The loader, piece by piece, for C drivers that have one of their own and call ours for most of
//! it. What is checked is what [`Firmware`] checks; the format is told by the content, so that
//! these do with RPRC what their names say of ELF.

use super::object;
use crate::{
    firmware::{
        File,
        Firmware,
        Refusal, //
    },
    request::Layout,
    Device, //
};
use amp_bindings as bindings;
use bindings::{
    firmware,
    resource_table,
    rproc, //
};
use core::ptr::null_mut;
use kernel::prelude::*;

/// The contents of `fw`.
///
/// # Safety
///
/// `fw` must be valid, and stay so for `'a`.
unsafe fn image<'a>(fw: *const firmware) -> &'a [u8] {
    // SAFETY: By the requirements of this function; a firmware without contents has no pointer.
    unsafe {
        match (*fw).data.is_null() {
            true => &[],
            false => core::slice::from_raw_parts((*fw).data, (*fw).size),
        }
    }
}

fn refuse(rproc: &Device, refusal: &Refusal) -> Error {
    dev_err!(rproc.as_ref(), "{}\n", core::format_args!("{refusal}"));
    EINVAL
}

fn parse<'a>(rproc: &Device, image: &'a [u8]) -> Result<Firmware<'a>> {
    Firmware::parse(image).map_err(|refusal| refuse(rproc, &refusal))
}

/// Copies the resource table for the core, into `cached_table` of the C object.
///
/// # Safety
///
/// As for [`rproc_elf_load_rsc_table`].
unsafe fn load_table(rproc: *mut rproc, fw: *const firmware) -> Result {
    // SAFETY: By the requirements of this function.
    let (object, image) = unsafe { (object(rproc), image(fw)) };
    let firmware = parse(object, image)?;
    let found = firmware
        .format()
        .table()
        .map_err(|refusal| refuse(object, &refusal))?;
    let table = found
        .filter(|table| table.layout == Layout::Mainline)
        .ok_or(EINVAL)?;

    let mut copy = KVec::with_capacity(table.bytes.len(), GFP_KERNEL)?;
    copy.extend_from_slice(table.bytes, GFP_KERNEL)?;
    let (copy, len, _) = copy.into_raw_parts();
    // SAFETY: By the requirements of this function nobody else uses these fields now. Memory of a
    // `KVec` is from kmalloc(), as `kfree()` wants it.
    unsafe {
        bindings::kfree((*rproc).cached_table.cast());
        (*rproc).cached_table = copy.cast();
        (*rproc).table_ptr = copy.cast();
        (*rproc).table_sz = len;
    }
    Ok(())
}

amp::c_abi! {
    /// Whether the core could load `fw`: 0, or -EINVAL after a message.
    fn rproc_elf_sanity_check(rproc: *mut rproc, fw: *const firmware) -> i32 {
        // SAFETY: By the requirements of this function.
        let (object, image) = unsafe { (object(rproc), image(fw)) };
        super::errno(parse(object, image).map(|_| ()))
    }

    /// The address of the first instruction; 0 if `fw` is broken or does not say.
    fn rproc_elf_get_boot_addr(rproc: *mut rproc, fw: *const firmware) -> u64 {
        // SAFETY: By the requirements of this function.
        let (object, image) = unsafe { (object(rproc), image(fw)) };
        let mut last = 0;
        if let Ok(firmware) = parse(object, image) {
            firmware.format().for_each_boot_addr(&mut |da| last = da);
        }
        last
    }

    /// Copies code and data to where the processor expects them.
    fn rproc_elf_load_segments(rproc: *mut rproc, fw: *const firmware) -> i32 {
        // SAFETY: By the requirements of this function.
        let (object, image) = unsafe { (object(rproc), image(fw)) };
        super::errno(parse(object, image).and_then(|firmware| {
            firmware
                .format()
                .for_each_segment(&mut |segment| object.load_segment(c"of the driver", segment))
        }))
    }

    /// Gives the core the resource table in `fw`; -EINVAL if there is none. To be called by the
    /// driver's `parse_fw`.
    fn rproc_elf_load_rsc_table(rproc: *mut rproc, fw: *const firmware) -> i32 {
        // SAFETY: By the requirements of this function.
        super::errno(unsafe { load_table(rproc, fw) })
    }

    /// Where Linux sees the resource table that the processor sees; NULL if there is none.
    fn rproc_elf_find_loaded_rsc_table(
        rproc: *mut rproc,
        fw: *const firmware,
    ) -> *mut resource_table {
        // SAFETY: By the requirements of this function.
        let (object, image) = unsafe { (object(rproc), image(fw)) };
        let Ok(firmware) = parse(object, image) else {
            return null_mut();
        };
        let Ok(Some(table)) = firmware.format().table() else {
            return null_mut();
        };
        object
            .with_window(table.da, table.bytes.len(), |window| window.as_ptr().cast())
            .unwrap_or(null_mut())
    }
}

/// The C object of a file in memory, for a driver's own functions: they look at contents and size.
pub(super) fn raw(file: &File<'_>) -> firmware {
    firmware {
        size: file.image.len(),
        data: file.image.as_ptr(),
        priv_: null_mut(),
    }
}
