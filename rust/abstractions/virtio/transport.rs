// SPDX-License-Identifier: GPL-2.0

//! Virtio devices, the transport's side: what makes a virtio device of rings in shared memory.
//!
//! A [`Transport`] answers the questions of the virtio core about one device; [`Registration`]
//! puts the device on the virtio bus, where a virtio driver finds it. What the other side signals
//! goes through [`Interrupts`].
//!
//! C headers: [`include/linux/virtio_config.h`](srctree/include/linux/virtio_config.h),
//! [`include/linux/virtio_ring.h`](srctree/include/linux/virtio_ring.h)

use super::own;
use crate::{
    coherent,
    device::DeviceExt,
    window::Window, //
};
use amp_bindings as bindings;
use core::{
    marker::PhantomData,
    mem::offset_of,
    ops::Deref,
    ptr::NonNull, //
};
use kernel::{
    device,
    error::{
        from_result,
        to_result, //
    },
    ffi,
    prelude::*,
    static_lock_class,
    sync::{
        Arc,
        Mutex, //
    },
    types::Opaque, //
};

mod interrupts;

pub use interrupts::{
    Interrupts,
    MAX_RINGS, //
};

/// The memory of a ring, which its virtqueue keeps as long as it exists.
pub trait RingMemory: Send + 'static {
    /// The memory, always the same; ordinary memory.
    fn window(&self) -> Option<Window<'_>>;
}

impl RingMemory for Arc<coherent::Memory> {
    fn window(&self) -> Option<Window<'_>> {
        Some(coherent::Memory::window(self))
    }
}

/// One ring of a device: split layout, as `vring_size(num, align)` describes it.
pub struct Ring<M> {
    /// Entries: a power of two.
    pub num: u32,
    /// Alignment of the part that the other side writes, in bytes: a power of two.
    pub align: u32,
    /// The ring's memory, at least `vring_size(num, align)` bytes.
    pub memory: M,
    /// By which number the other side signals this ring, see [`Interrupts`].
    pub id: u32,
}

/// What the virtio core asks about one device.
///
/// All functions may be called at any time between the start of [`Registration::new`] and the end
/// of the registration's drop.
pub trait Transport: Send + Sync + Sized + 'static {
    /// What holds the memory of a ring.
    type Memory: RingMemory;

    /// The features that the device offers, a bit each. Only the first 32 can be had here.
    fn features(&self) -> u64;

    /// The driver takes these features, which are some of the offered ones. May sleep.
    ///
    /// # Errors
    ///
    /// An error ends the probe of the driver.
    fn accept(&self, features: u64) -> Result;

    /// The device's status. Does not sleep.
    fn status(&self) -> u8;

    /// Sets the device's status; 0 is a reset. Does not sleep.
    fn set_status(&self, status: u8);

    /// Fills `data` from the configuration space. What lies outside of it reads as zero.
    fn read_config(&self, offset: usize, data: &mut [u8]);

    /// Writes `data` to the configuration space. What lies outside of it is dropped.
    fn write_config(&self, offset: usize, data: &[u8]);

    /// Ring number `index`, or [`None`] if the device has fewer. Asked when the driver wants its
    /// virtqueue; the memory is dropped when the driver has given it up. May sleep.
    fn ring(&self, index: u32) -> Option<Ring<Self::Memory>>;

    /// Whether drivers may use the rings by themselves, as ours do, or have to go through the kernel's
    /// `virtio_ring`. Does not sleep.
    fn offers_rings(&self) -> bool {
        true
    }

    /// Tells the other side that ring number `index` has something for it.
    ///
    /// Any context, must not sleep.
    fn kick(&self, index: u32);
}

/// A static, as each module that makes a device would have its own copy of a literal, but lockdep
/// wants one name for one lock class.
static RINGS_NAME: &CStr = c"amp::virtio::rings";

/// The object behind a virtio device. Its memory is freed by the driver core with the last
/// reference; the other fields are dropped when the device is unregistered.
#[repr(C)]
#[pin_data]
struct Device<T: Transport> {
    #[pin]
    vdev: Opaque<bindings::virtio_device>,
    /// The memory of all virtqueues that exist.
    #[pin]
    rings: Mutex<KVec<T::Memory>>,
    interrupts: Arc<Interrupts>,
    transport: T,
}

