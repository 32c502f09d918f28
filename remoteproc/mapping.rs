// SPDX-License-Identifier: GPL-2.0

//! What a processor sees through its IOMMU: what its firmware asked for, and memory that belongs to
//! it, nothing else.

use crate::{
    crash::Fault,
    errno::Errno,
    memory::Printable,
    Device, //
};
use amp::iommu::Domain;
use kernel::{
    page::PAGE_SIZE,
    prelude::*, //
};
use proto::Name;

/// Maps `len` bytes at `pa` to `da`; says what is wrong if that can't be done. `name` is for that.
pub(crate) fn map(
    rproc: &Device,
    domain: &Domain<Fault>,
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
        if let Some(other) = domain.overlapping(da, len) {
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

/// Lets the processor see the `len` bytes at `pa`, which are memory of its own, at their physical
/// addresses. Returns what was mapped for that.
///
/// Firmware may have mapped them itself by a devmem entry, as it has to with other kernels. What is
/// mapped already stays as it is, the gaps are filled.
pub(crate) fn map_in_place(
    rproc: &Device,
    domain: &Domain<Fault>,
    name: &Name,
    pa: u64,
    len: u64,
) -> Result<KVec<u64>> {
    let end = pa.saturating_add(len);
    let mut mapped = KVec::new();
    let mut at = pa;

    while at < end {
        if let Some(other) = domain.overlapping(at, 1) {
            if other.translate(at) != at {
                dev_warn!(
                    rproc.as_ref(),
                    "{}: what is at {:#x} is hidden by firmware's mapping of {:#x} to {:#x} (size {:#x})\n",
                    Printable(name),
                    at,
                    other.pa,
                    other.iova,
                    other.len
                );
            }
            at = other.iova.saturating_add(other.len);
            continue;
        }
        let next = domain.with_mappings(|all| {
            all.iter()
                .map(|m| m.iova)
                .filter(|iova| *iova > at)
                .fold(end, u64::min)
        });
        let done = mapped
            .reserve(1, GFP_KERNEL)
            .map_err(Into::into)
            .and_then(|()| map(rproc, domain, name, at, at, next - at, 0));
        if let Err(error) = done {
            unmap(domain, &mapped);
            return Err(error);
        }
        mapped.push(at, GFP_KERNEL)?;
        at = next;
    }
    Ok(mapped)
}

/// Undoes [`map_in_place`].
pub(crate) fn unmap(domain: &Domain<Fault>, mapped: &[u64]) {
    for iova in mapped {
        domain.unmap(*iova);
    }
}
