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
use crate::Service;

/// The number of the virtqueue with messages to Linux.
pub const TO_HOST: u16 = 0;
/// The number of the virtqueue with messages from Linux.
pub const FROM_HOST: u16 = 1;

/// The bit of the virtio device's status that says that Linux's driver is ready.
pub const STATUS_DRIVER_OK: u8 = 1 << 2;

/// The features that this library understands, a bit each: what the virtio device's entry in the
/// resource table is to offer.
pub const FEATURES: u32 = (1 << rpmsg::F_NS) | (1 << vring::F_EVENT_IDX);

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
    session: Option<Session>,
    counters: Counters,
}

impl<'a, M: Memory, H: Host> Remote<'a, M, H> {
    /// A device with these services; nothing happens until the first poll.
    pub fn new(memory: M, host: H, services: &'a mut [&'a mut dyn Service]) -> Self {
        Self {
            memory,
            host,
            services,
            session: None,
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
        if self.host.status() & STATUS_DRIVER_OK == 0 {
            self.session = None;
            return Ok(Progress::NoDriver);
        }
        let mut progress = Progress::Running;
        let session = match &mut self.session {
            Some(session) if session.is_current(&self.memory)? => session,
            session => {
                progress = Progress::Started;
                session.insert(Session::start(&self.memory, &self.host)?)
            }
        };
        while session.round(&self.memory, self.services, &mut self.counters)? {
            session.flush(&self.memory, &mut self.host)?;
        }
        session.flush(&self.memory, &mut self.host)?;
        Ok(progress)
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