impl<T: Transport> Device<T> {
    const OPS: bindings::virtio_config_ops = bindings::virtio_config_ops {
        get: Some(Self::get),
        set: Some(Self::set),
        get_status: Some(Self::get_status),
        set_status: Some(Self::set_status),
        reset: Some(Self::reset),
        find_vqs: Some(Self::find_vqs),
        del_vqs: Some(Self::del_vqs),
        synchronize_cbs: Some(Self::synchronize_cbs),
        bus_name: Some(own::bus_name),
        get_features: Some(Self::get_features),
        finalize_features: Some(Self::finalize_features),
        // SAFETY: All other fields are optional functions, for which zero means none.
        ..unsafe { core::mem::zeroed() }
    };

    /// # Safety
    ///
    /// `vdev` must be embedded in a living `Device<T>`.
    unsafe fn from_raw<'a>(vdev: *mut bindings::virtio_device) -> &'a Self {
        // CAST: `vdev` is the first field and `Opaque` transparent.
        // SAFETY: By the safety requirements of this function.
        unsafe { &*vdev.cast_const().cast::<Self>() }
    }

    extern "C" fn get(
        vdev: *mut bindings::virtio_device,
        offset: ffi::c_uint,
        buf: *mut ffi::c_void,
        len: ffi::c_uint,
    ) {
        // SAFETY: The core calls this for a device with these operations: one of ours.
        let this = unsafe { Self::from_raw(vdev) };
        // SAFETY: The caller owns `len` bytes at `buf`; they are zeroed before they are borrowed.
        let data = unsafe {
            core::ptr::write_bytes(buf.cast::<u8>(), 0, len as usize);
            core::slice::from_raw_parts_mut(buf.cast::<u8>(), len as usize)
        };
        this.transport.read_config(offset as usize, data);
    }

    extern "C" fn set(
        vdev: *mut bindings::virtio_device,
        offset: ffi::c_uint,
        buf: *const ffi::c_void,
        len: ffi::c_uint,
    ) {
        // SAFETY: As in `get`.
        let this = unsafe { Self::from_raw(vdev) };
        // SAFETY: The caller has `len` initialised bytes at `buf`.
        let data = unsafe { core::slice::from_raw_parts(buf.cast::<u8>(), len as usize) };
        this.transport.write_config(offset as usize, data);
    }

    extern "C" fn get_status(vdev: *mut bindings::virtio_device) -> u8 {
        // SAFETY: As in `get`.
        unsafe { Self::from_raw(vdev) }.transport.status()
    }

    extern "C" fn set_status(vdev: *mut bindings::virtio_device, status: u8) {
        // SAFETY: As in `get`.
        unsafe { Self::from_raw(vdev) }.transport.set_status(status);
    }

    extern "C" fn reset(vdev: *mut bindings::virtio_device) {
        // SAFETY: As in `get`.
        unsafe { Self::from_raw(vdev) }.transport.set_status(0);
    }

    extern "C" fn get_features(vdev: *mut bindings::virtio_device) -> u64 {
        // SAFETY: As in `get`.
        let features = unsafe { Self::from_raw(vdev) }.transport.features();
        // The packed layout needs a transport that lets the core allocate the rings, and what
        // follows the 32nd bit has no place where it could be told to the other side.
        features & u64::from(u32::MAX)
    }

    extern "C" fn finalize_features(vdev: *mut bindings::virtio_device) -> ffi::c_int {
        // SAFETY: The core calls this in probe: nobody else touches the features meanwhile.
        let features = unsafe {
            bindings::vring_transport_features(vdev);
            *(*vdev).__bindgen_anon_1.features.as_ref()
        };
        // SAFETY: As in `get`.
        let this = unsafe { Self::from_raw(vdev) };
        from_result(|| this.transport.accept(features).map(|()| 0))
    }

    extern "C" fn notify(vq: *mut bindings::virtqueue) -> bool {
        // SAFETY: The ring code calls this for a virtqueue that `find_vqs` made, of our device.
        let (this, index) = unsafe { (Self::from_raw((*vq).vdev), (*vq).index) };
        this.transport.kick(index);
        true
    }

    extern "C" fn find_vqs(
        vdev: *mut bindings::virtio_device,
        nvqs: ffi::c_uint,
        vqs: *mut *mut bindings::virtqueue,
        infos: *mut bindings::virtqueue_info,
        _affinity: *mut bindings::irq_affinity,
    ) -> ffi::c_int {
        // SAFETY: The caller has `nvqs` of both, which nobody else uses.
        let (vqs, infos) = unsafe {
            (
                core::slice::from_raw_parts_mut(vqs, nvqs as usize),
                core::slice::from_raw_parts(infos, nvqs as usize),
            )
        };
        let mut index = 0;

        for (vq, info) in vqs.iter_mut().zip(infos) {
            // A queue without a name is one that the driver does not want; it has no ring.
            if info.name.is_null() {
                *vq = core::ptr::null_mut();
                continue;
            }
            // SAFETY: `vdev` is our device, `info` what the driver gave.
            match unsafe { Self::find_vq(vdev, index, info) } {
                Ok(found) => *vq = found.as_ptr(),
                Err(error) => {
                    // The driver has not seen any of the queues yet.
                    Self::del_vqs(vdev);
                    return error.to_errno();
                }
            }
            index += 1;
        }
        0
    }

