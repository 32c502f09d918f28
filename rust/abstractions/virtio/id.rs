// SPDX-License-Identifier: GPL-2.0

//! Which devices a virtio driver can drive.
//!
//! C header: [`include/linux/device-id/virtio.h`](srctree/include/linux/device-id/virtio.h)

use amp_bindings as bindings;
use kernel::device_id;

crate::raw_device_id! {
    /// The identity of a virtio device that a driver can drive.
    pub struct DeviceId(bindings::virtio_device_id)
}

impl DeviceId {
    /// All devices of the type `device`, one of the `VIRTIO_ID_` numbers, whoever made them.
    pub const fn new(device: u32) -> Self {
        Self(bindings::virtio_device_id {
            device,
            vendor: bindings::VIRTIO_DEV_ANY_ID,
        })
    }
}

/// The devices that a driver can drive.
pub type IdTable = &'static dyn device_id::IdTable<DeviceId, ()>;

/// Creates a table of [`DeviceId`]s, of which modprobe learns too.
///
/// # Examples
///
/// ```ignore
/// amp::virtio_device_table!(ID_TABLE, [virtio::DeviceId::new(7)]);
/// ```
#[macro_export]
macro_rules! virtio_device_table {
    ($table_name:ident, [$($id:expr),* $(,)?]) => {
        kernel::module_device_table!(
            "virtio",
            $crate::virtio::DeviceId,
            $table_name,
            @none,
            [$($id),*]
        );
    };
}
