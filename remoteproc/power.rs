// SPDX-License-Identifier: GPL-2.0

//! Power: who wants the processor to run.

use crate::{
    device::Core,
    errno::Errno,
    firmware::File,
    module,
    state::{
        Event,
        State, //
    },
    Device, //
};
use amp::rproc::{
    self,
    OwnerPin, //
};
use core::ops::Deref;
use kernel::{
    device,
    firmware::Firmware,
    prelude::*,
    str::CString,
    sync::aref::ARef,
    workqueue::WorkItem, //
};

/// Keeps a processor running. When the last one is dropped, it is powered down.
pub struct Powered {
    rproc: ARef<Device>,
    _owner: OwnerPin,
}

/// Boots `rproc` if nobody else did, and keeps it running until the guard is dropped. May sleep.
///
/// # Errors
///
/// What the boot failed with; [`ENODEV`] if its driver is going away; [`EINTR`] for a signal.
pub fn get(rproc: &Device) -> Result<Powered> {
    let owner = OwnerPin::new(rproc).ok_or(ENODEV)?;
    rproc.boot()?;
    Ok(Powered {
        rproc: rproc.into(),
        _owner: owner,
    })
}

/// [`get`] of the processor called `name` (such as `55020000.ipu`).
///
/// # Errors
///
/// [`ENODEV`] if there is none; otherwise as [`get`].
pub fn get_by_name(name: &CStr) -> Result<Powered> {
    let found = module::find(|rproc| rproc.name() == name).ok_or(ENODEV)?;
    get(&found)
}

/// [`get`] of `remoteproc<index>`.
///
/// # Errors
///
/// As [`get_by_name`].
pub fn get_by_index(index: i32) -> Result<Powered> {
    let found = module::find(|rproc| rproc.raw().index() == index).ok_or(ENODEV)?;
    get(&found)
}

/// [`get`] of the processor that the property `name` of `consumer`'s device tree node points to.
///
/// # Errors
///
/// [`EPROBE_DEFER`] if the processor's driver is not bound yet; otherwise as [`get`].
pub fn get_by_property(consumer: &device::Device, name: &CStr) -> Result<Powered> {
    let node = consumer.fwnode().ok_or(ENODEV)?;
    let phandle = node.property_read::<u32>(name).required_by(consumer)?;
    let found = find_by_phandle(phandle).ok_or(EPROBE_DEFER)?;
    get(&found)
}

/// The registered processor whose platform device has this phandle in the device tree.
pub fn find_by_phandle(phandle: u32) -> Option<ARef<Device>> {
    module::find(|rproc| rproc::phandle(rproc.parent()) == Some(phandle))
}

impl Deref for Powered {
    type Target = Device;

    fn deref(&self) -> &Device {
        &self.rproc
    }
}

impl Drop for Powered {
    fn drop(&mut self) {
        // Fails only if the processor was taken away meanwhile, or can't be stopped, which was
        // reported then.
        let _ = self.rproc.shutdown();
    }
}

impl Device {
    /// Boots the processor for the first user, counts the others. May sleep.
    ///
    /// # Errors
    ///
    /// What went wrong, after a message about it; the processor is offline then, or as it was.
    pub fn boot(&self) -> Result {
        {
            let mut core = self.lock_interruptible()?;
            if self.join(&mut core)? {
                return Ok(());
            }
            dev_info!(self.as_ref(), "powering up {}\n", self.name());
        }

        // Reading firmware may take minutes (user space may be asked for it), so the lock is not
        // held meanwhile, and somebody else may have been faster.
        self.load_then(|core, file| {
            if self.join(core)? {
                return Ok(());
            }
            self.power_up(core, file)?;
            self.set_users(core, core.users.saturating_add(1));
            Ok(())
        })
    }

    /// Adds a user to a processor that runs. False if it must be booted first.
    fn join(&self, core: &mut Core) -> Result<bool> {
        match core.state {
            State::Running | State::Suspended | State::Attached => {}
            // It will be recovered for those who use it, or by hand.
            State::Crashed => {}
            State::Offline => return Ok(false),
            State::Detached => return Err(EOPNOTSUPP),
            State::Deleted => {
                dev_err!(self.as_ref(), "{} was removed\n", self.name());
                return Err(ENODEV);
            }
        }
        self.set_users(core, core.users.saturating_add(1));
        Ok(true)
    }

