// SPDX-License-Identifier: GPL-2.0

//! What channels a driver drives.

use crate::Name;
use amp_bindings as bindings;
use core::mem::offset_of;
use kernel::device_id::{
    RawDeviceId,
    RawDeviceIdIndex, //
};

/// A service that a driver can drive, by name.
#[repr(transparent)]
#[derive(Clone, Copy)]
pub struct DeviceId(bindings::rpmsg_device_id);

impl DeviceId {
    /// The service of this name, of 1 to 31 bytes; other lengths fail to compile in a table.
    pub const fn new(name: &str) -> Self {
        let Some(name) = Name::new(name) else {
            panic!("a service's name has at most 31 bytes and no NUL byte");
        };
        let mut id: bindings::rpmsg_device_id = pin_init::zeroed();
        id.name = name.to_wire();
        assert!(id.name[0] != 0, "a service's name is not empty");
        Self(id)
    }
}

// SAFETY: `DeviceId` is a `#[repr(transparent)]` wrapper of `rpmsg_device_id` and does not add
// additional invariants, so it's safe to transmute to `RawType`.
unsafe impl RawDeviceId for DeviceId {
    type RawType = bindings::rpmsg_device_id;
}

// SAFETY: `DRIVER_DATA_OFFSET` is the offset to the `driver_data` field.
unsafe impl RawDeviceIdIndex for DeviceId {
    const DRIVER_DATA_OFFSET: usize = offset_of!(bindings::rpmsg_device_id, driver_data);
}

/// The services that a driver can drive.
pub type IdTable<T> = &'static dyn kernel::device_id::IdTable<DeviceId, T>;

/// The entry of `table` for a service of this name, if it has one.
///
/// # Safety
///
/// `table` must be NULL or point to a table that ends with an empty name, valid for `'a`.
pub(crate) unsafe fn find<'a>(
    table: *const bindings::rpmsg_device_id,
    name: &Name,
) -> Option<&'a bindings::rpmsg_device_id> {
    let mut entry = table;

    if entry.is_null() {
        return None;
    }
    loop {
        // SAFETY: By the function's requirements there is an entry before and at the end.
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

/// Creates an [`IdTable`], of which modprobe learns too: a driver's module is loaded when a service
/// in its table is announced.
///
/// # Examples
///
/// ```ignore
/// rpmsg::device_table!(ID_TABLE, (), [(rpmsg::DeviceId::new("rpmsg-client-sample"), ())]);
/// ```
#[macro_export]
macro_rules! device_table {
    ($($tt:tt)*) => {
        ::kernel::module_device_table!("rpmsg", $crate::DeviceId, $($tt)*);
    };
}
