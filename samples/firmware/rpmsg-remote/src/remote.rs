// SPDX-License-Identifier: GPL-2.0

//! The life of the virtio device: waiting for a driver, serving it, noticing that it has changed.

use proto::rpmsg;
use proto::vring;
use proto::vring::Fault;
use proto::vring::Layout;
use proto::vring::Memory;
use proto::DeviceAddr;

use crate::session::Counters;
use crate::session::Session;
use crate::Outbox;
use crate::Service;

/// The number of the virtqueue with messages to Linux.
pub const TO_HOST: u16 = 0;
/// The number of the virtqueue with messages from Linux.
pub const FROM_HOST: u16 = 1;

/// The bit of the virtio device's status that says that Linux's driver is ready.
pub const STATUS_DRIVER_OK: u8 = 1 << 2;

/// The features that this library understands, a bit each: what the virtio device's entry in the
/// resource table is to offer.
pub const FEATURES: u32 = (1 << rpmsg::F_NS) | (1 << rpmsg::F_FC) | (1 << vring::F_EVENT_IDX);

/// Linux, as the firmware sees it: the virtio device's entry in the loaded resource table, and the
/// way to kick.
pub trait Host {
    /// The device's status, from the resource table.
    fn status(&self) -> u8;

    /// The features that Linux has taken, from the resource table. Final once the driver is ready.
    fn features(&self) -> u32;

    /// Where vring `queue` is, from the resource table. Final once the driver is ready.
    fn vring(&self, queue: u16) -> (DeviceAddr, Layout);

    /// Tells Linux to look at `queue`. Must not wait: kicks for the same queue may be merged, so
    /// one bit per queue is enough to remember what could not be sent yet.
    fn kick(&mut self, queue: u16);

    /// Returns when Linux has kicked, or at once if it has since the last call: sleeps for
    /// [`Remote::run`]. What has to be sent or looked at besides the rings belongs here too.
    ///
    /// A processor that cannot sleep does nothing.
    fn wait(&mut self) {}
}

/// What a [`Remote::poll`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Linux's driver is not ready.
    NoDriver,
    /// A driver has become ready, for the first time or again.
    Started,
    /// The driver of the last poll is still there.
    Running,
}

/// The device side of an rpmsg device.
pub struct Remote<'a, M, H> {
    memory: M,
    host: H,
    services: &'a mut [&'a mut dyn Service],
    copy: &'a mut [u8],
    session: Option<Session>,
    /// How many drivers there have been.
    epoch: u32,
    counters: Counters,
}

impl<'a, M: Memory, H: Host> Remote<'a, M, H> {
    /// A device with these services; nothing happens until the first poll.
    ///
    /// `copy` is room for the payload of a message, for services that want a copy: 496 bytes with
    /// buffers of the usual size. What is longer reaches services only that take their messages in
    /// place.
    pub fn new(
        memory: M,
        host: H,
        services: &'a mut [&'a mut dyn Service],
        copy: &'a mut [u8],
    ) -> Self {
        Self {
            memory,
            host,
            services,
            copy,
            session: None,
            epoch: 0,
            counters: Counters::default(),
        }
    }

    /// Does all that there is to do: notices a driver that has come, gone or started over,
    /// announces services, hands received messages to them, sends what they answer, kicks.
    ///
    /// After it has returned there is nothing to do until Linux kicks. Call it after each kick; a
    /// call too many costs little.
    ///
    /// # Errors
    ///
    /// If a ring makes no sense. There is nothing to repair then: report it, and stop.
    pub fn poll(&mut self) -> Result<Progress, Fault> {
        if !self.driver_is_ready() {
            self.session = None;
            return Ok(Progress::NoDriver);
        }
        let mut progress = Progress::Running;
        let session = match &mut self.session {
            Some(session) if session.rings.is_current(&self.memory)? => session,
            session => {
                progress = Progress::Started;
                self.epoch = self.epoch.wrapping_add(1);
                session.insert(Session::start(&self.memory, &self.host, self.epoch)?)
            }
        };
        let (memory, counters) = (&self.memory, &mut self.counters);
        let served = loop {
            match session.round(memory, self.services, self.copy, counters) {
                Ok(more) => {
                    session.rings.flush(memory, &mut self.host)?;
                    if !more {
                        break Ok(());
                    }
                }
                Err(fault) => break Err(fault),
            }
        };
        match served {
            Ok(()) => Ok(progress),
            Err(fault) if session.rings.is_current(memory)? && self.driver_is_ready() => Err(fault),
            // It went while its rings were read.
            Err(_) => {
                self.session = None;
                Ok(Progress::NoDriver)
            }
        }
    }

    fn driver_is_ready(&self) -> bool {
        self.host.status() & STATUS_DRIVER_OK != 0
    }

    /// Polls for ever, and waits in between. `started` is called for each driver that comes.
    ///
    /// Returns what is wrong with a ring, as [`Remote::poll`].
    pub fn run(&mut self, mut started: impl FnMut()) -> Fault {
        loop {
            match self.poll() {
                Ok(Progress::Started) => started(),
                Ok(Progress::NoDriver | Progress::Running) => {}
                Err(fault) => return fault,
            }
            self.host.wait();
        }
    }

    /// Sends outside of a poll: calls `f` and shows Linux what it has sent. `None` if there is no
    /// driver; one that has just come is the next poll's business.
    ///
    /// # Errors
    ///
    /// As [`Remote::poll`].
    pub fn send_with<R>(
        &mut self,
        f: impl FnOnce(&mut dyn Outbox) -> R,
    ) -> Result<Option<R>, Fault> {
        let (memory, ready) = (&self.memory, self.driver_is_ready());
        let session = match &mut self.session {
            Some(session) if ready && session.rings.is_current(memory)? => session,
            _ => return Ok(None),
        };
        let result = f(&mut session.rings.outbox(memory));
        session.rings.flush(memory, &mut self.host)?;
        Ok(Some(result))
    }

    /// Messages counted since the firmware started.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// The host that was given to [`Remote::new`].
    pub fn host(&mut self) -> &mut H {
        &mut self.host
    }
}
