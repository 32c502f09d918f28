// SPDX-License-Identifier: GPL-2.0

//! IOMMU domains: what a device behind an IOMMU can reach, and where it finds it.
//!
//! C header: [`include/linux/iommu.h`](srctree/include/linux/iommu.h)

use crate::device::DeviceExt;
use amp_bindings as bindings;
use core::ptr::NonNull;
use kernel::{
    device::Device,
    error::{
        from_err_ptr,
        to_result, //
    },
    ffi,
    iommu::pgtable::prot,
    new_mutex,
    prelude::*,
    sync::{
        aref::ARef,
        Arc,
        Mutex, //
    }, //
};

/// Where accesses that no mapping covers are reported.
pub trait FaultHandler: Send + Sync + 'static {
    /// The device accessed `iova`, which is not mapped (or not for that kind of access).
    ///
    /// Called in interrupt context: must not sleep.
    fn fault(&self, iova: u64);
}

/// One mapping of a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mapping {
    /// Where the device sees it.
    pub iova: u64,
    /// Where it lies, physically.
    pub pa: u64,
    /// How many bytes.
    pub len: u64,
}

impl Mapping {
    /// Whether the device addresses of the two have a byte in common.
    pub fn overlaps(&self, iova: u64, len: u64) -> bool {
        iova < self.iova.saturating_add(self.len) && self.iova < iova.saturating_add(len)
    }

    /// Whether all of the `len` bytes at `iova` are in this mapping.
    pub fn covers(&self, iova: u64, len: u64) -> bool {
        match (iova.checked_sub(self.iova), iova.checked_add(len)) {
            (Some(_), Some(end)) => end <= self.iova.saturating_add(self.len),
            _ => false,
        }
    }

    /// The physical address behind `iova`, which must be in the mapping.
    pub fn translate(&self, iova: u64) -> u64 {
        self.pa.wrapping_add(iova.wrapping_sub(self.iova))
    }
}

/// A paging domain to which one device is attached.
///
/// Dropping it removes all mappings, then detaches the device. May sleep in all functions.
///
/// # Invariants
///
/// `domain` is a living domain to which `dev` is attached and whose fault token is `handler`.
/// `mappings` are all its mappings, in the order in which they were made.
#[pin_data(PinnedDrop)]
pub struct Domain<H: FaultHandler> {
    domain: NonNull<bindings::iommu_domain>,
    dev: ARef<Device>,
    #[pin]
    mappings: Mutex<KVec<Mapping>>,
    // Freed after the domain, in which it is the token.
    _handler: KBox<H>,
}

// SAFETY: A domain belongs to no thread; the handler is `Send`.
unsafe impl<H: FaultHandler> Send for Domain<H> {}
// SAFETY: Shared references only read the list of mappings; the handler is `Sync`.
unsafe impl<H: FaultHandler> Sync for Domain<H> {}

extern "C" fn fault_callback<H: FaultHandler>(
    _domain: *mut bindings::iommu_domain,
    _dev: *mut bindings::device,
    iova: ffi::c_ulong,
    _flags: ffi::c_int,
    token: *mut ffi::c_void,
) -> ffi::c_int {
    // SAFETY: The token is the handler of a `Domain`, which outlives the C domain.
    let handler = unsafe { &*token.cast_const().cast::<H>() };
    handler.fault(iova as u64);

    // Not handled in the sense of "mapped now": the IOMMU driver shall stop the device.
    ENOSYS.to_errno()
}

impl<H: FaultHandler> Domain<H> {
    /// Makes a domain without mappings, attaches `dev`, and sends its faults to `handler`.
    ///
    /// # Errors
    ///
    /// [`ENODEV`] if `dev` is behind no IOMMU; what the IOMMU driver says otherwise.
    pub fn new(dev: &Device, handler: H) -> Result<Arc<Self>> {
        let handler = KBox::new(handler, GFP_KERNEL)?;

        // SAFETY: `dev` is a valid device.
        let domain = unsafe { bindings::iommu_paging_domain_alloc_flags(dev.to_raw(), 0) };
        let domain = NonNull::new(from_err_ptr(domain)?).ok_or(ENODEV)?;

        // SAFETY:
        // - The domain is new, nobody uses it yet.
        // - The token lives in a box that is freed after the domain.
        unsafe {
            bindings::iommu_set_fault_handler(
                domain.as_ptr(),
                Some(fault_callback::<H>),
                core::ptr::from_ref::<H>(&handler).cast_mut().cast(),
            )
        };

        // SAFETY: Both are valid.
        let attached = unsafe { bindings::iommu_attach_device(domain.as_ptr(), dev.to_raw()) };
        if let Err(error) = to_result(attached) {
            // SAFETY: The domain is ours and has no device.
            unsafe { bindings::iommu_domain_free(domain.as_ptr()) };
            return Err(error);
        }

        // INVARIANT: Just made so.
        Arc::pin_init(
            pin_init!(Self {
                domain,
                dev: dev.into(),
                mappings <- new_mutex!(KVec::new(), "amp::iommu::mappings"),
                _handler: handler,
            }),
            GFP_KERNEL,
        )
        .inspect_err(|_| {
            // SAFETY: Both are valid, and nothing is mapped.
            unsafe {
                bindings::iommu_detach_device(domain.as_ptr(), dev.to_raw());
                bindings::iommu_domain_free(domain.as_ptr());
            }
        })
    }

