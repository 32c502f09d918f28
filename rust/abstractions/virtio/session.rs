// SPDX-License-Identifier: GPL-2.0

//! A device's queues as a whole, from finding them to the unbinding of the device.
//!
//! [`Device::find_vqs`] makes all queues of a device. They don't survive its driver: when the
//! device is unbound it is reset, [`QueueCallbacks::release`] asks the driver to drop its handles
//! ([`Virtqueue`], [`Notifier`](super::Notifier), [`Buffers`](super::Buffers)), unbinding waits
//! until that is done, and then queues and buffers are freed. So whoever has a handle may use it.

use super::{
    queue::Virtqueue,
    Device, //
};
use crate::{
    coherent::Memory,
    completion::Completion, //
};
use amp_bindings as bindings;
use core::ptr::NonNull;
use kernel::{
    device::Core,
    devres,
    error::to_result,
    new_mutex,
    prelude::*,
    sync::{
        atomic::{
            AtomicFlag,
            Relaxed, //
        },
        Arc,
        ArcBorrow,
        Mutex, //
    },
    types::ForeignOwnable, //
};

/// What a driver does when the device has used buffers.
pub trait QueueCallbacks: Send + Sync + 'static {
    /// The device put buffers in the used ring of the queue with this index (the place of its name
    /// in [`Device::find_vqs`]).
    ///
    /// May be called in hard interrupt context, at any time, spuriously, and before the queues
    /// were handed out: such a call may be ignored. Calls for one queue may overlap those for
    /// another.
    fn used(this: ArcBorrow<'_, Self>, queue: u32);

    /// The device goes: drop all handles, so that unbinding can go on. Process context.
    ///
    /// The device has been reset; callbacks may still come.
    fn release(&self);
}

/// What a session and its handles share.
#[pin_data]
struct Shared {
    /// Done when the last handle was dropped.
    #[pin]
    released: Completion,
    /// Whether the driver got handles.
    handed_out: AtomicFlag,
    /// The buffers of all queues, to be freed after the queues.
    #[pin]
    memory: Mutex<KVec<Memory>>,
}

impl Shared {
    /// Not part of the generic [`Device::find_vqs`], of which each user's module has its own copy:
    /// lockdep wants one name for one lock class, and that name would be in each copy.
    #[inline(never)]
    fn new() -> Result<Arc<Self>> {
        Arc::pin_init(
            pin_init!(Self {
                released <- Completion::new(),
                handed_out: AtomicFlag::new(false),
                memory <- new_mutex!(KVec::new()),
            }),
            GFP_KERNEL,
        )
    }
}

/// Exists as long as any handle on a device's queues or buffers. Its end lets unbinding go on.
pub(super) struct Alive(Arc<Shared>);

impl Alive {
    /// Keeps `memory` until the queues have been deleted.
    pub(super) fn keep(&self, memory: Memory) -> Result {
        Ok(self.0.memory.lock().push(memory, GFP_KERNEL)?)
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.released.complete_all();
    }
}

/// A device's queues and what belongs to them, from finding them to the device's unbinding.
///
/// # Invariants
///
/// - `vdev` is valid.
/// - `vdev.priv` came from `Arc::<H>::into_foreign`; only callbacks of the queues use it.
struct Session<H: QueueCallbacks> {
    vdev: NonNull<bindings::virtio_device>,
    callbacks: Arc<H>,
    shared: Arc<Shared>,
    /// Whether there are queues to delete.
    found: bool,
}

// SAFETY: Nothing in it is tied to a thread.
unsafe impl<H: QueueCallbacks> Send for Session<H> {}

impl<H: QueueCallbacks> Drop for Session<H> {
    fn drop(&mut self) {
        if self.shared.handed_out.load(Relaxed) {
            self.callbacks.release();
            self.shared.released.wait();
        }

        let vdev = self.vdev.as_ptr();
        if self.found {
            // SAFETY: By the type invariants the device is valid; nobody has a handle on a queue
            // any more.
            unsafe {
                if let Some(del_vqs) = (*(*vdev).config).del_vqs {
                    del_vqs(vdev);
                }
            }
        }

        // SAFETY: By the type invariants; after `del_vqs` there are no callbacks, which are the
        // only ones to use the pointer.
        unsafe {
            let callbacks = (*vdev).priv_;
            (*vdev).priv_ = core::ptr::null_mut();
            drop(Arc::<H>::from_foreign(callbacks.cast()));
        }

        // The last handle's `Alive` may still be about to drop its reference to `shared`, so the
        // memory is freed here, where the queues are gone and sleeping is allowed.
        let memory = core::mem::take(&mut *self.shared.memory.lock());
        drop(memory);
    }
}

extern "C" fn used_callback<H: QueueCallbacks>(vq: *mut bindings::virtqueue) {
    // SAFETY: The ring code gives a valid queue of a valid device.
    let (callbacks, index) = unsafe { ((*(*vq).vdev).priv_, (*vq).index) };
    // SAFETY: This function is only the callback of queues that `Device::find_vqs` made. It sets
    // the pointer before it makes them, and `Session` takes it back after they were deleted.
    let callbacks = unsafe { Arc::<H>::borrow(callbacks.cast()) };

    H::used(callbacks, index);
}

impl<'a> Device<Core<'a>> {
    /// Makes the device's queues: one for each name, in the order that the device expects.
    ///
    /// `callbacks` is told when the device has used buffers. Process context, may sleep. Can be
    /// called once for each binding.
    ///
    /// # Errors
    ///
    /// [`EBUSY`] at the second call, [`ENOENT`] if the transport leaves a queue out, or what the
    /// transport says.
    pub fn find_vqs<H: QueueCallbacks, const N: usize>(
        &self,
        names: [&'static CStr; N],
        callbacks: Arc<H>,
    ) -> Result<[Virtqueue; N]> {
        let vdev = NonNull::new(self.as_raw()).ok_or(EINVAL)?;
        // SAFETY: By its invariants the device is valid; the field is the driver's.
        if !unsafe { (*vdev.as_ptr()).priv_.is_null() } {
            return Err(EBUSY);
        }

        let shared = Shared::new()?;
        let alive = Arc::new(Alive(shared.clone()), GFP_KERNEL)?;

        // SAFETY: As above.
        unsafe { (*vdev.as_ptr()).priv_ = callbacks.clone().into_foreign().cast() };
        // INVARIANT: The device is valid until it is unbound, and its field was just set.
        let mut session = Session {
            vdev,
            callbacks,
            shared: shared.clone(),
            found: false,
        };

        let mut infos = names.map(|name| bindings::virtqueue_info {
            name: name.as_char_ptr(),
            callback: Some(used_callback::<H>),
            ctx: false,
        });
        let mut queues = [core::ptr::null_mut::<bindings::virtqueue>(); N];
        // SAFETY: The device is valid; both arrays have as many elements as is said.
        to_result(unsafe {
            bindings::virtio_find_vqs(
                vdev.as_ptr(),
                N.try_into()?,
                queues.as_mut_ptr(),
                infos.as_mut_ptr(),
            )
        })?;
        session.found = true;
        if queues.iter().any(|queue| queue.is_null()) {
            return Err(ENOENT);
        }

        devres::register(self.as_ref(), session, GFP_KERNEL)?;
        shared.handed_out.store(true, Relaxed);

        // SAFETY: The session, which was just registered, deletes the queues after `alive` was
        // dropped; and each is given out once.
        Ok(queues.map(|raw| unsafe { Virtqueue::new(raw, alive.clone()) }))
    }
}
