// SPDX-License-Identifier: GPL-2.0

//! Bound devices for those who may outlive the binding, such as open files.
//!
//! [`kernel::devres`] does this for users that don't sleep. Here they may: a [`Lease`] says whether
//! the device is still bound, and while somebody is inside ([`Lease::enter`]) unbinding waits. A
//! driver ends its leases when it is unbound, after it has told those inside to hurry; for one that
//! forgets, the bus does ([`end_all`]).
//!
//! C header: [`include/linux/device/devres.h`](srctree/include/linux/device/devres.h)

use crate::{
    device::DeviceExt,
    gate::Gate, //
};
use amp_bindings as bindings;
use core::{
    marker::PhantomData,
    ops::Deref,
    ptr::{
        null_mut,
        NonNull, //
    }, //
};
use kernel::{
    device::{
        self,
        AsBusDevice,
        Bound, //
    },
    ffi::{
        c_int,
        c_void, //
    },
    prelude::*,
    sync::{
        aref::ARef,
        Arc, //
    }, //
};

/// The right to use a device as long as it is bound.
///
/// # Invariants
///
/// - `dev` points to the `D` in which `inner.dev` is embedded.
/// - While somebody is inside of the gate, the device is bound.
pub struct Lease<D> {
    inner: Arc<Inner>,
    dev: NonNull<D>,
    _device: PhantomData<fn() -> D>,
}

#[pin_data]
struct Inner {
    #[pin]
    gate: Gate,
    /// Keeps the device, bound or not.
    dev: ARef<device::Device>,
}

// SAFETY: All that can be had of a lease is shared references to the device.
unsafe impl<D: Sync> Send for Lease<D> {}
// SAFETY: As above.
unsafe impl<D: Sync> Sync for Lease<D> {}

impl<D: AsBusDevice<Bound>> Lease<D> {
    /// A lease of `dev`, until it is dropped, ended, or the device unbound. May sleep.
    pub fn new(dev: &D) -> Result<Self> {
        let device: &device::Device = dev.as_ref();
        let inner = Arc::pin_init(
            pin_init!(Inner {
                gate <- Gate::new(),
                dev: device.into(),
            }),
            GFP_KERNEL,
        )?;
        end_on_unbind(dev.as_ref(), &inner)?;

        // INVARIANT: The device is bound, and unbinding waits for the gate.
        Ok(Self {
            inner,
            dev: NonNull::from(dev),
            _device: PhantomData,
        })
    }
}

impl<D> Lease<D> {
    /// The device, unless the lease has ended. Unbinding waits until the result is dropped. Any
    /// context; does not sleep.
    pub fn enter(&self) -> Option<Leased<D>> {
        self.inner.gate.enter()?.keep();
        // INVARIANT: The pass that was kept is this one's.
        Some(Leased {
            inner: self.inner.clone(),
            dev: self.dev,
            _device: PhantomData,
        })
    }

    /// Ends the lease: waits until nobody is inside. May sleep.
    ///
    /// Who calls this from inside waits for itself.
    pub fn end(&self) {
        self.inner.gate.drain();
        forget(&self.inner);
    }
}

impl<D> Drop for Lease<D> {
    fn drop(&mut self) {
        self.end();
    }
}

/// A device that stays bound as long as this is not dropped.
///
/// # Invariants
///
/// - `dev` points to a device of which `inner` has a reference.
/// - One pass of `inner.gate` is kept by this.
pub struct Leased<D> {
    inner: Arc<Inner>,
    dev: NonNull<D>,
    _device: PhantomData<fn() -> D>,
}

// SAFETY: All that can be had of this is shared references to the device.
unsafe impl<D: Sync> Send for Leased<D> {}
// SAFETY: As above.
unsafe impl<D: Sync> Sync for Leased<D> {}

impl<D> Deref for Leased<D> {
    type Target = D;

    fn deref(&self) -> &D {
        // SAFETY: By the type invariants the device exists, and it is bound as long as `self` is
        // inside of the gate.
        unsafe { self.dev.as_ref() }
    }
}

impl<D> Drop for Leased<D> {
    fn drop(&mut self) {
        self.inner.gate.leave();
    }
}

/// Ends all leases of `dev`; for buses, when they unbind it. Process context, may sleep.
#[inline(never)]
pub fn end_all(dev: &device::Device<Bound>) {
    // SAFETY: The device is valid. The function runs `release` and frees the entry.
    while unsafe { bindings::devres_release(dev.to_raw(), Some(release), None, null_mut()) } == 0 {}
}

/// Has the gate closed when `dev` is unbound, if nobody calls [`end_all`] before.
#[inline(never)]
fn end_on_unbind(dev: &device::Device<Bound>, inner: &Arc<Inner>) -> Result {
    // SAFETY: Allocates memory for a pointer; the name is static.
    let entry = unsafe {
        bindings::__devres_alloc_node(
            Some(release),
            size_of::<*const Inner>(),
            bindings::GFP_KERNEL,
            bindings::NUMA_NO_NODE,
            c"lease".as_char_ptr(),
        )
    };
    if entry.is_null() {
        return Err(ENOMEM);
    }
    // SAFETY: The entry has room for a pointer, and nobody else knows it before it is added. The
    // device is bound: it releases its entries when it is unbound.
    unsafe {
        entry
            .cast::<*const Inner>()
            .write(Arc::into_raw(inner.clone()));
        bindings::devres_add(dev.to_raw(), entry);
    }
    Ok(())
}

/// Takes the entry of a lease back that has ended, if it is still there.
#[inline(never)]
fn forget(inner: &Arc<Inner>) {
    let key = Arc::as_ptr(inner).cast_mut().cast();
    // SAFETY: The device is valid. The function runs `release` and frees the entry; if it does not
    // find it, somebody else has done that.
    unsafe { bindings::devres_release(inner.dev.to_raw(), Some(release), Some(is_of), key) };
}

extern "C" fn release(_dev: *mut bindings::device, entry: *mut c_void) {
    // SAFETY: Entries with this release function have a reference, given up in `end_on_unbind`.
    let inner = unsafe { Arc::from_raw(*entry.cast::<*const Inner>()) };

    inner.gate.drain();
}

extern "C" fn is_of(_dev: *mut bindings::device, entry: *mut c_void, key: *mut c_void) -> c_int {
    // SAFETY: Entries with this release function have a pointer.
    let inner = unsafe { *entry.cast::<*const Inner>() };

    core::ptr::eq(inner, key.cast_const().cast()).into()
}