    /// # Safety
    ///
    /// `vdev` must be embedded in a living `Device<T>`, `info` be valid for its virtqueues.
    unsafe fn find_vq(
        vdev: *mut bindings::virtio_device,
        index: u32,
        info: &bindings::virtqueue_info,
    ) -> Result<NonNull<bindings::virtqueue>> {
        // SAFETY: By the safety requirements of this function.
        let this = unsafe { Self::from_raw(vdev) };
        let ring = this.transport.ring(index).ok_or(ENOENT)?;
        let layout = proto::vring::Layout::new(ring.num, ring.align).map_err(|_| EINVAL)?;
        let size = usize::try_from(layout.size())?;

        let mut rings = this.rings.lock();
        rings.reserve(1, GFP_KERNEL)?;

        let pages = {
            let window = ring.memory.window().ok_or(ENOMEM)?;
            if window.is_io() || window.len() < size {
                return Err(ENOMEM);
            }
            window.zero(0, size)?;
            window.as_ptr()
        };

        // SAFETY:
        // - The memory is large enough for the ring, zeroed, and kept in `rings` until `del_vqs`
        //   has deleted the virtqueue.
        // - Strong barriers, since the other side is no CPU of ours.
        // - `name` and `callback` come from the driver and are valid for its virtqueues.
        let vq = NonNull::new(unsafe {
            bindings::vring_new_virtqueue(
                index,
                ring.num,
                ring.align,
                vdev,
                false,
                info.ctx,
                pages.cast(),
                Some(Self::notify),
                info.callback,
                info.name,
            )
        })
        .ok_or(ENOMEM)?;
        // SAFETY: The virtqueue is new and ours.
        unsafe {
            (*vq.as_ptr()).num_max = ring.num;
            own::begin(vq.as_ptr(), this.transport.offers_rings());
        }

        if let Err(error) = this.interrupts.set(ring.id, vq.as_ptr()) {
            // SAFETY: As above; nobody else has seen it.
            unsafe { bindings::vring_del_virtqueue(vq.as_ptr()) };
            return Err(error);
        }
        rings.push(ring.memory, GFP_KERNEL)?;
        Ok(vq)
    }

    /// Calls `f` for each virtqueue of the device; `f` may delete it.
    ///
    /// # Safety
    ///
    /// `vdev` must be a living virtio device whose list of virtqueues nobody else changes.
    unsafe fn for_each_vq(
        vdev: *mut bindings::virtio_device,
        mut f: impl FnMut(*mut bindings::virtqueue),
    ) {
        // SAFETY: By the safety requirements of this function the list is initialised and stays as
        // it is; its entries are the first fields of virtqueues.
        unsafe {
            let head = &raw mut (*vdev).vqs;
            let mut entry = (*head).next;
            while entry != head {
                let next = (*entry).next;
                f(entry.byte_sub(offset_of!(bindings::virtqueue, list)).cast());
                entry = next;
            }
        }
    }

    extern "C" fn del_vqs(vdev: *mut bindings::virtio_device) {
        // SAFETY: As in `get`.
        let this = unsafe { Self::from_raw(vdev) };

        // SAFETY: The driver gives up all its virtqueues, nobody else changes the list.
        unsafe { Self::for_each_vq(vdev, |vq| this.interrupts.forget(vq)) };
        // From here on no callback of them starts, now let those end that have started.
        this.interrupts.wait();
        // SAFETY: As above; no interrupt finds them any more, and `for_each_vq` lets them go.
        unsafe { Self::for_each_vq(vdev, |vq| bindings::vring_del_virtqueue(vq)) };

        let rings = core::mem::take(&mut *this.rings.lock());
        drop(rings);
    }

    extern "C" fn synchronize_cbs(vdev: *mut bindings::virtio_device) {
        // SAFETY: As in `get`.
        unsafe { Self::from_raw(vdev) }.interrupts.wait();
    }

