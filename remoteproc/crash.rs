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
use amp::iommu::FaultHandler;
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
            self.recover();
        }
    }

    /// Restarts a crashed processor; does nothing if it is not crashed. May sleep.
    ///
    /// If it can't be started again it is offline, and the next boot tries again whatever the
    /// number of its users.
    pub(crate) fn recover(&self) {
        {
            let mut core = self.lock();
            if core.state != State::Crashed {
                return;
            }
            dev_err!(self.as_ref(), "recovering {}\n", self.name());
            if let Err(error) = self.power_down(&mut core) {
                dev_err!(
                    self.as_ref(),
                    "recovery failed: can't stop: {}\n",
                    Errno(error)
                );
                return;
            }
        }

        // The lock is not held while the firmware is read.
        let result = self.load_then(|core: &mut Core, file| {
            if core.state != State::Offline || core.users == 0 {
                return Ok(());
            }
            self.power_up(core, file)
        });
        if let Err(error) = result {
            dev_err!(
                self.as_ref(),
                "recovery failed: {}; {} stays offline until it is started\n",
                Errno(error),
                self.name()
            );
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
