// SPDX-License-Identifier: GPL-2.0

//! What user space does with an open device.

use crate::{
    device::{
        Eptdev,
        Source, //
    },
    session::Session, //
};
use amp::{
    cdev::{
        CharDevice,
        Operations, //
    },
    poll::{
        Events,
        PollTable, //
    }, //
};
use core::mem::MaybeUninit;
use kernel::{
    fs::{
        file::flags::O_NONBLOCK,
        LocalFile, //
    },
    ioctl::{
        _IO,
        _IOR, //
    },
    iov::{
        IovIterDest,
        IovIterSource, //
    },
    prelude::*,
    sync::{
        aref::ARef,
        Arc, //
    },
    uaccess::{
        UserPtr,
        UserSlice, //
    }, //
};

/// `RPMSG_DESTROY_EPT_IOCTL`.
const DESTROY_EPT: u32 = _IO(0xb5, 2);
/// `RPMSG_GET_OUTGOING_FLOWCONTROL`.
const GET_OUTGOING_FLOWCONTROL: u32 = _IOR::<kernel::ffi::c_int>(0xb5, 5);
/// `RPMSG_SET_INCOMING_FLOWCONTROL`.
const SET_INCOMING_FLOWCONTROL: u32 = _IOR::<kernel::ffi::c_int>(0xb5, 6);
/// How many bytes the next read would give.
const FIONREAD: u32 = kernel::bindings::FIONREAD;

/// The longest message that is taken from user space where the transport does not say what it can
/// send, in bytes.
const MTU_UNKNOWN: usize = 64 << 10;

/// Messages up to this length, in bytes, are sent from the stack, longer ones from memory of their own.
const SHORT: usize = 256;

/// An open device.
pub(crate) struct OpenFile {
    dev: ARef<CharDevice<Eptdev>>,
    session: Arc<Session>,
    /// The longest message that can be sent, in bytes.
    mtu: usize,
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        self.dev.close(&self.session);
    }
}

fn waits(file: &LocalFile) -> bool {
    file.flags() & O_NONBLOCK == 0
}

/// What user space is told of an error of sending.
fn for_user(error: Error, file: &LocalFile) -> Error {
    match error {
        ENOMEM if !waits(file) => EAGAIN,
        // For user space there is no such thing as a restart without a signal.
        ERESTARTSYS if !current!().signal_pending() => ETIMEDOUT,
        ENXIO => EPIPE,
        error => error,
    }
}

#[vtable]
impl Operations for Eptdev {
    type File = KBox<OpenFile>;

    fn open(dev: &CharDevice<Self>, _file: &LocalFile) -> Result<KBox<OpenFile>> {
        let session = Eptdev::open(dev)?;
        let mtu = session.mtu().unwrap_or(MTU_UNKNOWN);
        let file = OpenFile {
            dev: dev.into(),
            session,
            mtu,
        };
        Ok(KBox::new(file, GFP_KERNEL)?)
    }

    /// One message. One that the reader has no room for stays, and the error says so.
    fn read(this: &OpenFile, file: &LocalFile, to: &mut IovIterDest<'_>) -> Result<usize> {
        if to.is_empty() {
            return Ok(0);
        }
        let inbox = &this.dev.inbox;
        let message = inbox
            .take(to.len(), waits(file), || this.session.is_over())?
            .ok_or(EAGAIN)?;

        let len = message.payload().len();
        if to.copy_to_iter(message.payload()) < len {
            inbox.put_back(message);
            return Err(EFAULT);
        }
        Ok(len)
    }

    /// One message.
    fn write(this: &OpenFile, file: &LocalFile, from: &mut IovIterSource<'_>) -> Result<usize> {
        let len = from.len();
        if len > this.mtu {
            return this.session.link().and(Err(EMSGSIZE));
        }
        let mut short = [MaybeUninit::uninit(); SHORT];
        let mut long = KVVec::new();
        // This can take as long as user space likes: the endpoint is not kept meanwhile.
        let payload: &[u8] = match short.get_mut(..len) {
            Some(room) => from.copy_from_iter_raw(room),
            None => {
                from.copy_from_iter_vec(&mut long, GFP_KERNEL)?;
                &long
            }
        };
        if payload.len() < len {
            return Err(EFAULT);
        }

        let link = this.session.link()?;
        let port = link.port().map_err(|_| EPIPE)?;
        let dst = this.dev.info.dst;
        let sent = if waits(file) {
            port.send_to(payload, dst)
        } else {
            port.try_send_to(payload, dst)
        };
        sent.map_err(|error| for_user(error, file)).map(|()| len)
    }

    fn poll<'file>(this: &'file OpenFile, table: &PollTable<'file>) -> Events {
        let inbox = &this.dev.inbox;

        table.register(&inbox.readers);
        let Ok(link) = this.session.link() else {
            return Events::ERR;
        };
        let mut events = link
            .port()
            .map_or(Events::ERR, |port| port.poll(table, &this.dev.channel));
        if inbox.first_len().is_some() {
            events |= Events::IN;
        }
        if inbox.has_news() {
            events |= Events::PRI;
        }
        events
    }

    fn ioctl(this: &OpenFile, file: &LocalFile, cmd: u32, arg: usize) -> Result<isize> {
        let answer = |value: kernel::ffi::c_int| {
            UserSlice::new(UserPtr::from_addr(arg), size_of_val(&value))
                .writer()
                .write(&value)
        };

        match cmd {
            DESTROY_EPT if this.dev.source == Source::Own => this.dev.destroy(),
            GET_OUTGOING_FLOWCONTROL => answer(this.dev.inbox.paused().into())?,
            SET_INCOMING_FLOWCONTROL if arg <= 1 => {
                let wait = waits(file);
                this.session
                    .set_flow_control(arg == 1, this.dev.info.dst, wait)
                    .map_err(|error| for_user(error, file))?;
            }
            // CAST: A message is not that long.
            FIONREAD => answer(this.dev.inbox.first_len().unwrap_or(0) as kernel::ffi::c_int)?,
            _ => return Err(EINVAL),
        }
        Ok(0)
    }
}
