// SPDX-License-Identifier: GPL-2.0

//! The name service: makes a channel of each service that the other side announces.
//!
//! A driver of the bus as any other, for the channel `<transport>.rpmsg_ns.53.53` that a transport
//! registers with `rpmsg_ns_register_device()` if the other side has the feature.
//!
//! C headers: [`include/linux/rpmsg/ns.h`](srctree/include/linux/rpmsg/ns.h)

use amp::{
    ratelimit::RateLimit,
    trace::rpmsg as trace, //
};
use kernel::{
    device::{
        Bound,
        Core, //
    },
    prelude::*, //
};
use proto::name_service::{
    Action,
    Announcement, //
};
use rpmsg::{
    transport::Refusal,
    Addr,
    ChannelInfo, //
};

/// The driver, and its state of one channel: what the other side makes it say is limited.
#[pin_data]
struct NameService {
    #[pin]
    news: RateLimit,
    #[pin]
    complaints: RateLimit,
}

rpmsg::device_table!(ID_TABLE, (), [("rpmsg_ns", ())]);

impl rpmsg::Driver for NameService {
    type IdInfo = ();
    type Data<'bound> = Self;
    const ID_TABLE: rpmsg::IdTable<()> = &ID_TABLE;

    fn probe<'bound>(
        dev: &'bound rpmsg::Device<Core<'_>>,
        _info: Option<&'bound ()>,
    ) -> impl PinInit<Self, Error> + 'bound {
        // The other side may announce a service of our name, which is not us.
        let ours = dev.src() == Addr::NAME_SERVICE;

        try_pin_init!(Self {
            _: { if !ours { return Err(ENODEV); } },
            news <- RateLimit::new(),
            complaints <- RateLimit::new(),
        }? Error)
    }

    fn receive(
        dev: &rpmsg::Device<Bound>,
        this: Pin<&Self>,
        message: rpmsg::Message<'_>,
    ) -> Result {
        // Messages in the name of the transport, as the channel is its.
        let parent = dev.parent().ok_or(ENODEV)?;
        // Of the first one of each kind the log tells in any case.
        let may_complain =
            |refusal| dev.count_refusal(refusal) == 1 || this.complaints.allows(c"rpmsg_ns");
        let announcement = match Announcement::parse(message.payload) {
            Ok(announcement) => announcement,
            Err(error) => {
                if may_complain(Refusal::Length) {
                    dev_err!(
                        parent,
                        "from {:#x}: {}\n",
                        message.src.0,
                        format_args!("{error}")
                    );
                }
                return Ok(());
            }
        };
        trace::name_service(|| (parent, &announcement, false));
        if announcement.name.is_empty() {
            if may_complain(Refusal::Name) {
                dev_err!(
                    parent,
                    "a service at {:#x} without a name, it has 1 to 31 bytes\n",
                    announcement.addr.0
                );
            }
            return Ok(());
        }
        let info = ChannelInfo {
            // As in the C implementation a name without an end loses its last byte.
            name: announcement.name.terminated(),
            src: Addr::ANY,
            dst: announcement.addr,
        };
        let doing = match announcement.action {
            Action::Create => "creat",
            Action::Destroy => "destroy",
        };
        if this.news.allows(c"rpmsg_ns") {
            dev_info!(
                parent,
                "{}ing channel {} addr {:#x}\n",
                doing,
                format_args!("{}", info.name),
                info.dst.0
            );
        }

        let done = match announcement.action {
            Action::Create => dev.create_channel(&info),
            Action::Destroy => dev.release_channel(&info),
        };
        if let Err(error) = done {
            let refusal = match (announcement.action, error) {
                (Action::Create, EEXIST) => Refusal::Duplicate,
                (Action::Create, ENOSPC) => Refusal::TooMany,
                (Action::Destroy, EINVAL) => Refusal::Unknown,
                _ => Refusal::Other,
            };
            if may_complain(refusal) {
                dev_err!(
                    parent,
                    "channel {} addr {:#x} was not {}ed: {}\n",
                    format_args!("{}", info.name),
                    info.dst.0,
                    doing,
                    error.to_errno()
                );
            }
        }
        Ok(())
    }
}

rpmsg::define_rpmsg_ns_register_device!();

rpmsg::module_rpmsg_driver! {
    type: NameService,
    name: "rpmsg_ns",
    authors: ["The AMP/IPC framework contributors"],
    description: "Name service announcement rpmsg driver",
    license: "GPL v2",
}
