// SPDX-License-Identifier: GPL-2.0

//! A bus with a fake remote at its other end, and a driver that remembers what it got.

use crate::{
    c_abi::{
        endpoint::Handle,
        others::let_others_run, //
    },
    fake_remote::{
        Config,
        FakeRemote,
        NO_CONFIG,
        RX, //
    },
    slot::Slot, //
};
use amp::completion::Completion;
use kernel::{
    device::{
        Bound,
        Core, //
    },
    new_mutex,
    prelude::*,
    sync::{
        aref::ARef,
        atomic::{
            Atomic,
            Relaxed, //
        },
        Arc,
        Mutex, //
    }, //
};
use proto::{
    name_service::{
        Action,
        Announcement, //
    },
    resource_table::channels::StaticChannel,
    rpmsg::{
        Header,
        F_NS,
        VIRTIO_ID, //
    }, //
};
use rpmsg::{
    Addr,
    Name, //
};

/// Entries of each ring, and buffers of each direction.
pub(crate) const NUM: u16 = 16;

/// How long to wait for what must happen, in milliseconds: a test that needs it has failed.
pub(crate) const FOREVER: u32 = 60_000;

/// How often to let others run before something counts as never happening.
const PATIENCE: u32 = 10_000;

/// Services that the driver knows.
pub(crate) const ECHO: &str = "kunit-echo";
/// See [`ECHO`].
pub(crate) const SINK: &str = "kunit-sink";
/// Where the remote serves them.
pub(crate) const REMOTE_ECHO: Addr = Addr(60);
/// See [`REMOTE_ECHO`].
pub(crate) const REMOTE_SINK: Addr = Addr(61);

/// The channels of the current test's bus.
pub(crate) static REGISTRY: Slot<Arc<Registry>> = Slot::new();

/// The channels that the driver has been bound to in the current test.
#[pin_data]
pub(crate) struct Registry {
    #[pin]
    channels: Mutex<KVec<Arc<Channel>>>,
    #[pin]
    appeared: Completion,
}

/// A bound channel, as the driver sees it.
#[pin_data]
pub(crate) struct Channel {
    pub(crate) dev: ARef<rpmsg::Device>,
    #[pin]
    inbox: Mutex<KVec<(Addr, KVec<u8>)>>,
    #[pin]
    arrived: Completion,
    /// What a message that starts with `HOLD` waits for.
    #[pin]
    pub(crate) go_on: Completion,
    /// Done when such a message waits.
    #[pin]
    pub(crate) holding: Completion,
    #[pin]
    pub(crate) victim: Victim,
    #[pin]
    pub(crate) unbound: Completion,
    /// What became of the driver's last answer: 0 or a negative errno.
    pub(crate) answered: Atomic<i32>,
}

/// What a driver's callback destroys when it goes on after [`HOLD`].
pub(crate) type Victim = Mutex<Option<Arc<Handle>>>;

/// A message that starts so keeps the driver's callback busy until [`Channel::go_on`].
pub(crate) const HOLD: u8 = b'H';

impl Channel {
    /// The next message that came: from whom, and what.
    pub(crate) fn next(&self) -> Result<(Addr, KVec<u8>)> {
        self.arrived.wait_timeout(FOREVER)?;
        let mut inbox = self.inbox.lock();
        if inbox.is_empty() {
            return Err(ENOMSG);
        }
        Ok(inbox.remove(0)?)
    }

    /// How many messages have come that nobody has looked at.
    pub(crate) fn waiting(&self) -> usize {
        self.inbox.lock().len()
    }

    /// The address on this side.
    pub(crate) fn addr(&self) -> Addr {
        self.dev.src()
    }
}

/// The driver.
pub(crate) struct Client(Arc<Channel>);

rpmsg::device_table!(ID_TABLE, (), [(ECHO, ()), (SINK, ())]);

