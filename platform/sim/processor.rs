// SPDX-License-Identifier: GPL-2.0

//! The work item in the place of a processor: firmware's main loop.

use crate::{
    bus::Bus,
    firmware,
    linux::Linux,
    services::{
        Behaviour,
        Order,
        Raw,
        Sample, //
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
    fmt::Write, //
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
    Service,
    Trace, //
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
    pub(crate) fn start(
        this: &Arc<Self>,
        rproc: &Device,
        behaviour: Behaviour,
        queue: &OwnedQueue,
    ) {
        *this.next.lock() = Some(Run {
            rproc: rproc.into(),
            behaviour,
        });
        this.signals.store(0, Release);
        // The last run has ended, so it is not queued.
        let _ = queue.enqueue(this.clone());
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
    fn main(&self, processor: &Processor) {
        let order = Cell::new(None);
        let mut sample = Sample::new(self.behaviour, &order);
        let mut raw = Raw::new(self.behaviour);
        let mut services: [&mut dyn Service; 2] = [&mut sample, &mut raw];
        let mut copy = [0; proto::rpmsg::PAYLOAD_LEN];
        let mut remote = Remote::new(
            Bus(self.rproc.clone()),
            Linux::new(&self.rproc),
            &mut services,
            &mut copy,
        );

        while processor.wait() {
            match remote.poll() {
                Ok(Progress::Started) => self.trace(fmt!("the driver is ready\n")),
                Ok(_) => {}
                Err(fault) => {
                    self.trace(fmt!("broken ring\n"));
                    pr_err!("broken ring: {}\n", core::format_args!("{fault}"));
                    self.rproc.report_crash(Crash::FatalError);
                    return processor.hang();
                }
            }
            match order.take() {
                Some(Order::Crash) => {
                    self.trace(fmt!("crashing as asked for\n"));
                    self.rproc.report_crash(Crash::FatalError);
                    return processor.hang();
                }
                Some(Order::Hang) => {
                    self.trace(fmt!("hanging as asked for\n"));
                    return processor.hang();
                }
                None => {}
            }
        }
    }

    fn trace(&self, text: kernel::fmt::Arguments<'_>) {
        let buffer = Trace::resume(
            Bus(self.rproc.clone()),
            firmware::TRACE_DA.into(),
            firmware::TRACE_LEN as usize,
        );
        if let Ok(mut buffer) = buffer {
            // A trace that does not fit is cut.
            let _ = buffer.write_fmt(text);
        }
    }
}
