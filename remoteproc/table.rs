// SPDX-License-Identifier: GPL-2.0

//! The resource table: our copy, and the one that the remote sees.
//!
//! Decisions are made by our copy. The loaded table is written only, but for the configuration
//! space of a virtio device, which is the remote's to change.

use crate::{
    request::{
        Field,
        Layout,
        TableImage, //
    },
    Device, //
};
use kernel::{
    new_mutex,
    prelude::*,
    sync::{
        atomic::{
            Acquire,
            AtomicFlag,
            Release, //
        },
        Arc,
        Mutex, //
    }, //
};

/// A resource table.
#[pin_data]
pub(crate) struct Table {
    /// Where the remote sees it.
    da: u64,
    layout: Layout,
    /// The remote's copy is there and may be written.
    loaded: AtomicFlag,
    /// What the remote gets to see, with what was written back.
    #[pin]
    copy: Mutex<KVec<u8>>,
}

impl Table {
    /// A copy of the table in a firmware file.
    pub(crate) fn new(image: TableImage<'_>) -> Result<Arc<Self>> {
        let mut copy = KVec::with_capacity(image.bytes.len(), GFP_KERNEL)?;
        copy.extend_from_slice(image.bytes, GFP_KERNEL)?;

        Arc::pin_init(
            pin_init!(Self {
                da: image.da,
                layout: image.layout,
                loaded: AtomicFlag::new(false),
                copy <- new_mutex!(copy, "remoteproc::Table"),
            }),
            GFP_KERNEL,
        )
    }

    /// Gives the remote the table as it is now, and keeps it up to date from now on.
    ///
    /// Firmware whose table lies where Linux can't reach does without what is written back.
    pub(crate) fn load(&self, rproc: &Device) {
        let copy = self.copy.lock();
        let written = rproc.with_window(self.da, copy.len(), |table| table.write(0, &copy).is_ok());

        match written {
            Some(true) => self.loaded.store(true, Release),
            _ => dev_warn!(
                rproc.as_ref(),
                "the resource table at {:#x} is in no memory of the processor: it won't see what was allocated\n",
                self.da
            ),
        }
    }

    /// Leaves the remote's copy alone from now on: its memory goes away.
    pub(crate) fn unload(&self) {
        self.loaded.store(false, Release);
    }

    /// Writes `bytes` at `offset`, in our copy and in the remote's.
    pub(crate) fn write(&self, rproc: &Device, offset: usize, bytes: &[u8]) {
        let mut copy = self.copy.lock();
        let range = offset
            .checked_add(bytes.len())
            .and_then(|end| copy.get_mut(offset..end));

        // Offsets come from the parser, which found the entry in the same bytes.
        let Some(range) = range else { return };
        range.copy_from_slice(bytes);

        if self.loaded.load(Acquire) {
            let da = self.da.wrapping_add(offset as u64);
            rproc.with_window(da, bytes.len(), |window| window.write(0, bytes));
        }
    }

    /// Writes a number back, if there is a place for it. One that the place is too small for loses
    /// its upper half: a processor with larger addresses than its table gets the lower one, as ever.
    pub(crate) fn write_field(&self, rproc: &Device, field: Option<Field>, value: u64) {
        match field {
            // CAST: See above.
            Some(Field::U32(offset)) => self.write(rproc, offset, &(value as u32).to_le_bytes()),
            Some(Field::U64(offset)) => self.write(rproc, offset, &value.to_le_bytes()),
            None => {}
        }
    }

    /// Fills `bytes` from the remote's table, each byte read once; from ours if it has none.
    pub(crate) fn read(&self, rproc: &Device, offset: usize, bytes: &mut [u8]) {
        if self.loaded.load(Acquire) {
            let da = self.da.wrapping_add(offset as u64);
            let read = rproc.with_window(da, bytes.len(), |window| window.read(0, bytes).is_ok());
            if read == Some(true) {
                return;
            }
        }
        let copy = self.copy.lock();
        let range = offset
            .checked_add(bytes.len())
            .and_then(|end| copy.get(offset..end));
        if let Some(range) = range {
            bytes.copy_from_slice(range);
        }
    }

    /// Calls `f` with our copy and its layout.
    pub(crate) fn with_copy<R>(&self, f: impl FnOnce(&[u8], Layout) -> R) -> R {
        f(&self.copy.lock(), self.layout)
    }
}
