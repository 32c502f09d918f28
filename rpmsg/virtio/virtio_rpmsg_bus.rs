// SPDX-License-Identifier: GPL-2.0

//! The transport of rpmsg over virtio: messages in shared memory, in two virtqueues.
//!
//! `tx` has the buffers to send in, `rx` those to receive in. What the other processor leaves in
//! a buffer is an allegation: it is copied once, checked, and used from the copy.

use amp::virtio::{
    self,
    QueueCallbacks, //
};
use kernel::{
    device::Core,
    prelude::*,
    sync::{
        Arc,
        ArcBorrow,
        SetOnce, //
    }, //
};
use proto::rpmsg::{
    self as wire,
    buffers::Buffers, //
};
use rpmsg::transport::{
    Config,
    Host,
    Registration, //
};
use rx::Rx;
use tx::Tx;

mod config;
mod rx;
mod tx;

/// Numbers of the virtqueues, in the order in which remote processors expect them.
const INPUT: u32 = 0;
const OUTPUT: u32 = 1;

/// Both directions, as the virtqueues' callbacks find them.
#[pin_data]
struct Queues {
    #[pin]
    rx: Rx,
    #[pin]
    tx: Tx,
    /// Whom to tell, when there is a host.
    host: SetOnce<Arc<Host>>,
}

impl QueueCallbacks for Queues {
    fn used(this: ArcBorrow<'_, Self>, queue: u32) {
        let Some(host) = this.host.as_ref() else {
            return;
        };
        match queue {
            INPUT => host.poll(),
            // Somebody waited for it, or just did.
            OUTPUT => host.buffer_interrupt(),
            _ => (),
        }
    }

    fn release(&self) {
        self.rx.release();
        self.tx.release();
    }
}

/// A virtio device with rpmsg on it, as long as its driver is bound.
struct Bus(Registration);

amp::virtio_device_table!(ID_TABLE, [virtio::DeviceId::new(wire::VIRTIO_ID)]);

impl virtio::Driver for Bus {
    type Data<'bound> = Self;
    const ID_TABLE: virtio::IdTable = &ID_TABLE;
    const FEATURES: &'static [kernel::ffi::c_uint] = &[wire::F_NS, wire::F_FC, wire::F_BOUND];

    fn probe<'bound>(vdev: &'bound virtio::Device<Core<'_>>) -> impl PinInit<Self, Error> + 'bound {
        Self::new(vdev)
    }

    fn unbind<'bound>(vdev: &'bound virtio::Device<Core<'_>>, this: Pin<&Self>) {
        // First silence: whoever sends from here on fails, and nothing new arrives. Dropping the
        // data then removes the channels.
        this.0.close();
        vdev.reset();
    }
}

impl Bus {
    fn new(vdev: &virtio::Device<Core<'_>>) -> Result<Self> {
        if !vdev.is_little_endian() {
            dev_err!(
                vdev,
                "the other side shares this CPU's big-endian order; little-endian (virtio 1.0) is needed\n"
            );
            return Err(EINVAL);
        }

        let queues = Arc::pin_init(
            pin_init!(Queues {
                rx <- Rx::new(),
                tx <- Tx::new(),
                host: SetOnce::new(),
            }),
            GFP_KERNEL,
        )?;
        let [mut input, mut output] = vdev.find_vqs([c"input", c"output"], queues.clone())?;

        let buffers = config::buffers(vdev);
        let received = config::allocate(&mut input, virtio::Direction::In, buffers.to_host)?;
        let sent = config::allocate(&mut output, virtio::Direction::Out, buffers.to_remote)?;

        let name_service = vdev.has_feature(wire::F_NS);
        let registration = Registration::new(
            vdev.as_ref(),
            queues.tx.start(output, queues.clone())?,
            Config {
                name_service,
                tell_bound: vdev.has_feature(wire::F_BOUND),
                flow_control: vdev.has_feature(wire::F_FC),
                received: received.try_into()?,
                received_len: buffers.to_host.size.try_into()?,
            },
        )?;
        queues.host.populate(registration.host().clone());

        registration.add_control_device()?;
        if name_service {
            registration.add_name_service()?;
        }
        // Only now: firmware that does not wait for the driver to be ready (RPRC's can't see that)
        // announces its services as soon as there are buffers.
        let wants_kick = queues.rx.start(input, registration.host().clone())?;

        // The buffers to receive in are there, and somebody who takes announcements.
        vdev.ready()?;
        if let Some(notifier) = wants_kick {
            notifier.notify()?;
        }
        if buffers != Buffers::default() {
            dev_info!(
                vdev,
                "{} buffers of {} bytes to the remote, {} of {} from it\n",
                sent,
                buffers.to_remote.size,
                received,
                buffers.to_host.size
            );
        }
        registration.add_static_channels()?;
        dev_info!(vdev, "rpmsg host is online\n");
        Ok(Self(registration))
    }
}

amp::module_virtio_driver! {
    type: Bus,
    name: "virtio_rpmsg_bus",
    authors: ["The AMP/IPC framework contributors"],
    description: "Virtio-based remote processor messaging bus",
    license: "GPL v2",
}
