// SPDX-License-Identifier: GPL-2.0

//! A processor that is a Rust object: booted, used, crashed, and not quite working.
//!
//! Its firmware is a file that the guest's script makes: one segment of 16 bytes at 0x1000, of
//! which 4 are in the file, and no resource table.

use amp::{
    child::PlatformChild,
    coherent,
    completion::Completion, //
};
use kernel::{
    faux,
    prelude::*,
    str::CString,
    sync::{
        aref::ARef,
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc, //
    }, //
};
use remoteproc::{
    machine,
    state::State,
    Config,
    Crash,
    Device,
    Memory,
    Ops,
    Registration, //
};

/// How long to wait for what must happen, in milliseconds: a test that needs it has failed.
const FOREVER: u32 = 10_000;

const GOOD: &CStr = c"kunit-good.elf";
const OTHER_MACHINE: &CStr = c"kunit-other-machine.elf";

/// What the processor did, and what it shall do.
#[pin_data]
pub(super) struct Log {
    /// Its memory, at 0xffc; the segment begins at the second word.
    ram: coherent::Memory,
    pub(super) prepared: Atomic<i32>,
    pub(super) starts: Atomic<i32>,
    stops: Atomic<i32>,
    /// The next so many starts or stops fail.
    bad_starts: Atomic<i32>,
    bad_stops: Atomic<i32>,
    #[pin]
    started: Completion,
    /// Done when a start or stop has failed.
    #[pin]
    refused: Completion,
}

/// Its size in bytes.
const RAM_LEN: usize = 32;

impl Log {
    /// The words of memory.
    pub(super) fn ram(&self) -> Result<[u32; RAM_LEN / 4]> {
        let mut words = [0; RAM_LEN / 4];
        for (i, word) in words.iter_mut().enumerate() {
            let mut bytes = [0; 4];
            self.ram.window().read(4 * i, &mut bytes)?;
            *word = u32::from_le_bytes(bytes);
        }
        Ok(words)
    }
}

struct Fake;

impl Ops for Fake {
    type Data<'bound> = Arc<Log>;
    const MACHINE: Option<u16> = Some(machine::ARM);

    fn prepare(_rproc: &Device, log: Pin<&Arc<Log>>) -> Result {
        log.prepared.fetch_add(1, Relaxed);
        Ok(())
    }

    fn unprepare(_rproc: &Device, log: Pin<&Arc<Log>>) {
        log.prepared.fetch_add(-1, Relaxed);
    }

    fn start(_rproc: &Device, log: Pin<&Arc<Log>>) -> Result {
        if log.bad_starts.fetch_add(-1, Relaxed) > 0 {
            log.refused.complete();
            return Err(EIO);
        }
        log.starts.fetch_add(1, Relaxed);
        log.started.complete();
        Ok(())
    }

    fn stop(_rproc: &Device, log: Pin<&Arc<Log>>) -> Result {
        if log.bad_stops.fetch_add(-1, Relaxed) > 0 {
            log.refused.complete();
            return Err(EIO);
        }
        log.stops.fetch_add(1, Relaxed);
        Ok(())
    }

    fn kick(_rproc: &Device, _log: Pin<&Arc<Log>>, _notify_id: u32) {}

    fn memory<'a>(log: Pin<&'a Arc<Log>>, index: usize) -> Option<Memory<'a>> {
        (index == 0).then(|| Memory {
            name: c"ram",
            da: 0xffc,
            window: log.get_ref().ram.window(),
        })
    }
}

/// Runs a test with a processor that is off.
pub(super) fn with(firmware: &CStr, test: impl FnOnce(&Device, &Log) -> Result) -> Result {
    let parent = faux::Registration::new(c"kunit-rproc", None)?;
    let dev = parent.as_ref().as_ref();
    let board = PlatformChild::new_root(c"kunit-ram")?;
    let ram = coherent::Memory::alloc(board.as_ref(), RAM_LEN)?;
    ram.window().write(0, &[0xff; RAM_LEN])?;
    let log = Arc::pin_init(
        pin_init!(Log {
            ram,
            prepared: Atomic::new(0),
            starts: Atomic::new(0),
            stops: Atomic::new(0),
            bad_starts: Atomic::new(0),
            bad_stops: Atomic::new(0),
            started <- Completion::new(),
            refused <- Completion::new(),
        }),
        GFP_KERNEL,
    )?;
    let config = Config {
        name: c"kunit",
        firmware: Some(CString::try_from(firmware)?),
        auto_boot: false,
        has_iommu: false,
    };
    let data: Result<Arc<Log>> = Ok(log.clone());
    let mut left = None;

    let result = Registration::scope::<Fake, _>(dev, data, config, |rproc| {
        left = Some(ARef::from(rproc));
        test(rproc, &log)
    });

    // However the test ended, the processor is off and can't be used any more.
    let rproc = left.ok_or(ENODEV)?;
    check_eq!(log.starts.load(Relaxed), log.stops.load(Relaxed));
    check_eq!(log.prepared.load(Relaxed), 0);
    check_eq!(rproc.state(), State::Deleted);
    check_eq!(rproc.boot(), Err(ENODEV));
    result
}

