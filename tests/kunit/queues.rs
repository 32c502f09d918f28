// SPDX-License-Identifier: GPL-2.0

//! A virtio driver that leaves its two queues to the test.

use crate::{
    fake_remote::{
        FakeRemote,
        NO_CONFIG, //
    },
    slot::{
        Open,
        Slot, //
    }, //
};
use amp::virtio::{
    self,
    Buffers,
    Direction,
    Notifier,
    QueueCallbacks,
    Virtqueue, //
};
use kernel::{
    device::Core,
    driver,
    new_spinlock_irq,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc,
        ArcBorrow,
        SpinLockIrq, //
    }, //
};

/// No virtio device has this number.
pub(crate) const DEVICE: u32 = 0xa3b0;
/// One that the driver fails to probe, after it was ready.
pub(crate) const BROKEN_DEVICE: u32 = 0xa3b1;

/// Entries of each ring, and buffers of each queue.
pub(crate) const NUM: u16 = 8;
/// Bytes of each buffer.
pub(crate) const SIZE: usize = 64;

/// What the driver was bound to last.
pub(crate) static BOUND: Slot<Arc<Queues>> = Slot::new();

/// What the driver holds of a device.
pub(crate) struct Held {
    pub(crate) rx: Virtqueue,
    pub(crate) tx: Virtqueue,
    pub(crate) notifier: Notifier,
    pub(crate) buffers: [Buffers; 2],
}

/// The driver's state of a device.
#[pin_data]
pub(crate) struct Queues {
    #[pin]
    pub(crate) held: SpinLockIrq<Option<Held>>,
    used: [Atomic<u32>; 2],
    pub(crate) released: Atomic<u32>,
}

impl QueueCallbacks for Queues {
    fn used(this: ArcBorrow<'_, Self>, queue: u32) {
        if let Some(used) = this.used.get(queue as usize) {
            used.fetch_add(1, Relaxed);
        }
    }

    fn release(&self) {
        let held = self.held.lock().take();
        drop(held);
        self.released.fetch_add(1, Relaxed);
    }
}

struct Driver;

amp::virtio_device_table!(
    ID_TABLE,
    [
        virtio::DeviceId::new(DEVICE),
        virtio::DeviceId::new(BROKEN_DEVICE)
    ]
);

impl Driver {
    fn start(vdev: &virtio::Device<Core<'_>>) -> Result<Self> {
        let queues = Arc::pin_init(
            pin_init!(Queues {
                held <- new_spinlock_irq!(None),
                used: [Atomic::new(0), Atomic::new(0)],
                released: Atomic::new(0),
            }),
            GFP_KERNEL,
        )?;
        let [mut rx, mut tx] = vdev.find_vqs([c"input", c"output"], queues.clone())?;

        // The queues of a device can be had once.
        if vdev.find_vqs([c"again"], queues.clone()).is_ok() {
            return Err(EINVAL);
        }
        let buffers = [
            rx.alloc_buffers(Direction::In, NUM.into(), SIZE)?,
            tx.alloc_buffers(Direction::Out, NUM.into(), SIZE)?,
        ];
        let notifier = rx.notifier();
        *queues.held.lock() = Some(Held {
            rx,
            tx,
            notifier,
            buffers,
        });
        BOUND.set(Some(queues));
        vdev.ready()?;

        if vdev.id() == BROKEN_DEVICE {
            return Err(EIO);
        }
        Ok(Self)
    }
}

impl virtio::Driver for Driver {
    type Data<'bound> = Self;
    const ID_TABLE: virtio::IdTable = &ID_TABLE;
    const FEATURES: &'static [kernel::ffi::c_uint] = &[0];

    fn probe<'bound>(vdev: &'bound virtio::Device<Core<'_>>) -> impl PinInit<Self, Error> + 'bound {
        Self::start(vdev)
    }
}

/// The registration of the driver that the suite tests.
#[pin_data]
pub(crate) struct Registered {
    #[pin]
    driver: driver::Registration<virtio::Adapter<Driver>>,
    bound: Open<Arc<Queues>>,
}

impl Registered {
    pub(crate) fn new(
        name: &'static CStr,
        module: &'static ThisModule,
    ) -> impl PinInit<Self, Error> {
        try_pin_init!(Self {
            bound: BOUND.open()?,
            driver <- driver::Registration::new(name, module),
        })
    }
}

/// A remote with a bound driver, and that driver's state.
pub(crate) fn bound() -> Result<(FakeRemote, Arc<Queues>)> {
    bound_with(0)
}

/// As [`bound`], with more features.
pub(crate) fn bound_with(features: u64) -> Result<(FakeRemote, Arc<Queues>)> {
    let remote = FakeRemote::new(DEVICE, 0b11 | features, NUM, NO_CONFIG, &[])?;
    let queues = BOUND.get()?;
    BOUND.set(None);
    check!(remote.is_ready());
    Ok((remote, queues))
}

impl Queues {
    /// What `f` makes of the queues.
    pub(crate) fn with<T>(&self, f: impl FnOnce(&mut Held) -> Result<T>) -> Result<T> {
        let mut held = self.held.lock();
        let held: &mut Option<Held> = &mut held;
        f(held.as_mut().ok_or(ENODEV)?)
    }

    /// How many callbacks there were.
    pub(crate) fn used(&self, queue: usize) -> u32 {
        self.used[queue].load(Relaxed)
    }
}
