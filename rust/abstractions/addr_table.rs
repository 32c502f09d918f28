// SPDX-License-Identifier: GPL-2.0

//! A map from 32-bit addresses to reference-counted objects, looked up without a lock.
//!
//! An address is [reserved](AddrTable::reserve) first and gets its object afterwards, so that the
//! object can know its address before anybody finds it there.
//!
//! C header: [`include/linux/xarray.h`](srctree/include/linux/xarray.h)

use crate::rcu_arc::RcuArc;
use amp_bindings as bindings;
use core::{
    marker::PhantomData,
    ops::RangeInclusive, //
};
use kernel::{
    error::to_result,
    prelude::*,
    sync::rcu,
    types::Opaque, //
};

/// The map.
///
/// Looking up may be done in any context; everything else in process context.
///
/// # Invariants
///
/// `xa` is an initialised XArray, whose entries are reserved or come from [`RcuArc::into_raw`], the
/// table owning that reference.
///
/// # Examples
///
/// ```ignore
/// let slot = endpoints.reserve(1024..=0x7fff_ffff)?;
/// let endpoint = RcuArc::pin_init(Endpoint::new(slot.addr()), GFP_KERNEL)?;
/// slot.publish(endpoint.clone());
/// assert!(endpoints.get(endpoint.addr()).is_some());
/// ```
#[pin_data(PinnedDrop)]
pub struct AddrTable<T> {
    #[pin]
    xa: Opaque<bindings::xarray>,
    _owns: PhantomData<RcuArc<T>>,
}

// SAFETY: The table has references to `T`, which may be used on any thread if `T` may.
unsafe impl<T: Send + Sync> Send for AddrTable<T> {}
// SAFETY: The XArray brings its own synchronisation.
unsafe impl<T: Send + Sync> Sync for AddrTable<T> {}

impl<T> AddrTable<T> {
    /// An empty table.
    pub fn new() -> impl PinInit<Self> {
        const {
            assert!(
                core::mem::align_of::<T>() >= 4,
                "the XArray uses the pointer's lower bits"
            )
        };
        // INVARIANT: The XArray is initialised here and has no entries.
        pin_init!(Self {
            // SAFETY: `xa` is valid while the closure is called.
            xa <- Opaque::ffi_init(|xa| unsafe {
                bindings::xa_init_flags(xa, bindings::XA_FLAGS_ALLOC)
            }),
            _owns: PhantomData,
        })
    }

