// SPDX-License-Identifier: GPL-2.0

//! The time from a driver's becoming ready to its going away.

use core::cmp::min;

use proto::name_service::Action;
use proto::name_service::Announcement;
use proto::rpmsg;
use proto::rpmsg::Addr;
use proto::rpmsg::Header;
use proto::rpmsg::Message;
use proto::vring::Chain;
use proto::vring::Fault;
use proto::vring::Memory;
use proto::vring::Queue;
use proto::DeviceAddr;

use crate::Host;
use crate::Outbox;
use crate::SendError;
use crate::Service;
use crate::FROM_HOST;
use crate::TO_HOST;

/// Messages taken before Linux is told of the answers: few enough that it need not wait long, many
/// enough that a stream of messages costs few kicks.
const BATCH: usize = 16;

/// The largest message that this library takes, header included. Linux's buffers have this size.
const BUFFER_LEN: usize = rpmsg::BUFFER_LEN;

/// Messages counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Delivered to a service.
    pub received: u32,
    /// Received but not delivered: malformed, or to an address that no service has.
    pub dropped: u32,
}

/// The rings of a driver that is ready.
pub(crate) struct Session {
    to_host: ToHost,
    from_host: Queue,
    /// Buffers that go back to Linux and that it does not yet see.
    returned: bool,
    /// Whether Linux has been asked to kick for new messages.
    listening: bool,
    /// How many services have been announced, or need no announcement.
    announced: usize,
    /// The message at hand: a copy, since Linux may still write the original.
    buffer: Buffer,
}

impl Session {
    /// Takes up the rings as the driver has just set them up.
    pub(crate) fn start(memory: &impl Memory, host: &impl Host) -> Result<Self, Fault> {
        let features = host.features();
        let queue = |number| {
            let (base, layout) = host.vring(number);
            Queue::new(base, layout, features)
        };
        let (to_host, from_host) = (queue(TO_HOST), queue(FROM_HOST));
        to_host.mark(memory)?;
        from_host.mark(memory)?;
        to_host.want_kicks(memory, false)?;
        Ok(Self {
            to_host: ToHost {
                queue: to_host,
                spare: None,
                sent: false,
                waiting: false,
            },
            from_host,
            returned: false,
            listening: true,
            announced: match features & (1 << rpmsg::F_NS) {
                // Nobody listens to announcements.
                0 => usize::MAX,
                _ => 0,
            },
            buffer: Buffer([0; BUFFER_LEN]),
        })
    }

    /// Whether the driver is still the one for which this was started.
    pub(crate) fn is_current(&self, memory: &impl Memory) -> Result<bool, Fault> {
        Ok(self.to_host.queue.is_marked(memory)? && self.from_host.is_marked(memory)?)
    }

    /// Does a batch of what there is to do; `false` if nothing is left and Linux will kick when
    /// that changes.
    pub(crate) fn round(
        &mut self,
        memory: &impl Memory,
        services: &mut [&mut dyn Service],
        counters: &mut Counters,
    ) -> Result<bool, Fault> {
        self.listen(memory, false)?;
        for _ in 0..BATCH {
            // Each step may send one message, so there must be room for one. Without room the
            // messages wait in the ring, where Linux's senders see that they have to wait too.
            if !self.to_host.has_room(memory)? {
                return self.to_host.wait_for_room(memory);
            }
            if self.announce_next(memory, services)? {
                continue;
            }
            let Some(chain) = self.from_host.pop(memory)? else {
                self.listen(memory, true)?;
                return Ok(self.from_host.available(memory)? != 0);
            };
            match self.deliver(memory, services, &chain)? {
                true => counters.received = counters.received.wrapping_add(1),
                false => counters.dropped = counters.dropped.wrapping_add(1),
            }
            self.from_host.push(memory, chain, 0)?;
            self.returned = true;
        }
        Ok(true)
    }

    /// Shows Linux what has been done, and kicks where it wants that.
    pub(crate) fn flush(
        &mut self,
        memory: &impl Memory,
        host: &mut impl Host,
    ) -> Result<(), Fault> {
        if core::mem::take(&mut self.to_host.sent) && self.to_host.queue.publish(memory)? {
            host.kick(TO_HOST);
        }
        if core::mem::take(&mut self.returned) && self.from_host.publish(memory)? {
            host.kick(FROM_HOST);
        }
        Ok(())
    }

