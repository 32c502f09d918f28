// SPDX-License-Identifier: GPL-2.0

//! A remote processor that is a Rust object: it plays the device side of two rings in memory.
//!
//! The virtio device is a real one on the virtio bus, so real drivers bind to it and use it as if
//! there were another processor. The test says what that processor does, and when: nothing happens
//! behind its back. It can lie as no decent firmware would.

use amp::{
    bus_master,
    child::PlatformChild,
    coherent,
    static_channels::Offer,
    virtio::transport::{
        Interrupts,
        Registration,
        Ring,
        Transport, //
    },
    window::Window, //
};
use kernel::{
    interrupt::local_interrupt_disable,
    prelude::*,
    sync::{
        atomic::{
            Atomic,
            Full,
            Relaxed, //
        },
        barrier,
        Arc, //
    }, //
};
use proto::{
    resource_table::channels::StaticChannel,
    vring::{
        Chain,
        Fault,
        Layout,
        Memory,
        Queue, //
    },
    DeviceAddr, //
};

/// The queue that Linux receives from.
pub(crate) const RX: usize = 0;
/// The queue that Linux sends by.
pub(crate) const TX: usize = 1;

/// Bytes of alignment within a ring.
const ALIGN: u32 = 4096;

/// All of the machine's memory, as a remote sees it that no IOMMU hinders.
struct Ram;

impl Ram {
    fn access<R>(
        at: DeviceAddr,
        len: usize,
        f: impl FnOnce(Window<'_>) -> Result<R>,
    ) -> Result<R, Fault> {
        bus_master::with(at.0, len, f)
            .and_then(Result::ok)
            .ok_or(Fault::Address { at, len })
    }
}

impl Memory for Ram {
    fn read_u16(&self, at: DeviceAddr) -> Result<u16, Fault> {
        Self::access(at, size_of::<u16>(), |ram| ram.read_u16(0)).map(u16::from_le)
    }

    fn write_u16(&self, at: DeviceAddr, value: u16) -> Result<(), Fault> {
        Self::access(at, size_of::<u16>(), |ram| ram.write_u16(0, value.to_le()))
    }

    fn read(&self, at: DeviceAddr, to: &mut [u8]) -> Result<(), Fault> {
        match to.len() {
            0 => Ok(()),
            len => Self::access(at, len, |ram| ram.read(0, to)),
        }
    }

    fn write(&self, at: DeviceAddr, from: &[u8]) -> Result<(), Fault> {
        match from.len() {
            0 => Ok(()),
            len => Self::access(at, len, |ram| ram.write(0, from)),
        }
    }

    fn barrier(&self) {
        barrier::smp_mb(Full);
    }
}

/// A configuration space.
pub(crate) type Config = [u8; proto::rpmsg::buffers::LEN];

/// One that says nothing.
pub(crate) const NO_CONFIG: Config = [0; size_of::<Config>()];

/// What connects the virtio device with its other side.
struct Wires {
    rings: [Arc<coherent::Memory>; 2],
    num: u16,
    features: u64,
    config: Config,
    status: Atomic<u32>,
    kicks: [Atomic<u32>; 2],
    offers_rings: bool,
}

/// Whether remotes offer their rings to drivers, or those have to go through `virtio_ring`.
static OFFER_RINGS: Atomic<bool> = Atomic::new(true);

/// As long as this exists, new remotes don't offer their rings.
pub(crate) struct KernelRings(());

impl KernelRings {
    /// From now on.
    pub(crate) fn only() -> Self {
        OFFER_RINGS.store(false, Relaxed);
        Self(())
    }
}

impl Drop for KernelRings {
    fn drop(&mut self) {
        OFFER_RINGS.store(true, Relaxed);
    }
}

impl Transport for Wires {
    type Memory = Arc<coherent::Memory>;

    fn features(&self) -> u64 {
        self.features
    }

    fn accept(&self, _features: u64) -> Result {
        Ok(())
    }

    fn status(&self) -> u8 {
        // CAST: Only bytes are stored.
        self.status.load(Relaxed) as u8
    }

    fn set_status(&self, status: u8) {
        self.status.store(status.into(), Relaxed);
    }

    fn read_config(&self, offset: usize, data: &mut [u8]) {
        if let Some(from) = self.config.get(offset..).and_then(|c| c.get(..data.len())) {
            data.copy_from_slice(from);
        }
    }