    /// Reads the firmware, then calls `f` with it under the lock. Starts over if the firmware's
    /// name was changed meanwhile. What the driver brings along needs no reading. May sleep.
    pub(crate) fn load_then(&self, mut f: impl FnMut(&mut Core, &File<'_>) -> Result) -> Result {
        if let Some(ops) = self.ops.enter() {
            if let Some(image) = ops.image() {
                return f(
                    &mut self.lock(),
                    &File {
                        name: c"(built in)",
                        image,
                    },
                );
            }
        }
        loop {
            let name = CString::try_from(self.lock().firmware())?;
            let firmware = Firmware::request(&name, self.as_ref()).inspect_err(|&error| {
                dev_err!(
                    self.as_ref(),
                    "can't read firmware {}: {}\n",
                    &*name,
                    Errno(error)
                );
            })?;

            let mut core = self.lock();
            if core.firmware() == &*name {
                let file = File {
                    name: &name,
                    image: firmware.data(),
                };
                return f(&mut core, &file);
            }
        }
    }

    /// Undoes one [`boot`](Device::boot). May sleep.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if the processor does not run or has no users; the driver's error if it can't be
    /// stopped: then it still has its last user.
    pub fn shutdown(&self) -> Result {
        let mut core = self.lock();

        match (core.state, core.users) {
            (State::Deleted, _) => Err(ENODEV),
            (_, 0) => Err(EINVAL),
            // A crash from which it could not be restarted took the processor from its users.
            (State::Offline, users) => {
                self.set_users(&mut core, users - 1);
                Ok(())
            }
            (_, 1) => {
                self.power_down(&mut core)?;
                self.set_users(&mut core, 0);
                Ok(())
            }
            (_, users) => {
                self.set_users(&mut core, users - 1);
                Ok(())
            }
        }
    }

    /// Stops the processor, whoever uses it; afterwards nobody can start it. May sleep.
    pub(crate) fn shut_off(&self) {
        self.raw().set_deleting(true);
        let mut core = self.lock();

        if core.state.allows(Event::Stop) && self.power_down(&mut core).is_err() {
            // It may still write to its memory: better lost than given to somebody else.
            dev_err!(
                self.as_ref(),
                "{} can't be stopped: its memory is lost\n",
                self.name()
            );
            core::mem::forget(core.resources.take());
            core::mem::forget(core::mem::take(&mut *self.carveouts.lock()));
        }
        self.set_users(&mut core, 0);
        self.set_state(&mut core, State::Deleted);
    }

    /// Replaces the firmware that the next boot loads; a newline at the end is left out.
    ///
    /// # Errors
    ///
    /// [`EBUSY`] unless the processor is offline, [`EINVAL`] for an empty name.
    pub fn set_firmware(&self, name: &[u8]) -> Result {
        let name = name.split(|byte| *byte == b'\n').next().unwrap_or_default();
        if name.is_empty() {
            dev_err!(self.as_ref(), "the name of a firmware must not be empty\n");
            return Err(EINVAL);
        }
        let name = core::str::from_utf8(name).map_err(|_| EINVAL)?;
        let name = CString::try_from_fmt(fmt!("{}", name))?;

        let mut core = self.lock_interruptible()?;
        if core.state != State::Offline {
            dev_err!(
                self.as_ref(),
                "can't change the firmware of a processor that is {}\n",
                core.state.name()
            );
            return Err(EBUSY);
        }
        core.set_firmware(name);
        Ok(())
    }
}

/// Id of the work item that boots a processor when it is registered.
pub(crate) const BOOT: u64 = 0;

impl WorkItem<BOOT> for Device {
    type Pointer = ARef<Device>;

    fn run(this: ARef<Device>) {
        if let Err(error) = this.boot() {
            dev_err!(this.as_ref(), "auto-boot failed: {}\n", Errno(error));
        }
    }
}
