// SPDX-License-Identifier: GPL-2.0

//! The time from a driver's becoming ready to its going away.

use proto::flow_control::FlowControl;
use proto::name_service::Action;
use proto::name_service::Announcement;
use proto::rpmsg;
use proto::rpmsg::Addr;
use proto::rpmsg::Header;
use proto::vring::Chain;
use proto::vring::Fault;
use proto::vring::Memory;

use crate::message::Delivery;
use crate::rings::payload_at;
use crate::rings::Rings;
use crate::Host;
use crate::Incoming;
use crate::Outbox;
use crate::SendError;
use crate::Service;

/// Messages taken before Linux is told of the answers: few enough that it need not wait long, many
/// enough that a stream of messages costs few kicks.
const BATCH: usize = 16;

/// Messages counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Delivered to a service, or handled by the library.
    pub received: u32,
    /// Received but not delivered: malformed, too long to be copied, or to an address that no
    /// service has.
    pub dropped: u32,
}

/// A driver that is ready, and how far we are with it.
pub(crate) struct Session {
    pub(crate) rings: Rings,
    /// How many services have been announced, or need no announcement.
    announced: usize,
}

impl Session {
    /// Takes up the rings as the driver has just set them up.
    pub(crate) fn start(memory: &impl Memory, host: &impl Host, epoch: u32) -> Result<Self, Fault> {
        let rings = Rings::start(memory, host, epoch)?;
        let announced = match rings.has_feature(rpmsg::F_NS) {
            true => 0,
            // Nobody listens to announcements.
            false => usize::MAX,
        };
        Ok(Self { rings, announced })
    }

    /// Does a batch of what there is to do; `false` if nothing is left and Linux will kick when
    /// that changes. `copy` is room for the payload of a message.
    pub(crate) fn round(
        &mut self,
        memory: &impl Memory,
        services: &mut [&mut dyn Service],
        copy: &mut [u8],
        counters: &mut Counters,
    ) -> Result<bool, Fault> {
        self.rings.listen(memory, false)?;
        for _ in 0..BATCH {
            // Each step may send one message, so there must be room for one. Without room the
            // messages wait in the ring, where Linux's senders see that they have to wait too.
            if !self.rings.has_room(memory)? {
                return self.rings.wait_for_room(memory);
            }
            if self.announce_next(memory, services)? {
                continue;
            }
            let Some(chain) = self.rings.from_host.pop(memory)? else {
                self.rings.listen(memory, true)?;
                return self.rings.from_host.has_available(memory);
            };
            let mut delivery = Delivery {
                chain: Some(chain),
                dropped: false,
            };
            let delivered = self.deliver(memory, services, copy, &chain, &mut delivery)?;
            match delivered && !delivery.dropped {
                true => counters.received = counters.received.wrapping_add(1),
                false => counters.dropped = counters.dropped.wrapping_add(1),
            }
            if let Some(chain) = delivery.chain {
                self.rings.give_back(memory, chain)?;
            }
        }
        Ok(true)
    }

    /// Announces the next service that needs it; `false` if there is none.
    fn announce_next(
        &mut self,
        memory: &impl Memory,
        services: &[&mut dyn Service],
    ) -> Result<bool, Fault> {
        while let Some(service) = services.get(self.announced) {
            self.announced += 1;
            let Some(name) = service.name() else {
                continue;
            };
            let announcement = Announcement {
                name,
                addr: service.addr(),
                action: Action::Create,
            };
            // There is room for one; buffers too short for it are beyond help.
            SendError::or_drop(self.rings.outbox(memory).announce(&announcement))?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Hands a message to its service; `false` if it is malformed or has no service.
    fn deliver(
        &mut self,
        memory: &impl Memory,
        services: &mut [&mut dyn Service],
        copy: &mut [u8],
        chain: &Chain,
        delivery: &mut Delivery,
    ) -> Result<bool, Fault> {
        let size = chain.desc.len as usize;
        if size < rpmsg::HEADER_LEN {
            return Ok(false);
        }
        let mut header = [0; rpmsg::HEADER_LEN];
        memory.read(chain.desc.addr, &mut header)?;
        let header = Header::decode(&header);
        let Ok(range) = header.payload(size) else {
            return Ok(false);
        };
        let payload = payload_at(chain.desc.addr);
        if let Some(service) = services.iter_mut().find(|s| s.addr() == header.dst) {
            let message = Incoming {
                memory,
                copy,
                delivery,
                from: header.src,
                payload,
                len: range.len(),
                epoch: self.rings.epoch,
            };
            service.receive_in_place(message, &mut self.rings.outbox(memory))?;
            return Ok(true);
        }
        match header.dst {
            Addr::NAME_SERVICE => {
                let mut bytes = [0; proto::name_service::MESSAGE_LEN];
                if range.len() != bytes.len() {
                    return Ok(false);
                }
                memory.read(payload, &mut bytes)?;
                Ok(self.linux_announces(memory, services, &bytes))
            }
            Addr::FLOW_CONTROL if self.rings.has_feature(rpmsg::F_FC) => {
                let mut bytes = [0; proto::flow_control::MESSAGE_LEN];
                if range.len() != bytes.len() {
                    return Ok(false);
                }
                memory.read(payload, &mut bytes)?;
                Ok(self.linux_pauses(memory, services, &bytes))
            }
            _ => Ok(false),
        }
    }

    /// Linux has a service, or no longer.
    fn linux_announces(
        &mut self,
        memory: &impl Memory,
        services: &mut [&mut dyn Service],
        bytes: &[u8],
    ) -> bool {
        let Ok(announcement) = Announcement::parse(bytes) else {
            return false;
        };
        for service in services {
            service.linux_service(&announcement, &mut self.rings.outbox(memory));
        }
        true
    }

    /// An endpoint of Linux wants nothing from a service for now, or something again.
    fn linux_pauses(
        &mut self,
        memory: &impl Memory,
        services: &mut [&mut dyn Service],
        bytes: &[u8],
    ) -> bool {
        let Ok(FlowControl { src, dst, pause }) = FlowControl::parse(bytes) else {
            return false;
        };
        let Some(service) = services.iter_mut().find(|s| s.addr() == dst) else {
            return false;
        };
        if self.rings.pauses.set(dst, src, pause) {
            service.flow(src, pause, &mut self.rings.outbox(memory));
        }
        true
    }
}