    /// Reserves the lowest free address of `range`. May sleep.
    ///
    /// # Errors
    ///
    /// [`EBUSY`] if all of them are taken, [`EINVAL`] for an empty range, [`ENOMEM`].
    pub fn reserve(&self, range: RangeInclusive<u32>) -> Result<Reservation<'_, T>> {
        if range.is_empty() {
            return Err(EINVAL);
        }
        let mut addr = 0;
        let limit = bindings::xa_limit {
            min: *range.start(),
            max: *range.end(),
        };
        // SAFETY: By the type invariants the XArray is initialised. No object: reserved.
        to_result(unsafe {
            bindings::xa_alloc(
                self.xa.get(),
                &raw mut addr,
                core::ptr::null_mut(),
                limit,
                bindings::GFP_KERNEL,
            )
        })?;
        // INVARIANT: The address was free and is reserved now.
        Ok(Reservation { table: self, addr })
    }

    /// Reserves this very address. May sleep.
    ///
    /// # Errors
    ///
    /// [`EBUSY`] if it is taken, [`ENOMEM`].
    pub fn reserve_at(&self, addr: u32) -> Result<Reservation<'_, T>> {
        self.reserve(addr..=addr)
    }

    /// The object at `addr`. Any context, takes no lock.
    #[inline]
    pub fn get(&self, addr: u32) -> Option<RcuArc<T>> {
        let guard = rcu::read_lock();
        // SAFETY: By the type invariants the XArray is initialised.
        // CAST: `u32` to `unsigned long`, which is never narrower.
        let ptr = unsafe { bindings::xa_load(self.xa.get(), addr as usize) };

        if ptr.is_null() {
            return None;
        }
        // SAFETY: By the type invariants the pointer comes from `RcuArc::into_raw`. The table's own
        // reference was there when the pointer was loaded, within the critical section.
        unsafe { RcuArc::try_get(ptr.cast(), &guard) }
    }

    /// Takes `object` out of the table and returns the table's reference, if it is at `addr`; else
    /// leaves what is there.
    ///
    /// Of several who remove the same object one gets the reference.
    pub fn remove(&self, addr: u32, object: &RcuArc<T>) -> Option<RcuArc<T>> {
        let expected = RcuArc::as_ptr(object).cast_mut().cast();
        // SAFETY: By the type invariants the XArray is initialised. Storing NULL allocates no
        // memory.
        let old = unsafe {
            bindings::xa_cmpxchg(
                self.xa.get(),
                // CAST: As in `get`.
                addr as usize,
                expected,
                core::ptr::null_mut(),
                bindings::GFP_KERNEL,
            )
        };

        if old != expected {
            return None;
        }
        // SAFETY: The pointer was in the table, which by the type invariants owned the reference.
        Some(unsafe { RcuArc::from_raw(old.cast()) })
    }

    /// Takes the object with the lowest address out of the table. For emptying it.
    pub fn take_first(&self) -> Option<(u32, RcuArc<T>)> {
        loop {
            let (addr, object) = self.next(0)?;
            if let Some(object) = self.remove(addr, &object) {
                return Some((addr, object));
            }
        }
    }

    /// The first object at `start` or above, and its address. Any context, takes no lock.
    pub fn next(&self, start: u32) -> Option<(u32, RcuArc<T>)> {
        // CAST: As in `get`.
        let mut index = start as usize;
        let max = u32::MAX as usize;
        let guard = rcu::read_lock();

        loop {
            // SAFETY: By the type invariants the XArray is initialised. Reserved addresses are not
            // found.
            let ptr = unsafe {
                bindings::xa_find(self.xa.get(), &raw mut index, max, bindings::XA_PRESENT)
            };
            if ptr.is_null() {
                return None;
            }
            // SAFETY: As in `get`.
            if let Some(object) = unsafe { RcuArc::try_get(ptr.cast(), &guard) } {
                return Some((index.try_into().ok()?, object));
            }
            if index == max {
                return None;
            }
            index += 1;
        }
    }

    /// Whether no address has an object. Reserved ones have none.
    pub fn is_empty(&self) -> bool {
        self.next(0).is_none()
    }
}

#[pinned_drop]
impl<T> PinnedDrop for AddrTable<T> {
    fn drop(self: Pin<&mut Self>) {
        while self.take_first().is_some() {}
        // SAFETY: By the type invariants the XArray is initialised; nobody uses it any more.
        unsafe { bindings::xa_destroy(self.xa.get()) };
    }
}

/// An address without an object. Dropping it makes the address free again.
///
/// # Invariants
///
/// `addr` is reserved in `table`, and nobody else has it.
pub struct Reservation<'a, T> {
    table: &'a AddrTable<T>,
    addr: u32,
}

impl<T> Reservation<'_, T> {
    /// The address.
    pub fn addr(&self) -> u32 {
        self.addr
    }

    /// Puts an object at the address: from now on it is found. The table takes the reference.
    pub fn publish(self, object: RcuArc<T>) {
        let this = core::mem::ManuallyDrop::new(self);
        let ptr = object.into_raw().cast_mut();
        // SAFETY: By the type invariants of `AddrTable` the XArray is initialised. As the address
        // is reserved, no memory is needed, so this doesn't fail.
        // INVARIANT: The pointer comes from `RcuArc::into_raw`.
        let old = unsafe {
            bindings::xa_store(
                this.table.xa.get(),
                // CAST: `u32` to `unsigned long`, which is never narrower.
                this.addr as usize,
                ptr.cast(),
                bindings::GFP_KERNEL,
            )
        };

        debug_assert!(old.is_null());
    }
}

impl<T> Drop for Reservation<'_, T> {
    fn drop(&mut self) {
        // SAFETY: By the type invariants of `AddrTable` the XArray is initialised, and by ours the
        // address has no object.
        unsafe { bindings::xa_erase(self.table.xa.get(), self.addr as usize) };
    }
}
