// SPDX-License-Identifier: GPL-2.0

//! What channels a driver drives.

use crate::Name;
use amp_bindings as bindings;

amp::raw_device_id! {
    /// A service that a driver can drive, by name; see [`device_table!`](crate::device_table).
    pub struct DeviceId(bindings::rpmsg_device_id) { driver_data }
}

impl DeviceId {
    /// The service of this name, of 1 to 31 bytes without a NUL byte; `None` for any other name.
    pub const fn new(name: &str) -> Option<Self> {
        let Some(name) = Name::new(name) else {
            return None;
        };
        let mut id: bindings::rpmsg_device_id = pin_init::zeroed();
        id.name = name.to_wire();
        if id.name[0] == 0 {
            return None;
        }
        Some(Self(id))
    }
}

/// The services that a driver can drive.
pub type IdTable<T> = &'static dyn kernel::device_id::IdTable<DeviceId, T>;

/// Creates an [`IdTable`] of services by name, of which modprobe learns too: a driver's module is
/// loaded when a service in its table is announced.
///
/// A name that a service can't have does not compile.
///
/// # Examples
///
/// ```ignore
/// rpmsg::device_table!(ID_TABLE, (), [("rpmsg-client-sample", ())]);
/// ```
#[macro_export]
macro_rules! device_table {
    ($table:ident, $info:ty, [$(($name:expr, $value:expr $(,)?)),* $(,)?]) => {
        ::kernel::module_device_table!(
            "rpmsg",
            $crate::DeviceId,
            $table,
            $info,
            [$(($crate::device_id!($name), $value)),*]
        );
    };
}

/// A [`DeviceId`] by a name that is known when this is compiled; any that a service can't have does
/// not compile.
#[macro_export]
macro_rules! device_id {
    ($name:expr) => {
        const {
            match $crate::DeviceId::new($name) {
                Some(id) => id,
                None => panic!("a service's name has 1 to 31 bytes and no NUL byte"),
            }
        }
    };
}
