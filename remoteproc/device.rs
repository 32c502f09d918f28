// SPDX-License-Identifier: GPL-2.0

//! The remote processor object.

use crate::{
    crash::{
        Fault,
        CRASH, //
    },
    debugfs,
    errno::Errno,
    memory::Carveout,
    ops::Platform,
    power::BOOT,
    resources::Resources,
    state::State,
    sysfs,
    table::Table,
    Config, //
};
use amp::{
    device::DeviceExt,
    gate::Gated,
    iommu::Domain,
    rproc::{
        self,
        Added,
        Guard,
        Raw, //
    },
    virtio::transport::Interrupts,
    work::OwnedQueue, //
};
use kernel::{
    device,
    irq::IrqReturn,
    new_mutex,
    new_work,
    prelude::*,
    str::CString,
    sync::{
        aref::ARef,
        atomic::Atomic,
        Arc,
        Mutex, //
    },
    workqueue::{
        impl_has_work,
        Work, //
    }, //
};

/// What kind of crash was seen; the names are mainline's, the numbers those of
/// `enum rproc_crash_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crash {
    /// The processor accessed an address that its IOMMU does not map.
    MmuFault,
    /// Its watchdog ran out.
    Watchdog,
    /// It said itself that it cannot go on.
    FatalError,
}

/// A remote processor: reference-counted (`ARef<Device>`), alive as long as somebody holds it,
/// usable as long as its driver is bound.
#[pin_data]
pub struct Device {
    #[pin]
    raw: Raw<Core>,
    /// The driver's operations; closed when the driver is unbound.
    #[pin]
    pub(crate) ops: Gated<KBox<dyn Platform>>,
    /// Memory allocated for the processor, in the order of allocation.
    #[pin]
    pub(crate) carveouts: Mutex<KVec<Carveout>>,
    /// The resource table in effect, for debugfs.
    #[pin]
    pub(crate) current_table: Mutex<Option<Arc<Table>>>,
    /// The IOMMU domain in effect, for debugfs.
    #[pin]
    pub(crate) domain: Mutex<Option<Arc<Domain<Fault>>>>,
    pub(crate) interrupts: Arc<Interrupts>,
    pub(crate) queue: Arc<OwnedQueue>,
    /// What [`Device::keep_driver`] keeps.
    #[pin]
    kept: Mutex<Option<KBox<dyn Platform>>>,
    /// 1 from the report of a crash to the next start.
    pub(crate) crash_reported: Atomic<u32>,
    pub(crate) debugfs: kernel::debugfs::Dir,
    #[pin]
    files: Mutex<Option<debugfs::Files>>,
    #[pin]
    added: Mutex<Option<Added<Device>>>,
    #[pin]
    boot_work: Work<Device, BOOT>,
    #[pin]
    crash_work: Work<Device, CRASH>,
}

/// What the life cycle's lock protects. Public in name only, as an associated type has to be.
pub struct Core {
    pub(crate) state: State,
    /// How many want the processor to run.
    pub(crate) users: u32,
    /// What the processor holds while it is powered.
    pub(crate) resources: Option<Resources>,
    /// The sub-devices of a C driver were stopped, though the processor could not be.
    pub(crate) subdevs_stopped: bool,
}

amp::impl_embeds_rproc! { Device { self.raw: Raw<Core> } }

impl_has_work! {
    impl HasWork<Device, BOOT> for Device { self.boot_work }
    impl HasWork<Device, CRASH> for Device { self.crash_work }
}

impl AsRef<device::Device> for Device {
    fn as_ref(&self) -> &device::Device {
        self.raw.device()
    }
}

impl Device {
    /// Makes a processor that is offline and not yet registered. May sleep.
    pub(crate) fn alloc(
        parent: &device::Device,
        config: Config<'_>,
        ops: KBox<dyn Platform>,
    ) -> Result<ARef<Device>> {
        let name = CString::try_from(config.name)?;
        let firmware = match config.firmware {
            Some(firmware) => firmware,
            None => CString::try_from_fmt(fmt!("rproc-{}-fw", config.name))?,
        };
        let shared = crate::module::shared()?;
        let interrupts = Arc::pin_init(Interrupts::new(), GFP_KERNEL)?;
        let core = Core {
            state: State::Offline,
            users: 0,
            resources: None,
            subdevs_stopped: false,
        };

        let raw = Raw::new(name, firmware, core);
        let object = KBox::pin_init(
            try_pin_init!(Device {
                raw <- raw,
                ops <- Gated::new(ops),
                carveouts <- new_mutex!(KVec::new(), "remoteproc::carveouts"),
                current_table <- new_mutex!(None, "remoteproc::current_table"),
                domain <- new_mutex!(None, "remoteproc::domain"),
                interrupts,
                queue: shared.queue.clone(),
                kept <- new_mutex!(None, "remoteproc::kept"),
                crash_reported: Atomic::new(0),
                debugfs: shared.debugfs.clone(),
                files <- new_mutex!(None, "remoteproc::files"),
                added <- new_mutex!(None, "remoteproc::added"),
                boot_work <- new_work!("remoteproc::boot"),
                crash_work <- new_work!("remoteproc::crash"),
            }? Error),
            GFP_KERNEL,
        )?;
        let this = rproc::publish(object, parent, &sysfs::CLASS)?;

        this.raw.set_auto_boot(config.auto_boot);
        this.raw.set_has_iommu(config.has_iommu);
        Ok(this)
    }

