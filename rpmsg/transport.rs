// SPDX-License-Identifier: GPL-2.0

//! The side of the bus that faces transports.
//!
//! A transport moves messages: it implements [`Transport`] and, for the time that its device lives,
//! has a [`Registration`] of a [`Host`]. The host is everything that does not depend on how messages
//! move: the channels, the endpoints and their queues, the senders that wait for a buffer, the
//! announcements. It lives in this module and as long as anybody refers to it, whereas the transport
//! is gone for good when its registration is dropped; who comes later gets [`ENXIO`].

use crate::{
    static_channels,
    Addr,
    ChannelInfo, //
};
use amp::{
    addr_table::AddrTable,
    bottom_half::{
        new_spinlock_bh,
        SpinLockBh, //
    },
    gate::Gated,
    new_wait_queue,
    ratelimit::RateLimit,
    rcu_arc::RcuArc,
    wait::WaitQueue,
    work::OwnedQueue, //
};
use buffer::{
    Buffer,
    Chain,
    Spare, //
};
use core::ptr::NonNull;
use counters::HostCounters;
use endpoint::Endpoint;
use kernel::{
    device,
    fmt,
    prelude::*,
    sync::{
        aref::ARef,
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc, //
    },
    workqueue::{
        new_work,
        Work, //
    }, //
};

mod buffer;
mod c_abi;
mod counters;
mod endpoint;
mod flow;
mod queue;
mod receive;
mod send;
mod statistics;

use c_abi::channel;
pub(crate) use c_abi::{
    channel::{
        count_refusal,
        create_channel,
        create_held, //
    },
    endpoint_ops::{
        retire,
        set_atomic,
        set_send_timeout,
        settle,
        shutdown,
        start,
        try_set_flow_control, //
    },
    nocopy, //
};
pub use counters::Refusal;
pub(crate) use queue::Callbacks;
pub use receive::{
    Delivery,
    Incoming, //
};
pub(crate) use statistics::root as statistics_root;

/// The most channels that a host has: a remote can ask for any number.
const MAX_CHANNELS: u32 = 1024;

/// What a way of moving messages offers. Functions may be called on any thread at any time between
/// the creation and the end of the [`Registration`].
pub trait Transport: Send + Sync {
    /// The longest payload in bytes.
    fn mtu(&self) -> usize;

    /// Takes a free buffer to send in, if there is one. Must not sleep.
    ///
    /// # Errors
    ///
    /// If there will be none any more, see [`Host::sending_ends`].
    fn take_buffer(&self) -> Result<Option<u32>>;

    /// Whether [`take_buffer`](Transport::take_buffer) would give one. Must not sleep.
    ///
    /// If not, the transport must call [`Host::buffer_is_free`] when it would, as soon as `when`
    /// says.
    ///
    /// # Errors
    ///
    /// As [`take_buffer`](Transport::take_buffer).
    fn has_buffer(&self, when: When) -> Result<bool>;

    /// Takes a free buffer and sends `payload` in it, if that is less work than one after the other.
    /// [`None`] if it isn't, or there is no buffer; a result is that of [`send`](Transport::send).
    /// May sleep.
    fn send_at_once(&self, src: Addr, dst: Addr, payload: &[u8]) -> Option<Result> {
        let _ = (src, dst, payload);
        None
    }

    /// Sends `payload`, which is not longer than the [`mtu`](Transport::mtu), in `buffer`. May sleep.
    ///
    /// The buffer is the transport's again, also after an error.
    fn send(&self, buffer: u32, src: Addr, dst: Addr, payload: &[u8]) -> Result;

    /// Where the payload of a buffer that was [taken](Transport::take_buffer) goes, with room for
    /// [`mtu`](Transport::mtu) bytes; valid until the transport's device is unbound. [`None`] if
    /// the transport can't have payloads written in place. Must not sleep.
    fn payload(&self, buffer: u32) -> Option<NonNull<u8>> {
        let _ = buffer;
        None
    }

    /// Sends a buffer whose payload, `len` bytes, was written in place. May sleep.
    ///
    /// The buffer is the transport's again, also after an error.
    fn send_filled(&self, buffer: u32, src: Addr, dst: Addr, len: usize) -> Result;

    /// Takes a buffer back that was [taken](Transport::take_buffer) in vain. Must not sleep.
    fn put_buffer(&self, buffer: u32);