    /// Gives up a device that is not registered, or not any more: what is the transport's goes
    /// now, the memory with the last reference.
    ///
    /// # Safety
    ///
    /// `this` comes from a box, `vdev` is initialised, and its reference is the caller's. There is
    /// no driver any more; nothing but `vdev` is used after this.
    unsafe fn retire(this: *mut Self) {
        // SAFETY: By the requirements of this function; each is dropped once, in place.
        unsafe {
            core::ptr::drop_in_place(&raw mut (*this).rings);
            core::ptr::drop_in_place(&raw mut (*this).interrupts);
            core::ptr::drop_in_place(&raw mut (*this).transport);
            bindings::put_device(&raw mut (*this.cast::<bindings::virtio_device>()).dev);
        }
    }
}

/// Frees the memory of a device that was retired. Not a function of `Device<T>`, which would be in
/// the module of `T`: whoever has a file open below the device keeps it, but not that module.
extern "C" fn release(dev: *mut bindings::device) {
    let offset = offset_of!(bindings::virtio_device, dev);
    // SAFETY: The driver core calls this once, with the last reference gone, for a device in memory
    // that `Registration::new` took from kmalloc(), by way of a box, and did not free.
    unsafe { bindings::kfree(dev.byte_sub(offset).cast()) };
}

struct OpsOf<T>(PhantomData<T>);

impl<T: Transport> OpsOf<T> {
    const REF: &'static bindings::virtio_config_ops = &Device::<T>::OPS;
}

/// A virtio device on the bus. Dropping it takes the device away: its driver is unbound first,
/// then the transport is dropped, whoever still has a reference to the device.
///
/// Dereferences to the transport.
///
/// # Invariants
///
/// `device` is registered; the registration's reference keeps it alive.
pub struct Registration<T: Transport> {
    device: NonNull<Device<T>>,
}

// SAFETY: The device belongs to no thread, the transport is `Send`.
unsafe impl<T: Transport> Send for Registration<T> {}
// SAFETY: Gives access to the transport only, which is `Sync`.
unsafe impl<T: Transport> Sync for Registration<T> {}

impl<T: Transport> Registration<T> {
    /// Registers a virtio device of type `id` (network card 1, rpmsg 7) below `parent`, for which
    /// its driver allocates its buffers. A matching driver is probed before this returns.
    ///
    /// Process context.
    pub fn new(
        parent: &device::Device,
        id: u32,
        interrupts: Arc<Interrupts>,
        transport: T,
    ) -> Result<Self> {
        let device = KBox::pin_init(
            pin_init!(Device {
                vdev <- Opaque::zeroed(),
                rings <- Mutex::new(KVec::new(), RINGS_NAME, static_lock_class!()),
                interrupts,
                transport,
            }),
            GFP_KERNEL,
        )?;
        // SAFETY: The object is pinned in fact: it is dropped in place, by `retire`.
        let device = KBox::into_raw(unsafe { Pin::into_inner_unchecked(device) });
        // CAST: `vdev` is the first field.
        let vdev = device.cast::<bindings::virtio_device>();

        // SAFETY: The object is new and nobody else knows it.
        unsafe {
            (*vdev).id.device = id;
            (*vdev).config = OpsOf::<T>::REF;
            (*vdev).dev.parent = parent.to_raw();
            (*vdev).dev.release = Some(release);
        }

        // SAFETY: The fields that the core wants are set.
        if let Err(error) = to_result(unsafe { bindings::register_virtio_device(vdev) }) {
            // SAFETY: The device was initialised whether or not it was added: the reference is
            // ours. It comes from a box.
            unsafe { Device::retire(device) };
            return Err(error);
        }

        // INVARIANT: Just registered.
        Ok(Self {
            // SAFETY: Comes from a box.
            device: unsafe { NonNull::new_unchecked(device) },
        })
    }

    /// The device on the virtio bus.
    pub fn device(&self) -> &device::Device {
        let vdev = self.device.as_ptr().cast::<bindings::virtio_device>();
        // SAFETY: By the type invariants the device is alive as long as `self`.
        unsafe { device::Device::from_raw(&raw mut (*vdev).dev) }
    }
}

impl<T: Transport> Deref for Registration<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: By the type invariants.
        &unsafe { self.device.as_ref() }.transport
    }
}

impl<T: Transport> Drop for Registration<T> {
    fn drop(&mut self) {
        let vdev = self.device.as_ptr().cast::<bindings::virtio_device>();
        // SAFETY: By the type invariants the device is registered. Unregistering it gives up the
        // registration's reference, hence one more, for `retire`; the driver is gone then.
        unsafe {
            bindings::get_device(&raw mut (*vdev).dev);
            bindings::unregister_virtio_device(vdev);
            Device::retire(self.device.as_ptr());
        }
    }
}