    /// Registers the processor: visible from now on, and booting if that is wanted. May sleep.
    pub(crate) fn add(&self) -> Result {
        let added = Added::new(ARef::from(self))?;
        dev_info!(self.as_ref(), "{} is available\n", self.name());

        *self.added.lock() = Some(added);
        *self.files.lock() = debugfs::Files::new(self)
            .inspect_err(|&e| dev_warn!(self.as_ref(), "no debugfs files: {}\n", Errno(e)))
            .ok();
        if self.raw.auto_boot() {
            let _ = self.queue.enqueue::<_, BOOT>(ARef::from(self));
        }
        Ok(())
    }

    /// Undoes [`Device::add`]: stops the processor, whoever uses it, and hides it. May sleep.
    pub(crate) fn del(&self) {
        self.shut_off();
        self.unlist();
    }

    /// Keeps a driver's data, of which nobody calls the operations any more, as long as the object.
    pub(crate) fn keep_driver(&self, driver: Option<KBox<dyn Platform>>) {
        *self.kept.lock() = driver;
    }

    fn unlist(&self) {
        let files = self.files.lock().take();
        // Waits for readers, so it must not be done with the lock.
        drop(files);
        let added = self.added.lock().take();
        drop(added);
    }

    /// The platform device that the processor belongs to.
    pub(crate) fn parent(&self) -> &device::Device {
        // Every registered processor has one; the processor itself stands in for the type's sake.
        self.as_ref().parent_device().unwrap_or(self.as_ref())
    }

    /// The processor's folder in debugfs, while it is registered.
    pub(crate) fn debug_dir(&self) -> Option<kernel::debugfs::Dir> {
        self.files.lock().as_ref().map(debugfs::Files::dir)
    }

    /// Takes the life cycle's lock. May sleep.
    pub(crate) fn lock(&self) -> Guard<'_, Core> {
        let mut core = self.raw.lock();
        self.adopt(&mut core);
        core
    }

    /// Takes the life cycle's lock, unless a signal comes first. May sleep.
    pub(crate) fn lock_interruptible(&self) -> Result<Guard<'_, Core>> {
        let mut core = self.raw.lock_interruptible()?;
        self.adopt(&mut core);
        Ok(core)
    }

    /// A C driver suspends and resumes its processor by itself, with the lock held.
    fn adopt(&self, core: &mut Core) {
        let suspended = State::Suspended as u32;
        let running = State::Running as u32;

        match (core.state, self.raw.state()) {
            (State::Running, now) if now == suspended => core.state = State::Suspended,
            (State::Suspended, now) if now == running => core.state = State::Running,
            _ => {}
        }
    }

    /// The C object. To take its lock there is [`Device::lock`].
    pub(crate) fn raw(&self) -> &Raw<Core> {
        &self.raw
    }

    /// Changes the state; `state` must come from [`State::after`].
    pub(crate) fn set_state(&self, core: &mut Core, state: State) {
        // CAST: The states' numbers are u32.
        amp::trace::remoteproc::state(|| (self.as_ref(), core.state as u32, state as u32));
        core.state = state;
        // CAST: The states' numbers are u32.
        self.raw.set_state(state as u32);
    }

    /// Changes the number of users.
    pub(crate) fn set_users(&self, core: &mut Core, users: u32) {
        core.users = users;
        self.raw.set_power(users);
    }

    /// Name, as the platform driver gave it.
    pub fn name(&self) -> &CStr {
        self.raw.name()
    }

    /// What it is doing at the moment. Waits for a start or stop that is under way; may sleep.
    pub fn state(&self) -> State {
        self.lock().state
    }

    /// The address of the firmware's first instruction (`e_entry`); 0 before the first boot.
    pub fn boot_addr(&self) -> u64 {
        self.raw.boot_addr()
    }

    /// The remote signalled the virtqueue with this notify id: runs its callback.
    ///
    /// Any context but NMI; the callback runs in it, and that of a C virtio driver may want to
    /// sleep. Ids that belong to no virtqueue at this moment give [`IrqReturn::None`] and nothing
    /// else happens: the value may come straight from the remote.
    pub fn vq_interrupt(&self, notify_id: u32) -> IrqReturn {
        if self.interrupts.raise(notify_id) {
            IrqReturn::Handled
        } else {
            IrqReturn::None
        }
    }

    /// The processor crashed: one message, then state `crashed` and, unless it is disabled,
    /// recovery (stop, start) in the background. Further reports of the same crash are ignored.
    ///
    /// Any context.
    pub fn report_crash(&self, kind: Crash) {
        self.report(kind, None);
    }
}