fn boots_with_its_firmware() -> Result {
    with(GOOD, |rproc, log| {
        rproc.boot()?;
        check_eq!(rproc.state(), State::Running);
        check_eq!(rproc.boot_addr(), 0x1010);
        check_eq!(log.prepared.load(Relaxed), 1);

        let firm = u32::from_le_bytes(*b"firm");
        let other = u32::MAX;
        check_eq!(log.ram()?, [other, firm, 0, 0, 0, other, other, other]);

        rproc.shutdown()?;
        check_eq!(rproc.state(), State::Offline);
        check_eq!(log.stops.load(Relaxed), 1);
        check_eq!(rproc.shutdown(), Err(EINVAL));
        Ok(())
    })
}

fn users_are_counted() -> Result {
    with(GOOD, |rproc, log| {
        let first = remoteproc::get(rproc)?;
        let second = remoteproc::get(rproc)?;
        check_eq!(log.starts.load(Relaxed), 1);
        drop(first);
        check_eq!(rproc.state(), State::Running);
        drop(second);
        check_eq!(rproc.state(), State::Offline);
        check_eq!(log.stops.load(Relaxed), 1);
        Ok(())
    })
}

fn a_failed_start_leaves_nothing() -> Result {
    with(GOOD, |rproc, log| {
        log.bad_starts.store(1, Relaxed);
        check_eq!(rproc.boot(), Err(EIO));
        check_eq!(rproc.state(), State::Offline);
        check_eq!(log.prepared.load(Relaxed), 0);
        check_eq!(rproc.shutdown(), Err(EINVAL));

        rproc.boot()?;
        check_eq!(rproc.state(), State::Running);
        rproc.shutdown()
    })
}

fn a_failed_stop_keeps_its_user() -> Result {
    with(GOOD, |rproc, log| {
        rproc.boot()?;
        log.bad_stops.store(1, Relaxed);
        check_eq!(rproc.shutdown(), Err(EIO));
        check_eq!(rproc.state(), State::Running);
        rproc.shutdown()?;
        check_eq!(rproc.state(), State::Offline);
        Ok(())
    })
}

fn a_crash_is_followed_by_a_start() -> Result {
    with(GOOD, |rproc, log| {
        rproc.boot()?;
        log.started.wait_timeout(FOREVER)?;
        // The second report is of the same crash.
        rproc.report_crash(Crash::Watchdog);
        rproc.report_crash(Crash::FatalError);
        log.started.wait_timeout(FOREVER)?;

        // Waits until the recovery is over.
        check_eq!(rproc.state(), State::Running);
        check_eq!(log.starts.load(Relaxed), 2);
        check_eq!(log.stops.load(Relaxed), 1);
        // It kept its user.
        rproc.shutdown()?;
        check_eq!(rproc.state(), State::Offline);
        Ok(())
    })
}

/// Runs a test with a processor that crashed and could not be recovered: it has one user and is
/// offline.
fn unrecovered(test: impl FnOnce(&Device, &Log) -> Result) -> Result {
    with(GOOD, |rproc, log| {
        rproc.boot()?;
        log.bad_starts.store(1, Relaxed);
        rproc.report_crash(Crash::Watchdog);
        log.refused.wait_timeout(FOREVER)?;

        // Waits until the recovery is over.
        check_eq!(rproc.state(), State::Offline);
        check_eq!(log.prepared.load(Relaxed), 0);
        test(rproc, log)
    })
}

fn a_failed_recovery_can_be_tried_again() -> Result {
    unrecovered(|rproc, log| {
        rproc.recover()?;
        check_eq!(rproc.state(), State::Running);
        check_eq!(log.starts.load(Relaxed), 2);
        // It still has its one user.
        rproc.shutdown()?;
        check_eq!(rproc.state(), State::Offline);
        check_eq!(rproc.shutdown(), Err(EINVAL));
        Ok(())
    })
}

