// SPDX-License-Identifier: GPL-2.0

//! The two rings of a driver, as services use them.

use proto::flow_control::FlowControl;
use proto::name_service::Announcement;
use proto::rpmsg;
use proto::rpmsg::Addr;
use proto::rpmsg::Header;
use proto::vring::Chain;
use proto::vring::Fault;
use proto::vring::Memory;
use proto::vring::Queue;
use proto::DeviceAddr;

use crate::flow::Pauses;
use crate::Buffer;
use crate::Held;
use crate::Host;
use crate::Outbox;
use crate::SendError;
use crate::FROM_HOST;
use crate::TO_HOST;

/// The rings, and what is known of the other end.
pub(crate) struct Rings {
    to_host: Queue,
    pub(crate) from_host: Queue,
    /// A buffer to Linux that was taken but has not been sent.
    spare: Option<Chain>,
    /// Messages that Linux does not yet see.
    sent: bool,
    /// Buffers that go back to Linux and that it does not yet see.
    returned: bool,
    /// Whether Linux has been asked to kick when it gives buffers.
    wants_room: bool,
    /// Whether Linux has been asked to kick for new messages.
    listening: bool,
    /// The features that the driver has taken.
    features: u32,
    pub(crate) pauses: Pauses,
    /// The number of this driver, for what outlives it.
    pub(crate) epoch: u32,
}

impl Rings {
    /// Takes up the rings as the driver has just set them up.
    pub(crate) fn start(memory: &impl Memory, host: &impl Host, epoch: u32) -> Result<Self, Fault> {
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
            to_host,
            from_host,
            spare: None,
            sent: false,
            returned: false,
            wants_room: false,
            listening: true,
            features,
            pauses: Pauses::default(),
            epoch,
        })
    }

    /// Whether the driver has taken the feature with this number.
    pub(crate) const fn has_feature(&self, number: u32) -> bool {
        self.features & (1 << number) != 0
    }

    /// Whether the driver is still the one for which this was started.
    pub(crate) fn is_current(&self, memory: &impl Memory) -> Result<bool, Fault> {
        Ok(self.to_host.is_marked(memory)? && self.from_host.is_marked(memory)?)
    }

    /// Asks Linux to kick for new messages, or not to.
    pub(crate) fn listen(&mut self, memory: &impl Memory, want: bool) -> Result<(), Fault> {
        if self.listening != want {
            self.listening = want;
            self.from_host.want_kicks(memory, want)?;
        }
        Ok(())
    }

    /// Whether a message can be sent.
    pub(crate) fn has_room(&mut self, memory: &impl Memory) -> Result<bool, Fault> {
        if self.spare.is_none() && !self.to_host.has_available(memory)? {
            return Ok(false);
        }
        if core::mem::take(&mut self.wants_room) {
            self.to_host.want_kicks(memory, false)?;
        }
        Ok(true)
    }

    /// Asks for a kick when there is room; `true` if there is room already.
    pub(crate) fn wait_for_room(&mut self, memory: &impl Memory) -> Result<bool, Fault> {
        if !self.wants_room {
            self.wants_room = true;
            self.to_host.want_kicks(memory, true)?;
        }
        self.to_host.has_available(memory)
    }

    /// Gives a buffer of Linux's back.
    pub(crate) fn give_back(&mut self, memory: &impl Memory, chain: Chain) -> Result<(), Fault> {
        self.from_host.push(memory, chain, 0)?;
        self.returned = true;
        Ok(())
    }

    /// Shows Linux what has been done, and kicks where it wants that.
    pub(crate) fn flush(
        &mut self,
        memory: &impl Memory,
        host: &mut impl Host,
    ) -> Result<(), Fault> {
        if core::mem::take(&mut self.sent) && self.to_host.publish(memory)? {
            host.kick(TO_HOST);
        }
        if core::mem::take(&mut self.returned) && self.from_host.publish(memory)? {
            host.kick(FROM_HOST);
        }
        Ok(())
    }

    pub(crate) fn outbox<'a, M: Memory>(&'a mut self, memory: &'a M) -> Outgoing<'a, M> {
        Outgoing {
            rings: self,
            memory,
        }
    }
}