    fn write_config(&self, _offset: usize, _data: &[u8]) {}

    fn ring(&self, index: u32) -> Option<Ring<Self::Memory>> {
        Some(Ring {
            num: self.num.into(),
            align: ALIGN,
            memory: self.rings.get(usize::try_from(index).ok()?)?.clone(),
            id: index,
        })
    }

    fn offers_rings(&self) -> bool {
        self.offers_rings
    }

    fn kick(&self, index: u32) {
        if let Some(kicks) = usize::try_from(index).ok().and_then(|i| self.kicks.get(i)) {
            kicks.fetch_add(1, Relaxed);
        }
    }
}

/// Physical addresses have 32 or 64 bits.
fn device_addr(pa: impl Into<u64>) -> DeviceAddr {
    DeviceAddr(pa.into())
}

fn fault(fault: Fault) -> Error {
    pr_err!("    # fake remote: {}\n", format_args!("{fault}"));
    EFAULT
}

/// The interrupt of a queue.
pub(crate) struct Interrupt(Arc<Interrupts>, usize);

impl Interrupt {
    /// Interrupts Linux. Any thread.
    pub(crate) fn raise(&self) {
        // As in a hard interrupt: the checked kernel tells if the callback sleeps.
        let _off = local_interrupt_disable();
        // CAST: One of two queues.
        self.0.raise(self.1 as u32);
    }
}

/// What anybody can see of a ring.
pub(crate) struct Watch {
    ring: Arc<coherent::Memory>,
    layout: Layout,
}

impl Watch {
    /// See [`FakeRemote::wanted_interrupt`].
    pub(crate) fn wanted_interrupt(&self) -> Result<u16> {
        let ring = device_addr(self.ring.dma_address());
        Ram.read_u16(DeviceAddr(ring.0 + u64::from(self.layout.used_event())))
            .map_err(fault)
    }
}

/// The remote. Dropping it takes its virtio device away, as a remote that is stopped.
pub(crate) struct FakeRemote {
    // First, so that the device goes before what it needs.
    vdev: Registration<Wires>,
    interrupts: Arc<Interrupts>,
    queues: [Queue; 2],
    _offer: Offer,
    _parent: PlatformChild,
}

impl FakeRemote {
    /// A remote with two rings of `num` entries that offers `features`, as virtio device `id`.
    /// Transports on it find `channels`, which nobody announces.
    pub(crate) fn new(
        id: u32,
        features: u64,
        num: u16,
        config: Config,
        channels: &[StaticChannel],
    ) -> Result<Self> {
        let parent = PlatformChild::new_root(c"fake-remote")?;
        let dev = parent.as_ref();
        let offer = Offer::new(dev, channels)?;

        let layout = Layout::new(num.into(), ALIGN).map_err(|_| EINVAL)?;
        let size = layout.size().try_into()?;
        let rings = [
            Arc::new(coherent::Memory::alloc(dev, size)?, GFP_KERNEL)?,
            Arc::new(coherent::Memory::alloc(dev, size)?, GFP_KERNEL)?,
        ];
        let queues = [0, 1].map(|i: usize| {
            let ring: &coherent::Memory = &rings[i];
            // CAST: The feature of rings has a low number. What is offered of it is taken.
            Queue::new(device_addr(ring.dma_address()), layout, features as u32)
        });
        let interrupts = Arc::pin_init(Interrupts::new(), GFP_KERNEL)?;
        let vdev = Registration::new(
            dev,
            id,
            interrupts.clone(),
            Wires {
                rings,
                num,
                features,
                config,
                status: Atomic::new(0),
                kicks: [Atomic::new(0), Atomic::new(0)],
                offers_rings: OFFER_RINGS.load(Relaxed),
            },
        )?;

        Ok(Self {
            vdev,
            interrupts,
            queues,
            _offer: offer,
            _parent: parent,
        })
    }

    /// The virtio device.
    pub(crate) fn device(&self) -> &kernel::device::Device {
        self.vdev.device()
    }

    /// Whether a driver has said that it is ready.
    pub(crate) fn is_ready(&self) -> bool {
        u32::from(self.vdev.status()) & amp_bindings::VIRTIO_CONFIG_S_DRIVER_OK != 0
    }

