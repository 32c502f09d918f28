// SPDX-License-Identifier: GPL-2.0

//! Crashes: how they are noticed, and what follows.

use crate::{
    device::Core,
    errno::Errno,
    state::{
        Event,
        State, //
    },
    Crash,
    Device, //
};
use amp::{
    iommu::FaultHandler,
    trace::remoteproc as trace, //
};
use kernel::{
    prelude::*,
    sync::{
        aref::ARef,
        atomic::{
            Acquire,
            Full, //
        }, //
    },
    workqueue::WorkItem, //
};

/// Takes IOMMU faults for crashes of the processor.
pub(crate) struct Fault(pub(crate) ARef<Device>);

impl FaultHandler for Fault {
    fn fault(&self, iova: u64) {
        self.0.report(Crash::MmuFault, Some(iova));
    }
}

impl Crash {
    /// Name, as mainline calls it.
    pub fn name(self) -> &'static str {
        match self {
            Crash::MmuFault => "mmufault",
            Crash::Watchdog => "watchdog",
            Crash::FatalError => "fatal error",
        }
    }
}

impl Device {
    /// As [`Device::report_crash`], for a crash at a device address.
    pub(crate) fn report(&self, kind: Crash, da: Option<u64>) {
        // One crash may be noticed in two ways (a fault, and a message about it): one report.
        if self.crash_reported.xchg(1, Full) != 0 {
            return;
        }
        // CAST: The numbers are those of `enum rproc_crash_type`.
        trace::crash(|| (self.as_ref(), kind as u32));
        match da {
            Some(da) => dev_err!(
                self.as_ref(),
                "crash detected in {}: type {}, access to device address {:#x}\n",
                self.name(),
                kind.name(),
                da
            ),
            None => dev_err!(
                self.as_ref(),
                "crash detected in {}: type {}\n",
                self.name(),
                kind.name()
            ),
        }
        let _ = self.queue.enqueue::<_, CRASH>(ARef::from(self));
    }

    /// Notes the crash and, if that is wanted, restarts the processor.
    fn handle_crash(&self) {
        {
            let mut core = self.lock();
            // Stopped, perhaps started again, or taken away since: nothing left to handle.
            if self.crash_reported.load(Acquire) == 0 {
                return;
            }
            let Ok(state) = core.state.after(Event::Crash) else {
                return;
            };
            let count = self.raw().crash_count().wrapping_add(1);
            self.raw().set_crash_count(count);
            self.set_state(&mut core, state);
            dev_err!(
                self.as_ref(),
                "handling crash #{} in {}\n",
                count,
                self.name()
            );
        }
        if !self.raw().recovery_disabled() {
            // What went wrong was reported where it did.
            let _ = self.recover();
        }
    }

    /// Restarts a processor that crashed, for those who use it. May sleep.
    ///
    /// Does nothing unless it is crashed, or offline in spite of its users since an earlier
    /// recovery failed. Its users stay its users, whatever happens.
    ///
    /// # Errors
    ///
    /// What went wrong, after a message about it. If it can't be stopped, it is still crashed; if
    /// it can't be started, it is offline. Both can be tried again by this function; or its users
    /// leave, and somebody boots it.
    pub fn recover(&self) -> Result {
        {
            let mut core = self.lock();
            match core.state {
                State::Crashed => {}
                State::Offline if core.users != 0 => {}
                _ => return Ok(()),
            }
            dev_err!(self.as_ref(), "recovering {}\n", self.name());
            if core.state == State::Crashed {
                self.power_down(&mut core).inspect_err(|&error| {
                    dev_err!(
                        self.as_ref(),
                        "recovery failed: can't stop: {}; {} is still crashed\n",
                        Errno(error),
                        self.name()
                    );
                })?;
            }
        }

        // The lock is not held while the firmware is read.
        self.load_then(|core: &mut Core, file| {
            if core.state != State::Offline || core.users == 0 {
                return Ok(());
            }
            self.power_up(core, file)
        })
        .inspect_err(|&error| {
            dev_err!(
                self.as_ref(),
                "recovery failed: {}; {} is offline, write recover to its recovery to try again\n",
                Errno(error),
                self.name()
            );
        })
    }

    /// Whether a crash is followed by a restart, as users see it.
    pub(crate) fn recovery_word(&self) -> &'static str {
        match self.raw().recovery_disabled() {
            true => "disabled",
            false => "enabled",
        }
    }

    /// What users write to `recovery`: `enabled` (from now on, and for a crash that was not
    /// recovered), `disabled`, or `recover` (now, whatever the setting is). May sleep.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] for other words, those of [`Device::recover`].
    pub(crate) fn set_recovery(&self, word: &[u8]) -> Result {
        match word {
            b"enabled" => {
                self.raw().set_recovery_disabled(false);
                match self.state() {
                    State::Crashed => self.recover(),
                    _ => Ok(()),
                }
            }
            b"disabled" => {
                self.raw().set_recovery_disabled(true);
                Ok(())
            }
            b"recover" => self.recover(),
            _ => Err(EINVAL),
        }
    }
}

/// Id of the work item that handles a crash.
pub(crate) const CRASH: u64 = 1;

impl WorkItem<CRASH> for Device {
    type Pointer = ARef<Device>;

    fn run(this: ARef<Device>) {
        this.handle_crash();
    }
}