    fn listen(&mut self, memory: &impl Memory, want: bool) -> Result<(), Fault> {
        if self.listening != want {
            self.listening = want;
            self.from_host.want_kicks(memory, want)?;
        }
        Ok(())
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
            let mut out = self.to_host.outbox(memory);
            match out.send(service.addr(), Addr::NAME_SERVICE, &announcement.encode()) {
                Err(SendError::Ring(fault)) => return Err(fault),
                // There is room for one; buffers too short for it are beyond help.
                Ok(()) | Err(SendError::NoBuffer | SendError::TooLong { .. }) => return Ok(true),
            }
        }
        Ok(false)
    }

    /// Hands a message to its service; `false` if it is malformed or has no service.
    fn deliver(
        &mut self,
        memory: &impl Memory,
        services: &mut [&mut dyn Service],
        chain: &Chain,
    ) -> Result<bool, Fault> {
        let Some(bytes) = usize::try_from(chain.desc.len)
            .ok()
            .and_then(|len| self.buffer.0.get_mut(..len))
        else {
            return Ok(false);
        };
        memory.read(chain.desc.addr, bytes)?;
        let Ok(Message { header, payload }) = Message::parse(bytes) else {
            return Ok(false);
        };
        let Some(service) = services.iter_mut().find(|s| s.addr() == header.dst) else {
            return Ok(false);
        };
        service.receive(header.src, payload, &mut self.to_host.outbox(memory));
        Ok(true)
    }
}

/// Aligned, so that it can be filled word by word.
#[repr(align(4))]
struct Buffer([u8; BUFFER_LEN]);

/// The way to Linux.
struct ToHost {
    queue: Queue,
    /// A buffer that was taken but not needed.
    spare: Option<Chain>,
    /// Messages that Linux does not yet see.
    sent: bool,
    /// Whether Linux has been asked to kick when it gives buffers.
    waiting: bool,
}

impl ToHost {
    fn outbox<'a, M: Memory>(&'a mut self, memory: &'a M) -> ToHostNow<'a, M> {
        ToHostNow {
            to_host: self,
            memory,
        }
    }

    fn has_room(&mut self, memory: &impl Memory) -> Result<bool, Fault> {
        if self.spare.is_none() && self.queue.available(memory)? == 0 {
            return Ok(false);
        }
        if core::mem::take(&mut self.waiting) {
            self.queue.want_kicks(memory, false)?;
        }
        Ok(true)
    }

    /// Asks for a kick when there is room; `true` if there is room already.
    fn wait_for_room(&mut self, memory: &impl Memory) -> Result<bool, Fault> {
        if !self.waiting {
            self.waiting = true;
            self.queue.want_kicks(memory, true)?;
        }
        Ok(self.queue.available(memory)? != 0)
    }
}

struct ToHostNow<'a, M> {
    to_host: &'a mut ToHost,
    memory: &'a M,
}

impl<M: Memory> Outbox for ToHostNow<'_, M> {
    fn send(&mut self, src: Addr, dst: Addr, payload: &[u8]) -> Result<(), SendError> {
        let chain = match self.to_host.spare.take() {
            Some(chain) => chain,
            None => self
                .to_host
                .queue
                .pop(self.memory)?
                .ok_or(SendError::NoBuffer)?,
        };
        let size = min(usize::try_from(chain.desc.len).unwrap_or(0), BUFFER_LEN);
        let room = size.saturating_sub(rpmsg::HEADER_LEN);
        let len = payload.len();
        let header = match u16::try_from(len) {
            Ok(len) if payload.len() <= room && chain.desc.is_write() => Header::new(src, dst, len),
            _ => {
                self.to_host.spare = Some(chain);
                return Err(SendError::TooLong { len, room });
            }
        };
        let at = chain.desc.addr;
        let behind = DeviceAddr(at.0.wrapping_add(rpmsg::HEADER_LEN as u64));
        self.memory.write(at, &header.encode())?;
        self.memory.write(behind, payload)?;
        let written = (rpmsg::HEADER_LEN + len) as u32;
        self.to_host.queue.push(self.memory, chain, written)?;
        self.to_host.sent = true;
        Ok(())
    }
}
