// SPDX-License-Identifier: GPL-2.0

//! The work item in the place of a processor: firmware's main loop.

use crate::{
    bus::Bus,
    linux::Linux,
    log::Log,
    services::{
        Behaviour,
        Control,
        Order,
        Raw,
        Sample,
        Visitor, //
    }, //
};
use amp::{
    wait::WaitQueue,
    work::{
        self,
        OwnedQueue, //
    }, //
};
use core::{
    cell::Cell,
    format_args, //
};
use kernel::{
    impl_has_work,
    new_mutex,
    new_work,
    prelude::*,
    sync::{
        aref::ARef,
        atomic::{
            Atomic,
            Full,
            Relaxed,
            Release, //
        },
        Arc,
        Mutex, //
    },
    time::Jiffies,
    workqueue::{
        Work,
        WorkItem, //
    }, //
};
use remoteproc::{
    Crash,
    Device, //
};
use rpmsg_remote::{
    Progress,
    Remote,
    Service, //
};

/// There is something to look at.
const KICKED: u32 = 1 << 0;
/// The processor is held in reset.
const STOPPED: u32 = 1 << 1;

/// The processor; one run at a time.
#[pin_data]
pub(crate) struct Processor {
    /// What the next run needs; the run takes it, so that it keeps the device no longer.
    #[pin]
    next: Mutex<Option<Run>>,
    /// What came in since it was last asked: [`KICKED`], [`STOPPED`].
    signals: Atomic<u32>,
    #[pin]
    waiting: WaitQueue,
    #[pin]
    work: Work<Processor>,
}

/// One run, from start to stop.
struct Run {
    rproc: ARef<Device>,
    linux: Linux,
    log: Log,
    behaviour: Behaviour,
}

impl_has_work! {
    impl HasWork<Self> for Processor { self.work }
}

impl WorkItem for Processor {
    type Pointer = Arc<Processor>;

    fn run(this: Arc<Processor>) {
        let run = this.next.lock().take();

        if let Some(run) = run {
            run.main(&this);
        }
    }
}

impl Processor {
    /// A processor that is held in reset.
    pub(crate) fn new() -> Result<Arc<Self>> {
        Arc::pin_init(
            try_pin_init!(Self {
                next <- new_mutex!(None, "rproc_sim"),
                signals: Atomic::new(0),
                waiting <- amp::new_wait_queue!("rproc_sim"),
                work <- new_work!("rproc_sim"),
            }? Error),
            GFP_KERNEL,
        )
    }

    /// Releases it from reset; it must have been stopped. May sleep.
    ///
    /// # Errors
    ///
    /// [`EINVAL`] if its resource table can't be.
    pub(crate) fn start(
        this: &Arc<Self>,
        rproc: &Device,
        behaviour: Behaviour,
        queue: &OwnedQueue,
    ) -> Result {
        *this.next.lock() = Some(Run {
            rproc: rproc.into(),
            linux: Linux::new(rproc)?,
            log: Log(Bus(rproc.into())),
            behaviour,
        });
        this.signals.store(0, Release);
        // The last run has ended, so it is not queued.
        let _ = queue.enqueue(this.clone());
        Ok(())
    }

    /// There is something to look at. Any context.
    pub(crate) fn kick(&self) {
        self.signal(KICKED);
    }

    /// Puts it into reset: after this it touches no memory. May sleep.
    pub(crate) fn stop(this: &Arc<Self>) {
        this.signal(STOPPED);
        work::flush(this);
    }

    fn signal(&self, signal: u32) {
        // Full ordering: what led to the signal is seen by who takes it.
        let mut signals = self.signals.load(Relaxed);
        while let Err(now) = self.signals.cmpxchg(signals, signals | signal, Full) {
            signals = now;
        }
        self.waiting.wake_all();
    }

    /// Waits for a kick; false if there will be none.
    fn wait(&self) -> bool {
        let signals = self.waiting.wait(Jiffies::MAX, || {
            let signals = self.signals.xchg(0, Full);
            (signals != 0).then_some(signals)
        });
        // Work items get no signals, and this long nobody waits.
        signals.is_ok_and(|signals| signals & STOPPED == 0)
    }

    /// Does nothing until it is stopped, whatever comes.
    fn hang(&self) {
        while self.wait() {}
    }
}

impl Run {
    fn main(self, processor: &Processor) {
        let Self {
            rproc,
            linux,
            log,
            behaviour,
        } = self;
        let crash = |why: core::fmt::Arguments<'_>| {
            log.line(why);
            rproc.report_crash(Crash::FatalError);
            processor.hang();
        };

        if behaviour.crash_at_boot {
            return crash(format_args!("crashing at boot"));
        }
        let order = Cell::new(None);
        let mut sample = Sample::new(behaviour, &order);
        let mut control = Control::new(&order);
        let mut raw = Raw::new(behaviour);
        let mut visitor = Visitor::new(&log);
        let mut services: [&mut dyn Service; 4] =
            [&mut sample, &mut control, &mut raw, &mut visitor];
        let mut copy = [0; proto::rpmsg::PAYLOAD_LEN];
        let mut remote = Remote::new(Bus(rproc.clone()), linux, &mut services, &mut copy);

        while processor.wait() {
            match remote.poll() {
                Ok(Progress::Started) => log.line(format_args!("the driver is ready")),
                Ok(_) => {}
                Err(fault) => {
                    pr_err!("broken ring: {}\n", format_args!("{fault}"));
                    return crash(format_args!("broken ring: {fault}"));
                }
            }
            match order.take() {
                Some(Order::Crash) => return crash(format_args!("crashing as asked for")),
                Some(Order::Hang) => {
                    log.line(format_args!("hanging as asked for"));
                    return processor.hang();
                }
                None => {}
            }
        }
    }
}
