// SPDX-License-Identifier: GPL-2.0

//! Device tables, of drivers in C and in Rust.

use crate::{
    IdTable,
    Name, //
};
use amp_bindings as bindings;

/// A table that ends with an empty name, or none.
///
/// # Invariants
///
/// The pointer is NULL, or valid for `'a` up to the entry without a name.
#[derive(Clone, Copy)]
pub struct RawTable<'a>(
    *const bindings::rpmsg_device_id,
    core::marker::PhantomData<&'a ()>,
);

impl<'a> RawTable<'a> {
    /// The table of a C driver.
    ///
    /// # Safety
    ///
    /// `table` must be NULL or point to a table that ends with an empty name, valid for `'a`.
    pub(super) unsafe fn from_raw(table: *const bindings::rpmsg_device_id) -> Self {
        // INVARIANT: By the function's requirements.
        Self(table, core::marker::PhantomData)
    }

    /// The C object.
    pub(super) fn as_ptr(self) -> *const bindings::rpmsg_device_id {
        self.0
    }

    /// The entry for a service of this name, if there is one.
    pub(crate) fn find(self, name: &Name) -> Option<&'a bindings::rpmsg_device_id> {
        let mut entry = self.0;

        if entry.is_null() {
            return None;
        }
        loop {
            // SAFETY: By the type invariants there is an entry before and at the end.
            let id = unsafe { &*entry };
            let known = Name::from_wire(id.name);

            if known.is_empty() {
                return None;
            }
            if known.as_bytes() == name.as_bytes() {
                return Some(id);
            }
            // SAFETY: This was not the end of the table.
            entry = unsafe { entry.add(1) };
        }
    }
}

impl<U> From<IdTable<U>> for RawTable<'static> {
    fn from(table: IdTable<U>) -> Self {
        // INVARIANT: An `IdTable` is static and ends with an entry of zeroes.
        Self(table.as_ptr(), core::marker::PhantomData)
    }
}

/// What a driver in Rust keeps about the service of this name.
///
/// Not by the `id.driver_data` of the device: with a driver override that may stem from the table of
/// another driver.
pub(crate) fn info<U>(table: IdTable<U>, name: &Name) -> Option<&'static U> {
    let entry = RawTable::from(table).find(name)?;

    // SAFETY: Entries of an `IdTable<U>` have a `&'static U` there.
    Some(unsafe { &*(entry.driver_data as *const U) })
}
