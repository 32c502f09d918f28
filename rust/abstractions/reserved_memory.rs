// SPDX-License-Identifier: GPL-2.0

//! Memory that the device tree sets aside for a device (`memory-region`).
//!
//! C header: [`include/linux/of_reserved_mem.h`](srctree/include/linux/of_reserved_mem.h)

use crate::device::DeviceExt;
use amp_bindings as bindings;
use kernel::{
    device::Device,
    error::to_result,
    prelude::*,
    sync::aref::ARef, //
};

/// A region of physical memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// Physical address.
    pub pa: u64,
    /// Length in bytes.
    pub len: u64,
}

/// Makes a device allocate its coherent memory from a reserved region, until it is dropped.
///
/// # Invariants
///
/// The region is assigned to `dev`.
pub struct Assigned {
    dev: ARef<Device>,
}

impl Assigned {
    /// Assigns to `dev` region number `index` of the `memory-region` list of `owner`, which is
    /// `dev` itself or a parent of it. May sleep.
    ///
    /// All allocations must be freed before the result is dropped.
    ///
    /// # Errors
    ///
    /// [`ENODEV`] if `owner` has no such region, [`EINVAL`] if the region can't be a pool.
    pub fn new(dev: &Device, owner: &Device, index: u32) -> Result<Self> {
        // SAFETY: `owner` is a valid device; its node, if any, lives as long.
        let node = unsafe { (*owner.to_raw()).of_node };
        if node.is_null() {
            return Err(ENODEV);
        }

        // SAFETY: Both pointers are valid.
        to_result(unsafe {
            bindings::of_reserved_mem_device_init_by_idx(dev.to_raw(), node, index.try_into()?)
        })?;

        // INVARIANT: Just assigned.
        Ok(Self { dev: dev.into() })
    }
}

impl Drop for Assigned {
    fn drop(&mut self) {
        // SAFETY: The device is valid and has a region, by the type invariants.
        unsafe { bindings::of_reserved_mem_device_release(self.dev.to_raw()) };
    }
}

/// Where region number `index` of `owner`'s `memory-region` list lies.
///
/// # Errors
///
/// [`ENODEV`] if `owner` has no such region.
pub fn region(owner: &Device, index: u32) -> Result<Region> {
    let mut resource = bindings::resource::default();
    // SAFETY: `owner` is a valid device; the function copes with a missing node.
    to_result(unsafe {
        bindings::of_reserved_mem_region_to_resource(
            (*owner.to_raw()).of_node,
            index,
            &mut resource,
        )
    })?;

    let len = resource
        .end
        .checked_sub(resource.start)
        .and_then(|last| last.checked_add(1))
        .ok_or(EINVAL)?;
    Ok(Region {
        pa: resource.start.into(),
        len: len.into(),
    })
}

/// The number of the region called `name` in `owner`'s `memory-region-names`.
pub fn index_of(owner: &Device, name: &CStr) -> Result<u32> {
    let names = owner.fwnode().ok_or(ENODEV)?;
    let index = names.property_match_string(c"memory-region-names", name)?;
    Ok(index.try_into()?)
}