/// Bytes of payload that a buffer has room for.
fn room(chain: &Chain) -> usize {
    match chain.desc.is_write() {
        // The header has 16 bits for it.
        true => (chain.desc.len as usize)
            .saturating_sub(rpmsg::HEADER_LEN)
            .min(u16::MAX.into()),
        false => 0,
    }
}

/// Where the payload is in the buffer at `buffer`.
pub(crate) const fn payload_at(buffer: DeviceAddr) -> DeviceAddr {
    DeviceAddr(buffer.0.wrapping_add(rpmsg::HEADER_LEN as u64))
}

/// The [`Outbox`] of this library.
pub(crate) struct Outgoing<'a, M> {
    rings: &'a mut Rings,
    memory: &'a M,
}

impl<M: Memory> Outgoing<'_, M> {
    /// The buffer for the next message.
    fn take(&mut self) -> Result<Chain, SendError> {
        match self.rings.spare {
            Some(chain) => Ok(chain),
            None => {
                let chain = self.rings.to_host.pop(self.memory)?;
                self.rings.spare = chain;
                chain.ok_or(SendError::NoBuffer)
            }
        }
    }
}

impl<M: Memory> Outbox for Outgoing<'_, M> {
    fn send(&mut self, src: Addr, dst: Addr, payload: &[u8]) -> Result<(), SendError> {
        let (len, chain) = (payload.len(), self.take()?);
        if len <= room(&chain) {
            self.memory.write(payload_at(chain.desc.addr), payload)?;
        }
        self.commit(src, dst, len)
    }

    fn reserve(&mut self) -> Result<Buffer<'_>, SendError> {
        let chain = self.take()?;
        Ok(Buffer {
            memory: self.memory,
            payload: payload_at(chain.desc.addr),
            room: room(&chain),
        })
    }

    fn commit(&mut self, src: Addr, dst: Addr, len: usize) -> Result<(), SendError> {
        let chain = self.take()?;
        if self.rings.pauses.has(src, dst) {
            return Err(SendError::Paused);
        }
        let room = room(&chain);
        let header = match u16::try_from(len) {
            Ok(len) if usize::from(len) <= room => Header::new(src, dst, len),
            _ => return Err(SendError::TooLong { len, room }),
        };
        self.memory.write(chain.desc.addr, &header.encode())?;
        self.rings.spare = None;
        let written = (rpmsg::HEADER_LEN + len) as u32;
        self.rings.to_host.push(self.memory, chain, written)?;
        self.rings.sent = true;
        Ok(())
    }

    fn pause(&mut self, service: Addr, peer: Addr, pause: bool) -> Result<(), SendError> {
        if !self.rings.has_feature(rpmsg::F_FC) {
            return Err(SendError::NoFlowControl);
        }
        let message = FlowControl {
            src: service,
            dst: peer,
            pause,
        };
        self.send(service, Addr::FLOW_CONTROL, &message.encode())
    }

    fn announce(&mut self, announcement: &Announcement) -> Result<(), SendError> {
        let addr = announcement.addr;
        self.send(addr, Addr::NAME_SERVICE, &announcement.encode())
    }

    fn read(&self, held: &Held, at: usize, to: &mut [u8]) -> Result<(), SendError> {
        if held.epoch != self.rings.epoch {
            return Err(SendError::Gone);
        }
        Ok(held.read(self.memory, at, to)?)
    }

    fn release(&mut self, held: Held) -> Result<(), Fault> {
        // The next driver has buffers of its own.
        if held.epoch != self.rings.epoch {
            return Ok(());
        }
        self.rings.give_back(self.memory, held.chain)
    }
}