    /// How often Linux has kicked queue `index`.
    pub(crate) fn kicks(&self, index: usize) -> u32 {
        self.vdev.kicks[index].load(Relaxed)
    }

    /// How many buffers Linux has made available in queue `index` that were not taken yet.
    pub(crate) fn available(&self, index: usize) -> Result<u16> {
        self.queues[index].available(&Ram).map_err(fault)
    }

    /// Takes a buffer of queue `index`, if there is one.
    pub(crate) fn take(&mut self, index: usize) -> Result<Option<Chain>> {
        self.queues[index].pop(&Ram).map_err(fault)
    }

    /// Gives a buffer back as if `len` bytes of it had been written. Linux is not told.
    pub(crate) fn give(&mut self, index: usize, chain: Chain, len: u32) -> Result {
        self.queues[index].push(&Ram, chain, len).map_err(fault)
    }

    /// Shows Linux what was given back, and interrupts it if it wants that. Returns whether it did.
    pub(crate) fn publish(&mut self, index: usize) -> Result<bool> {
        let wanted = self.show(index)?.is_some();
        if wanted {
            self.interrupt(index);
        }
        Ok(wanted)
    }

    /// As [`Self::publish`], but leaves it to the caller to interrupt Linux, if that wants it.
    pub(crate) fn show(&mut self, index: usize) -> Result<Option<Interrupt>> {
        let wanted = self.queues[index].publish(&Ram).map_err(fault)?;
        Ok(wanted.then(|| self.interrupt_of(index)))
    }

    /// The buffer of queue `index` of whose return Linux wants to be told, counted from the first one
    /// ever; with event indices only.
    pub(crate) fn wanted_interrupt(&self, index: usize) -> Result<u16> {
        self.watch(index)?.wanted_interrupt()
    }

    /// A look at queue `index` for others, while this one has other things to do.
    pub(crate) fn watch(&self, index: usize) -> Result<Watch> {
        Ok(Watch {
            ring: self.vdev.rings[index].clone(),
            layout: Layout::new(self.vdev.num.into(), ALIGN).map_err(|_| EINVAL)?,
        })
    }

    /// Interrupts Linux for queue `index`, wanted or not.
    pub(crate) fn interrupt(&self, index: usize) {
        self.interrupt_of(index).raise();
    }

    fn interrupt_of(&self, index: usize) -> Interrupt {
        Interrupt(self.interrupts.clone(), index)
    }

    /// Asks Linux for kicks of queue `index`, or for none.
    pub(crate) fn want_kicks(&self, index: usize, want: bool) -> Result {
        self.queues[index].want_kicks(&Ram, want).map_err(fault)
    }

    /// Puts `bytes` into the next buffer for Linux, claiming that `len` bytes were written.
    /// Linux does not see it before [`Self::publish`].
    pub(crate) fn fill(&mut self, bytes: &[u8], len: u32) -> Result {
        let chain = self.take(RX)?.ok_or(ENOBUFS)?;
        if !chain.desc.is_write() || bytes.len() > usize::try_from(chain.desc.len)? {
            return Err(EMSGSIZE);
        }
        Ram.write(chain.desc.addr, bytes).map_err(fault)?;
        self.give(RX, chain, len)
    }

    /// Sends `bytes` to Linux, as an honest remote does.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> Result {
        self.fill(bytes, bytes.len().try_into()?)?;
        self.publish(RX).map(|_| ())
    }

    /// Takes the next message of Linux, without giving its buffer back.
    pub(crate) fn take_message(&mut self) -> Result<Option<(Chain, KVec<u8>)>> {
        let Some(chain) = self.take(TX)? else {
            return Ok(None);
        };
        if chain.desc.is_write() {
            return Err(EINVAL);
        }
        let mut bytes = KVec::from_elem(0u8, usize::try_from(chain.desc.len)?, GFP_KERNEL)?;
        Ram.read(chain.desc.addr, &mut bytes).map_err(fault)?;
        Ok(Some((chain, bytes)))
    }

    /// Receives the next message of Linux and gives its buffer back.
    pub(crate) fn receive(&mut self) -> Result<Option<KVec<u8>>> {
        let Some((chain, bytes)) = self.take_message()? else {
            return Ok(None);
        };
        self.give(TX, chain, 0)?;
        self.publish(TX)?;
        Ok(Some(bytes))
    }
}
