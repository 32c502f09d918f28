// SPDX-License-Identifier: GPL-2.0

//! Firmware that a C driver loads by operations of its own.

use super::{
    elf,
    CDriver, //
};
use crate::{
    firmware::{
        File,
        Format,
        Refusal,
        Segment, //
    },
    request::{
        Layout,
        TableImage, //
    },
    Device, //
};
use amp_bindings as bindings;
use kernel::{
    error::to_result,
    prelude::*,
    sync::atomic::Release, //
};

/// The device address that stands for the resource table that the driver found in the processor's
/// memory, wherever that is.
pub(super) const LOADED_TABLE: u64 = 0xffff_ffff_0000_0000;

/// A firmware file of which only its driver knows the format.
pub(super) struct DriversOwn<'a> {
    driver: &'a CDriver,
    rproc: &'a Device,
    fw: bindings::firmware,
}

impl<'a> DriversOwn<'a> {
    /// [`None`] if the driver leaves the loading to the core.
    pub(super) fn new(
        driver: &'a CDriver,
        rproc: &'a Device,
        file: &File<'_>,
    ) -> Option<Result<Self>> {
        driver.op(|ops| ops.load)?;
        let this = Self {
            driver,
            rproc,
            fw: elf::raw(file),
        };
        let checked = match driver.op(|ops| ops.sanity_check) {
            // SAFETY: The driver's own operation with its own processor.
            Some(check) => to_result(unsafe { check(rproc.raw().as_ptr(), &this.fw) }),
            None => Ok(()),
        };
        Some(checked.map(|()| this))
    }
}

impl<'a> Format<'a> for DriversOwn<'a> {
    fn name(&self) -> &'static str {
        "the driver's own"
    }

    fn machine(&self) -> Option<u16> {
        None
    }

    fn for_each_boot_addr(&self, f: &mut dyn FnMut(u64)) {
        if let Some(get) = self.driver.op(|ops| ops.get_boot_addr) {
            // SAFETY: The driver's own operation with its own processor.
            f(unsafe { get(self.rproc.raw().as_ptr(), &self.fw) });
        }
    }

    fn for_each_segment(&self, _f: &mut dyn FnMut(&Segment<'a>) -> Result) -> Result {
        Ok(())
    }

    fn load(&self, _rproc: &Device, _name: &CStr) -> Result {
        let rproc = self.rproc.raw().as_ptr();
        let Some(load) = self.driver.op(|ops| ops.load) else {
            return Ok(());
        };
        // SAFETY: The driver's own operations with its own processor; the table is its own as well,
        // and is not used by others now.
        unsafe {
            to_result(load(rproc, &self.fw))?;
            if let Some(find) = self.driver.op(|ops| ops.find_loaded_rsc_table) {
                let loaded = find(rproc, &self.fw);
                if !loaded.is_null() {
                    (*rproc).table_ptr = loaded;
                    self.driver.loaded.store(loaded.cast(), Release);
                }
            }
        }
        Ok(())
    }

    fn table(&self) -> Result<Option<TableImage<'a>>, Refusal> {
        let rproc = self.rproc.raw().as_ptr();
        let Some(parse) = self.driver.op(|ops| ops.parse_fw) else {
            return Ok(None);
        };
        // SAFETY: The driver's own operation with its own processor. The table that it leaves in
        // the C object stays until the processor was stopped.
        unsafe {
            to_result(parse(rproc, &self.fw)).map_err(Refusal::Driver)?;
            let (table, len) = ((*rproc).table_ptr, (*rproc).table_sz);
            if table.is_null() || len == 0 {
                return Ok(None);
            }
            Ok(Some(TableImage {
                bytes: core::slice::from_raw_parts(table.cast(), len),
                da: LOADED_TABLE,
                layout: Layout::Mainline,
            }))
        }
    }
}