impl Client {
    fn new(dev: &rpmsg::Device<Core<'_>>) -> Result<Self> {
        let registry = REGISTRY.get()?;
        let dev: ARef<rpmsg::Device> = dev.into();
        let channel = Arc::pin_init(
            pin_init!(Channel {
                dev,
                inbox <- new_mutex!(KVec::new()),
                arrived <- Completion::new(),
                go_on <- Completion::new(),
                holding <- Completion::new(),
                victim <- new_mutex!(None),
                unbound <- Completion::new(),
                answered: Atomic::new(0),
            }),
            GFP_KERNEL,
        )?;

        registry.channels.lock().push(channel.clone(), GFP_KERNEL)?;
        registry.appeared.complete();
        Ok(Self(channel))
    }
}

impl rpmsg::Driver for Client {
    type IdInfo = ();
    type Data<'bound> = Self;
    const ID_TABLE: rpmsg::IdTable<()> = &ID_TABLE;

    fn probe<'bound>(
        dev: &'bound rpmsg::Device<Core<'_>>,
        _info: Option<&'bound ()>,
    ) -> impl PinInit<Self, Error> + 'bound {
        Self::new(dev)
    }

    fn receive(dev: &rpmsg::Device<Bound>, client: Pin<&Self>, msg: rpmsg::Message<'_>) -> Result {
        let channel = &client.0;

        if msg.payload.first() == Some(&HOLD) {
            channel.holding.complete();
            channel.go_on.wait_timeout(FOREVER)?;
            let victim = channel.victim.lock().take();
            if let Some(victim) = victim {
                victim.destroy();
            }
        }
        let mut bytes = KVec::new();
        bytes.extend_from_slice(msg.payload, GFP_KERNEL)?;
        channel.inbox.lock().push((msg.src, bytes), GFP_KERNEL)?;
        channel.arrived.complete();
        if dev.name().as_bytes() == ECHO.as_bytes() {
            if let Err(error) = dev.send_to(msg.payload, msg.src) {
                channel.answered.store(error.to_errno(), Relaxed);
            }
        }
        Ok(())
    }

    fn unbind<'bound>(_dev: &'bound rpmsg::Device<Core<'_>>, this: Pin<&Self>) {
        this.0.unbound.complete_all();
    }
}

/// A message as it is on the wire.
pub(crate) fn message(src: Addr, dst: Addr, payload: &[u8]) -> Result<KVec<u8>> {
    let mut bytes = KVec::new();
    bytes.extend_from_slice(
        &Header::new(src, dst, payload.len().try_into()?).encode(),
        GFP_KERNEL,
    )?;
    bytes.extend_from_slice(payload, GFP_KERNEL)?;
    Ok(bytes)
}

/// A bus whose other end is a fake remote.
pub(crate) struct Bus {
    // First: it goes before the registry, which its channels use.
    pub(crate) remote: FakeRemote,
    registry: Arc<Registry>,
}

impl Bus {
    /// A bus with a remote that knows the name service.
    pub(crate) fn new() -> Result<Self> {
        Self::with_features(1 << F_NS)
    }

    /// A bus with a remote that offers these features.
    pub(crate) fn with_features(features: u64) -> Result<Self> {
        Self::with(features, NO_CONFIG, &[])
    }

    /// A bus with a remote that has this configuration space.
    pub(crate) fn with_config(features: u64, config: Config) -> Result<Self> {
        Self::with(features, config, &[])
    }

    /// A bus with a remote below which transports find channels that nobody announces.
    pub(crate) fn with_channels(features: u64, channels: &[StaticChannel]) -> Result<Self> {
        Self::with(features, NO_CONFIG, channels)
    }

    fn with(features: u64, config: Config, channels: &[StaticChannel]) -> Result<Self> {
        let registry = Arc::pin_init(
            pin_init!(Registry {
                channels <- new_mutex!(KVec::new()),
                appeared <- Completion::new(),
            }),
            GFP_KERNEL,
        )?;
        REGISTRY.set(Some(registry.clone()));

        let bus = Self {
            remote: FakeRemote::new(VIRTIO_ID, features, NUM, config, channels)?,
            registry,
        };
        if !bus.remote.is_ready() {
            pr_err!("    # no driver for virtio device {VIRTIO_ID}: is virtio_rpmsg_bus loaded?\n");
            return Err(ENODEV);
        }
        check!(bus.remote.available(RX)? > 0);
        Ok(bus)
    }

    /// Whether Linux puts all its receive buffers back into the ring, as it must whatever comes.
    pub(crate) fn check_ring(&self) -> Result {
        self.check_buffers(NUM)
    }