fn users_can_leave_after_a_failed_recovery() -> Result {
    unrecovered(|rproc, log| {
        rproc.shutdown()?;
        check_eq!(rproc.shutdown(), Err(EINVAL));
        // Nobody wants it any more.
        rproc.recover()?;
        check_eq!(rproc.state(), State::Offline);
        check_eq!(log.starts.load(Relaxed), 1);
        rproc.boot()?;
        check_eq!(rproc.state(), State::Running);
        rproc.shutdown()?;
        check_eq!(rproc.state(), State::Offline);
        Ok(())
    })
}

fn a_crashed_processor_that_cannot_be_stopped() -> Result {
    with(GOOD, |rproc, log| {
        rproc.boot()?;
        log.bad_stops.store(1, Relaxed);
        rproc.report_crash(Crash::Watchdog);
        log.refused.wait_timeout(FOREVER)?;

        check_eq!(rproc.state(), State::Crashed);
        rproc.recover()?;
        check_eq!(rproc.state(), State::Running);
        check_eq!(log.starts.load(Relaxed), 2);
        rproc.shutdown()?;
        check_eq!(rproc.state(), State::Offline);
        Ok(())
    })
}

fn nothing_to_recover() -> Result {
    with(GOOD, |rproc, log| {
        rproc.recover()?;
        check_eq!(rproc.state(), State::Offline);
        rproc.boot()?;
        rproc.recover()?;
        check_eq!(rproc.state(), State::Running);
        check_eq!(log.starts.load(Relaxed), 1);
        Ok(())
    })
}

fn its_driver_goes_while_it_runs() -> Result {
    with(GOOD, |rproc, _log| rproc.boot())
}

fn firmware_of_another_machine_is_refused() -> Result {
    with(OTHER_MACHINE, |rproc, log| {
        check_eq!(rproc.boot(), Err(ENOEXEC));
        check_eq!(log.starts.load(Relaxed), 0);
        check_eq!(rproc.set_firmware(b"\n"), Err(EINVAL));
        rproc.set_firmware(b"kunit-good.elf\n")?;
        rproc.boot()?;
        check_eq!(rproc.set_firmware(b"other"), Err(EBUSY));
        Ok(())
    })
}

fn ids_that_belong_to_no_virtqueue() -> Result {
    use kernel::irq::IrqReturn;

    with(GOOD, |rproc, _log| {
        rproc.boot()?;
        for id in [0, 1, 63, 64, u32::MAX] {
            check!(matches!(rproc.vq_interrupt(id), IrqReturn::None));
        }
        Ok(())
    })
}

#[kunit_tests(remoteproc_power)]
mod tests {
    #[test]
    fn boots_with_its_firmware() {
        assert_eq!(super::boots_with_its_firmware(), Ok(()));
    }

    #[test]
    fn users_are_counted() {
        assert_eq!(super::users_are_counted(), Ok(()));
    }

    #[test]
    fn a_failed_start_leaves_nothing() {
        assert_eq!(super::a_failed_start_leaves_nothing(), Ok(()));
    }

    #[test]
    fn a_failed_stop_keeps_its_user() {
        assert_eq!(super::a_failed_stop_keeps_its_user(), Ok(()));
    }

    #[test]
    fn a_crash_is_followed_by_a_start() {
        assert_eq!(super::a_crash_is_followed_by_a_start(), Ok(()));
    }

    #[test]
    fn a_failed_recovery_can_be_tried_again() {
        assert_eq!(super::a_failed_recovery_can_be_tried_again(), Ok(()));
    }

    #[test]
    fn users_can_leave_after_a_failed_recovery() {
        assert_eq!(super::users_can_leave_after_a_failed_recovery(), Ok(()));
    }

    #[test]
    fn a_crashed_processor_that_cannot_be_stopped() {
        assert_eq!(super::a_crashed_processor_that_cannot_be_stopped(), Ok(()));
    }

    #[test]
    fn nothing_to_recover() {
        assert_eq!(super::nothing_to_recover(), Ok(()));
    }

    #[test]
    fn its_driver_goes_while_it_runs() {
        assert_eq!(super::its_driver_goes_while_it_runs(), Ok(()));
    }

    #[test]
    fn firmware_of_another_machine_is_refused() {
        assert_eq!(super::firmware_of_another_machine_is_refused(), Ok(()));
    }

    #[test]
    fn ids_that_belong_to_no_virtqueue() {
        assert_eq!(super::ids_that_belong_to_no_virtqueue(), Ok(()));
    }
}
