// SPDX-License-Identifier: GPL-2.0

//! What a processor sees through its IOMMU.

use crate::{
    crash::Fault,
    errno::Errno,
    memory::Printable,
    vdev::{
        self,
        Plan, //
    },
    Device, //
};
use amp::{
    iommu::Domain,
    reserved_memory, //
};
use kernel::{
    page::PAGE_SIZE,
    prelude::*, //
};
use proto::Name;

/// Maps `len` bytes at `pa` to `da`; says what is wrong if that can't be done. `name` is for that.
pub(crate) fn map(
    rproc: &Device,
    domain: &mut Domain<Fault>,
    name: &Name,
    da: u64,
    pa: u64,
    len: u64,
    flags: u32,
) -> Result {
    if (da | pa | len) % PAGE_SIZE as u64 != 0 {
        dev_err!(
            rproc.as_ref(),
            "{}: can't map {:#x} to {:#x} (size {:#x}): these must be multiples of {:#x}\n",
            Printable(name),
            pa,
            da,
            len,
            PAGE_SIZE
        );
        return Err(EINVAL);
    }
    domain.map(da, pa, len, flags).inspect_err(|&error| {
        if let Some(other) = domain.mappings().iter().find(|m| m.overlaps(da, len)) {
            dev_err!(
                rproc.as_ref(),
                "{} at {:#x} (size {:#x}) overlaps what is mapped at {:#x} (size {:#x})\n",
                Printable(name),
                da,
                len,
                other.iova,
                other.len
            );
        } else {
            dev_err!(
                rproc.as_ref(),
                "{}: can't map {:#x} to {:#x} (size {:#x}): {}\n",
                Printable(name),
                pa,
                da,
                len,
                Errno(error)
            );
        }
    })
}

const BUFFERS: Name = match Name::new("buffers") {
    Some(name) => name,
    None => Name::from_wire([0; Name::LEN]),
};

/// Lets the processor see the buffers of its virtio devices, at their physical addresses:
/// that is what the descriptors in the vrings hold.
///
/// Firmware may have mapped them itself by a devmem entry, as it has to with other kernels.
pub(crate) fn map_buffers(rproc: &Device, domain: &mut Domain<Fault>, plans: &[Plan]) -> Result {
    for plan in plans {
        let index = vdev::buffer_region(rproc.parent(), plan.index)?;
        let Ok(region) = reserved_memory::region(rproc.parent(), index) else {
            dev_warn!(
                rproc.as_ref(),
                "vdev{}: no memory-region for its buffers: the processor can't reach them\n",
                plan.index
            );
            continue;
        };
        let end = region.pa.saturating_add(region.len);
        let mut at = region.pa;

        // What is mapped already stays as it is, the gaps are filled.
        while at < end {
            let here = domain
                .mappings()
                .iter()
                .find(|m| m.overlaps(at, 1))
                .copied();
            if let Some(other) = here {
                if other.translate(at) != at {
                    dev_warn!(
                        rproc.as_ref(),
                        "vdev{}: its buffers from {:#x} on are hidden by firmware's mapping of {:#x} to {:#x} (size {:#x})\n",
                        plan.index,
                        at,
                        other.pa,
                        other.iova,
                        other.len
                    );
                }
                at = other.iova.saturating_add(other.len);
                continue;
            }
            let next = domain
                .mappings()
                .iter()
                .map(|m| m.iova)
                .filter(|iova| *iova > at)
                .fold(end, u64::min);
            map(rproc, domain, &BUFFERS, at, at, next - at, 0)?;
            at = next;
        }
    }
    Ok(())
}