    /// Hands messages that have come to `delivery`, some of them. Must not sleep: this is called in
    /// softirqs too. Called by several at a time: to keep messages in order, the transport lets one in
    /// after the other has [finished](Delivery::finish) its delivery, by a
    /// [lock for that](amp::bottom_half::SpinLockBh).
    ///
    /// Returns whether it wants to be called again soon. If not, the transport must call
    /// [`Host::poll`] when there is something new.
    fn receive(&self, delivery: Delivery<'_, '_>) -> bool;

    /// Tells the other side of buffers that were given back, after [`receive`](Transport::receive) has
    /// [asked for that](Delivery::tell_of_buffers). May sleep.
    fn tell_of_buffers(&self) {}

    /// Writes what the transport has counted, a line `name: number` each. Process context.
    fn show_statistics(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let _ = f;
        Ok(())
    }
}

/// When a transport tells that buffers have come free.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// At the first one.
    One,
    /// When there are so many that waking somebody is worth it. May be never: whoever says so looks
    /// for himself after a while.
    Many,
}

/// Whether a sender waits for a buffer.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// As long as the endpoint says, which is up to 15 s by default.
    Yes,
    /// Not at all.
    No,
}

/// What is wrong with a message that a transport drops.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// It is longer than the buffer that it is said to be in.
    Length,
    /// Its header does not fit what was received.
    Header,
}

/// Memory that is set aside for messages at most, in bytes.
pub const SPARE_BYTES: usize = 1 << 20;

/// How a host is set up.
#[derive(Clone, Copy)]
pub struct Config {
    /// Whether the other side takes part in the name service: whether channels are announced to it.
    pub name_service: bool,
    /// Whether the other side wants to hear when a channel to a service of its has got a driver.
    pub tell_bound: bool,
    /// Whether both sides heed flow control.
    pub flow_control: bool,
    /// How many buffers the transport has to receive in, and the longest message in one, in bytes,
    /// with the transport's own header:
    /// memory for as many messages is set aside, so that receiving them does not fail for lack of
    /// it, as long as that is not more than [`SPARE_BYTES`].
    pub received: usize,
    /// See above.
    pub received_len: usize,
}

/// This end of a transport: its channels and endpoints.
#[pin_data]
pub struct Host {
    parent: ARef<device::Device>,
    name_service: bool,
    tell_bound: bool,
    flow_control: bool,
    /// The longest payload to send.
    mtu: usize,
    /// The longest message to receive, with the transport's header.
    received_len: usize,
    #[pin]
    transport: Gated<Arc<dyn Transport>>,
    /// On which callbacks run.
    queue: RcuArc<OwnedQueue>,
    #[pin]
    endpoints: AddrTable<Endpoint>,
    /// Those who wait for a buffer. Here, since a poll may hang on to it longer than the transport
    /// lives.
    #[pin]
    senders: WaitQueue,
    /// Those who poll for the end of a pause.
    #[pin]
    resumed: WaitQueue,
    #[pin]
    spare: SpinLockBh<Spare>,
    channels: Atomic<u32>,
    counters: HostCounters,
    #[pin]
    complaints: RateLimit,
    /// The number, 1 or 2, of the poller that may be in a callback, or [`receive::NOBODY`].
    caller: Atomic<u32>,
    /// The poller that is not in a callback was queued by the one that may be, and has not started.
    relieved: Atomic<bool>,
    /// Answers come while callbacks still run: no need for interrupts.
    busy: Atomic<bool>,
    /// The last message was for an endpoint whose callbacks never sleep.
    soft_first: Atomic<bool>,
    /// The poller in softirq context has left it to the others to tell the other side of buffers.
    owes_kick: Atomic<bool>,
    #[pin]
    even: Work<Host, 0>,
    #[pin]
    odd: Work<Host, 1>,
    #[pin]
    soft: Work<Host, { receive::SOFT }>,
}

impl Host {
    /// The device that the transport drives.
    pub fn device(&self) -> &device::Device {
        &self.parent
    }

    /// A buffer is free to send in: lets the one who has waited longest have it. Any context.
    pub fn buffer_is_free(&self) {
        self.senders.wake_one();
    }

    /// The same, of which the other side has told by an interrupt. Any context.
    pub fn buffer_interrupt(&self) {
        self.counters.buffer_interrupts.fetch_add(1, Relaxed);
        self.buffer_is_free();
    }

    /// Nothing can be sent any more, though the transport is still there: who waits for a buffer
    /// looks again, and gets the transport's error. Any context.
    pub fn sending_ends(&self) {
        self.senders.wake_all();
    }

