// SPDX-License-Identifier: GPL-2.0

//! `/dev/rpmsgN`, open or not.

use crate::{
    attributes::ATTRIBUTES,
    inbox::Inbox,
    session::{
        Link,
        Session, //
    },
    NUMBERS, //
};
use amp::{
    cdev::{
        CharDevice,
        Kind,
        Registration, //
    },
    chrdev::Region,
    class::Class,
    lease::Lease,
    ratelimit::RateLimit,
    sysfs, //
};
use kernel::{
    device::{
        self,
        Bound, //
    },
    prelude::*,
    sync::{
        aref::ARef,
        atomic::{
            Atomic,
            Relaxed, //
        },
        new_mutex,
        Arc,
        Mutex, //
    }, //
};
use rpmsg::{
    Addr,
    ChannelInfo,
    Endpoint,
    Message,
    Port, //
};

/// Whose endpoint a device uses.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// One of its own, from open to release.
    Own,
    /// The channel's, which receives from the start.
    Channel,
}

/// Who has a device open.
enum Open {
    Nobody,
    Somebody(Arc<Session>),
    /// The device was destroyed: nobody can.
    Never,
}

/// The state of a device.
#[pin_data]
pub(crate) struct Eptdev {
    pub(crate) info: ChannelInfo,
    pub(crate) source: Source,
    /// The channel, whether it is bound or not.
    pub(crate) channel: ARef<rpmsg::Device>,
    lease: Lease<rpmsg::Device<Bound>>,
    /// The address at which messages are received, [`Addr::ANY`] if that is not decided.
    src: Atomic<u32>,
    #[pin]
    open: Mutex<Open>,
    #[pin]
    pub(crate) inbox: Inbox,
    #[pin]
    complaints: RateLimit,
    /// What makes the device visible: its own, until somebody destroys it.
    #[pin]
    registration: Mutex<Option<Registration<Eptdev>>>,
}

impl Kind for Eptdev {
    const NAME: &'static CStr = c"rpmsg";
    const GROUPS: Option<&'static sysfs::Groups<CharDevice<Self>>> = Some(&ATTRIBUTES);

    fn region() -> &'static Region {
        &NUMBERS
    }

    fn class() -> &'static Class<device::Device> {
        &rpmsg::c_abi::rpmsg_class
    }
}

/// Makes a device below `parent` that sends to `info.dst`, by the endpoint that `source` says.
/// Process context, may sleep.
///
/// It stays until [`Eptdev::destroy`], which must be called before `channel` is unbound: that waits
/// for who has the device open.
pub(crate) fn create(
    channel: &rpmsg::Device<Bound>,
    parent: &device::Device,
    info: ChannelInfo,
    source: Source,
) -> Result<ARef<CharDevice<Eptdev>>> {
    let new = CharDevice::create(
        parent,
        try_pin_init!(Eptdev {
            info,
            source,
            lease: Lease::new(channel)?,
            channel: channel.into(),
            src: Atomic::new(info.src.0),
            open <- new_mutex!(Open::Nobody),
            inbox <- Inbox::new(),
            complaints <- RateLimit::new(),
            registration <- new_mutex!(None),
        }? Error),
    )?;
    let dev = new.device().clone();

    // Who opens and destroys it at once waits for this.
    let mut registration = dev.registration.lock();
    *registration = Some(new.register()?);
    drop(registration);
    Ok(dev)
}

impl Eptdev {
    /// The address at which messages are received. [`Addr::ANY`] while the device is not open and
    /// will get any.
    pub(crate) fn src(&self) -> Addr {
        Addr(self.src.load(Relaxed))
    }

    /// Opens the device.
    ///
    /// # Errors
    ///
    /// [`EBUSY`] if it is open, [`ENETRESET`] if it was destroyed, [`EINVAL`] if there is no
    /// endpoint to be had, for one because the address is taken; the log says why.
    pub(crate) fn open(this: &CharDevice<Self>) -> Result<Arc<Session>> {
        let mut open = this.open.lock();
        match *open {
            Open::Nobody => (),
            Open::Somebody(_) => return Err(EBUSY),
            Open::Never => return Err(ENETRESET),
        }

        let channel = this.lease.enter().ok_or(ENETRESET)?;
        let (link, src) = match this.source {
            Source::Channel => (Link::Channel(channel), this.info.src),
            Source::Own => {
                let reader = Reader(this.into());
                let endpoint =
                    Endpoint::leased(channel, this.info.src, reader).map_err(|_| EINVAL)?;
                let src = endpoint.port().addr();
                (Link::Own(endpoint), src)
            }
        };
        let session = Session::new(link)?;
        this.src.store(src.0, Relaxed);
        *open = Open::Somebody(session.clone());
        Ok(session)
    }

    /// Ends what [`Eptdev::open`] began.
    pub(crate) fn close(&self, session: &Session) {
        session.unpause(self.info.dst);
        let mut open = self.open.lock();

        // At a fixed address the endpoint has to be gone before the next one comes.
        session.end();
        self.src.store(self.info.src.0, Relaxed);
        self.inbox.clear();
        if self.source == Source::Own {
            // What the other side has asked of the endpoint is gone with it.
            self.inbox.unpause();
        }
        if matches!(*open, Open::Somebody(_)) {
            *open = Open::Nobody;
        }
    }

    /// Destroys the device, if nobody has: it vanishes, and who has it open gets errors, also those
    /// who wait. May sleep.
    pub(crate) fn destroy(&self) {
        let Some(registration) = self.registration.lock().take() else {
            return;
        };

        let open = core::mem::replace(&mut *self.open.lock(), Open::Never);
        if let Open::Somebody(session) = open {
            session.cut(|| self.inbox.readers.wake_all());
        }
        self.lease.end();
        drop(registration);
    }

    /// Takes a message for the reader. Process context, or a softirq if it has at most
    /// [`rpmsg::ATOMIC_LEN`] bytes.
    pub(crate) fn receive(this: &CharDevice<Self>, payload: &[u8]) {
        let Err(error) = this.inbox.push(payload) else {
            return;
        };
        if !this.complaints.allows(c"rpmsg_char") {
            return;
        }
        let dev: &device::Device = this.as_ref();
        if error == ENOBUFS {
            dev_warn!(
                dev,
                "nobody reads: the queue is full, messages are dropped, {} so far\n",
                this.inbox.dropped()
            );
        } else {
            dev_err!(
                dev,
                "a message of {} bytes was lost: {}\n",
                payload.len(),
                error.to_errno()
            );
        }
    }
}

/// What takes the messages of a device's own endpoint.
pub(crate) struct Reader(ARef<CharDevice<Eptdev>>);

impl rpmsg::Receiver for Reader {
    const ATOMIC: bool = true;

    fn receive(&self, _port: Port<'_>, message: Message<'_>) -> Result {
        Eptdev::receive(&self.0, message.payload);
        Ok(())
    }

    fn flow_control(&self, pause: bool) {
        self.0.inbox.set_paused(pause);
    }
}