    /// As [`Self::check_ring`], for a ring that has this many.
    pub(crate) fn check_buffers(&self, all: u16) -> Result {
        // It does so in a thread: let others run, until it has had every chance.
        for round in 0..PATIENCE {
            if self.remote.available(RX)? == all {
                return Ok(());
            }
            let_others_run(round > 20);
        }
        check_eq!(self.remote.available(RX)?, all);
        Ok(())
    }

    /// Waits until Linux has kicked queue `index` so often.
    pub(crate) fn wait_for_kicks(&self, index: usize, kicks: u32) -> Result {
        for round in 0..PATIENCE {
            if self.remote.kicks(index) == kicks {
                return Ok(());
            }
            let_others_run(round > 20);
        }
        check_eq!(self.remote.kicks(index), kicks);
        Ok(())
    }

    /// The remote tells of a service.
    pub(crate) fn tell(&mut self, name: &str, addr: Addr, action: Action) -> Result {
        let announcement = Announcement {
            name: Name::new(name).ok_or(EINVAL)?,
            addr,
            action,
        };
        self.deliver(addr, Addr::NAME_SERVICE, &announcement.encode())
    }

    /// As [`Self::tell`], for a ring with any number of buffers.
    pub(crate) fn tell_unchecked(&mut self, name: &str, addr: Addr, action: Action) -> Result {
        let announcement = Announcement {
            name: Name::new(name).ok_or(EINVAL)?,
            addr,
            action,
        };
        self.remote
            .send(&message(addr, Addr::NAME_SERVICE, &announcement.encode())?)
    }

    /// The remote announces a service, and the driver gets a channel to it.
    pub(crate) fn announce(&mut self, name: &str, addr: Addr) -> Result<Arc<Channel>> {
        self.tell(name, addr, Action::Create)?;
        self.appeared()
    }

    /// Waits until the driver has got another channel, and returns that.
    pub(crate) fn appeared(&self) -> Result<Arc<Channel>> {
        self.registry.appeared.wait_timeout(FOREVER)?;
        self.channels()?.pop().ok_or(ENODEV)
    }

    /// The channels that the driver was bound to so far.
    pub(crate) fn channels(&self) -> Result<KVec<Arc<Channel>>> {
        let mut channels = KVec::new();
        for channel in self.registry.channels.lock().iter() {
            channels.push(channel.clone(), GFP_KERNEL)?;
        }
        Ok(channels)
    }

    /// The remote sends a message, and Linux takes it out of the ring.
    pub(crate) fn deliver(&mut self, src: Addr, dst: Addr, payload: &[u8]) -> Result {
        self.remote.send(&message(src, dst, payload)?)?;
        self.check_ring()
    }

    /// The next message that the remote gets, if there is one.
    pub(crate) fn received(&mut self) -> Result<Option<(Header, KVec<u8>)>> {
        let Some(bytes) = self.remote.receive()? else {
            return Ok(None);
        };
        let message = proto::rpmsg::Message::parse(&bytes).map_err(|_| EBADMSG)?;
        let mut payload = KVec::new();
        payload.extend_from_slice(message.payload, GFP_KERNEL)?;
        Ok(Some((message.header, payload)))
    }

    /// What the remote's name service hears next: from whom, and what. Other messages are skipped.
    pub(crate) fn heard(&mut self) -> Result<(Addr, Action)> {
        // Linux tells of a channel when its driver's probe has returned.
        for round in 0..PATIENCE {
            if let Some(heard) = self.heard_already()? {
                return Ok(heard);
            }
            let_others_run(round > 20);
        }
        Err(ENOMSG)
    }

    /// As [`Self::heard`], if it has come already.
    pub(crate) fn heard_already(&mut self) -> Result<Option<(Addr, Action)>> {
        while let Some((header, payload)) = self.received()? {
            if header.dst == Addr::NAME_SERVICE {
                let announcement = Announcement::parse(&payload).map_err(|_| EBADMSG)?;
                check_eq!(announcement.addr, header.src);
                return Ok(Some((announcement.addr, announcement.action)));
            }
        }
        Ok(None)
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        REGISTRY.set(None);
    }
}