    /// The other side is told to look at a queue, a number of the transport's. Any context.
    #[inline]
    pub fn note_kick(&self, queue: u32) {
        amp::trace::rpmsg::kick(|| (&self.parent, queue));
    }

    /// Whether one more message about what the other side does wrong may go into the log.
    pub fn may_complain(&self) -> bool {
        self.complaints.allows(c"rpmsg")
    }

    /// Counts a message that the transport drops. Returns whether to tell of it in the log: of the
    /// first one of each kind in any case. Any context.
    pub fn dropped(&self, malformed: Malformed) -> bool {
        let count = match malformed {
            Malformed::Length => &self.counters.bad_length,
            Malformed::Header => &self.counters.bad_header,
        };
        count.fetch_add(1, Relaxed) == 0 || self.may_complain()
    }

    /// Puts memory of messages back. Process context or a softirq.
    #[inline(never)]
    fn recycle_all(&self, buffers: &mut Chain) {
        if buffers.len() > 0 {
            self.spare.lock().put(buffers);
            if buffers.len() > 0 {
                // The rest without the lock.
                drop(core::mem::take(buffers));
            }
        }
    }

    /// Puts memory of a message back. Process context.
    fn recycle(&self, buffer: KBox<Buffer>) {
        let mut chain = Chain::new();
        chain.push(buffer);
        self.recycle_all(&mut chain);
    }
}

/// A host that is in use. Dropping it removes all channels and lets the transport go.
///
/// Dropping may sleep, until all drivers are unbound.
pub struct Registration {
    host: Arc<Host>,
    _statistics: statistics::Files,
}

impl Registration {
    /// Makes a host below `parent`, the device that the transport drives. Process context.
    ///
    /// Messages can be sent and received from here on, as far as the transport is concerned.
    pub fn new(
        parent: &device::Device,
        transport: Arc<dyn Transport>,
        config: Config,
    ) -> Result<Self> {
        let mtu = transport.mtu();
        let most = SPARE_BYTES / config.received_len.max(1);
        let spare = Spare::new(config.received.min(most), config.received_len)?;
        let host = Arc::pin_init(
            try_pin_init!(Host {
                parent: parent.into(),
                name_service: config.name_service,
                tell_bound: config.tell_bound,
                flow_control: config.flow_control,
                mtu,
                received_len: config.received_len,
                transport <- Gated::new(transport),
                queue: queue::queue()?,
                endpoints <- AddrTable::new(),
                senders <- new_wait_queue!("rpmsg senders"),
                resumed <- new_wait_queue!("rpmsg resumed"),
                spare <- new_spinlock_bh!(spare),
                channels: Atomic::new(0),
                counters: HostCounters::new(),
                complaints <- RateLimit::new(),
                caller: Atomic::new(receive::NOBODY),
                relieved: Atomic::new(false),
                busy: Atomic::new(false),
                soft_first: Atomic::new(false),
                owes_kick: Atomic::new(false),
                even <- new_work!("rpmsg poller"),
                odd <- new_work!("rpmsg poller"),
                soft <- new_work!("rpmsg softirq poller"),
            }? Error),
            GFP_KERNEL,
        )?;
        Ok(Self {
            _statistics: statistics::Files::new(&host)?,
            host,
        })
    }

    /// The host, for the transport to keep.
    pub fn host(&self) -> &Arc<Host> {
        &self.host
    }

    /// Lets the transport go: senders fail with [`ENXIO`], also those that wait. May sleep, until
    /// nobody uses the transport or creates a channel. The transport's device can be reset then.
    pub fn close(&self) {
        let host = &self.host;
        drop(host.transport.close_and(|| {
            host.senders.wake_all();
            host.resumed.wake_all();
            host.wake_paused();
        }));
        host.end_softirq();
    }

    /// Creates the channels that exist without an announcement. To be called when messages can be
    /// sent. Process context.
    ///
    /// Of those that can't be created the log tells; that is no reason not to go on.
    pub fn add_static_channels(&self) -> Result {
        for channel in static_channels::of(&self.host.parent)? {
            let info = ChannelInfo {
                name: channel.name,
                src: channel.src,
                dst: channel.dst,
            };
            let _ = channel::create(&self.host, &info);
        }
        Ok(())
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // Nobody creates a channel any more.
        self.close();

        let host = &self.host;
        channel::remove_all(host);
        // Endpoints that their owners have forgotten.
        while let Some((_, endpoint)) = host.endpoints.take_first() {
            endpoint::close(&endpoint);
        }
    }
}