    /// The C object, for `struct rproc`.
    pub fn as_ptr(&self) -> *mut bindings::iommu_domain {
        self.domain.as_ptr()
    }

    /// Calls `f` with all mappings, oldest first. `f` must not use the domain.
    pub fn with_mappings<R>(&self, f: impl FnOnce(&[Mapping]) -> R) -> R {
        f(&self.mappings.lock())
    }

    /// The oldest mapping that has one of the `len` bytes at `iova`.
    pub fn overlapping(&self, iova: u64, len: u64) -> Option<Mapping> {
        self.with_mappings(|all| all.iter().find(|m| m.overlaps(iova, len)).copied())
    }

    /// Maps `len` bytes at `pa` to `iova`. `flags` are protection bits as firmware gives them; bits
    /// that mean nothing are left out, and none for reading or writing means both.
    ///
    /// # Errors
    ///
    /// [`EEXIST`] if a part of the range is mapped already; [`EINVAL`] if something is not a
    /// multiple of the IOMMU's page size or the range wraps.
    pub fn map(&self, iova: u64, pa: u64, len: u64, flags: u32) -> Result {
        if len == 0 || iova.checked_add(len - 1).is_none() || pa.checked_add(len - 1).is_none() {
            return Err(EINVAL);
        }
        let mut mappings = self.mappings.lock();
        if mappings.iter().any(|m| m.overlaps(iova, len)) {
            return Err(EEXIST);
        }

        let known = prot::READ | prot::WRITE | prot::CACHE | prot::NOEXEC | prot::MMIO;
        let mut flags = flags & known;
        if flags & (prot::READ | prot::WRITE) == 0 {
            flags |= prot::READ | prot::WRITE;
        }

        mappings.reserve(1, GFP_KERNEL)?;
        // SAFETY: The domain is valid; the core checks alignment and aperture.
        to_result(unsafe {
            bindings::iommu_map(
                self.as_ptr(),
                iova.try_into()?,
                pa.try_into()?,
                len.try_into()?,
                flags.try_into()?,
                bindings::GFP_KERNEL,
            )
        })?;
        mappings.push(Mapping { iova, pa, len }, GFP_KERNEL)?;
        Ok(())
    }

    /// Removes the mapping that begins at `iova`; false if there is none.
    pub fn unmap(&self, iova: u64) -> bool {
        let mut mappings = self.mappings.lock();
        let found = mappings.iter().position(|m| m.iova == iova);
        match found.and_then(|index| mappings.remove(index).ok()) {
            Some(mapping) => {
                self.remove(&mapping);
                true
            }
            None => false,
        }
    }

    fn remove(&self, mapping: &Mapping) {
        // CAST: These values fitted when they were mapped.
        let (iova, len) = (mapping.iova as ffi::c_ulong, mapping.len as usize);
        // SAFETY: The domain is valid and has this mapping.
        let unmapped = unsafe { bindings::iommu_unmap(self.as_ptr(), iova, len) };
        if unmapped != len {
            dev_err!(
                self.dev,
                "iommu: unmapped {:#x} of {:#x} bytes at {:#x}\n",
                unmapped,
                len,
                iova
            );
        }
    }
}

#[pinned_drop]
impl<H: FaultHandler> PinnedDrop for Domain<H> {
    fn drop(self: Pin<&mut Self>) {
        for mapping in self.mappings.lock().iter().rev() {
            self.remove(mapping);
        }

        // SAFETY: By the type invariants `dev` is attached to the living domain; nothing uses it
        // afterwards.
        unsafe {
            bindings::iommu_detach_device(self.as_ptr(), self.dev.to_raw());
            bindings::iommu_domain_free(self.as_ptr());
        }
    }
}
