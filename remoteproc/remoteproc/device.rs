// SPDX-License-Identifier: GPL-2.0

//! The remote processor object.

/// What kind of crash was seen; the names are mainline's.
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
pub struct Device { }

impl Device {
    /// Name, as the platform driver gave it.
    pub fn name(&self) -> &CStr;

    /// The address of the firmware's first instruction (`e_entry`); 0 before the first boot.
    pub fn boot_addr(&self) -> u64;

    /// The remote signalled the virtqueue with this notify id: runs its callback.
    ///
    /// Any context. Ids that belong to no virtqueue at this moment give [`IrqReturn::None`]
    /// and nothing else happens: the value may come straight from the remote.
    pub fn vq_interrupt(&self, notify_id: u32) -> IrqReturn;

    /// The processor crashed: one message, then state `crashed` and, unless it is disabled,
    /// recovery (stop, start) in the background. Further reports of the same crash are ignored.
    ///
    /// Any context.
    pub fn report_crash(&self, kind: Crash);

    /// Boots the processor for the first user, counts the others. May sleep.
    pub fn boot(&self) -> Result;

    /// Undoes one [`boot`](Device::boot). May sleep.
    pub fn shutdown(&self) -> Result;
}

impl AsRef<device::Device> for Device {}     // for dev_err!(rproc.as_ref(), ...)
impl AlwaysRefCounted for Device {}          // ARef<Device>, `rproc.into()` from &Device

/// A registered remote processor. Dropped, it stops the processor and takes it away.
pub struct Registration<'bound, T: Ops> { }

impl<'bound, T: Ops> Registration<'bound, T> {
    /// # Safety
    ///
    /// The result must be dropped before `parent` is unbound, never forgotten.
    pub unsafe fn new<'a>(
        parent: &'bound device::Device<Bound>,
        data: impl PinInit<T::Data<'bound>, Error>,
        config: impl FnOnce() -> Result<Config<'a>>,
    ) -> Result<Self>;

    pub fn device(&self) -> &Device;
}

/// Keeps a processor running. Get one with `remoteproc::get(&Device)`, `get_by_name(name)` or
/// `get_by_property(consumer_device, c"rprocs")`; errors of the boot go to the caller.
pub struct Powered(ARef<Device>);            // Deref<Target = Device>
