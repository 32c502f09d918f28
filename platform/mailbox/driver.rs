// SPDX-License-Identifier: GPL-2.0

//! The platform driver.

use crate::{
    fifo::{
        Registers,
        MAX_FIFOS,
        MAX_USERS, //
    },
    mailbox::{
        Line,
        Mailbox,
        Pair, //
    }, //
};
use amp::{
    irq::{
        Flags,
        Threaded, //
    },
    mailbox::controller::{
        Channels,
        Registration, //
    },
    pm::Runtime, //
};
use kernel::{
    device::Core,
    of,
    platform,
    prelude::*,
    sync::Arc, //
};

/// The driver.
pub(crate) struct OmapMailbox;

/// What a bound device has. Dropped in this order: clients find no channel any more, then there
/// are no interrupts.
#[pin_data]
pub(crate) struct Data<'bound> {
    #[pin]
    _controller: Registration<Mailbox>,
    _lines: KVec<Pin<KBox<Threaded<'bound, Line>>>>,
}

kernel::of_device_table!(
    OF_TABLE,
    <OmapMailbox as platform::Driver>::IdInfo,
    [
        (of::DeviceId::new(c"ti,omap4-mailbox"), ()),
        (of::DeviceId::new(c"ti,am654-mailbox"), ()),
        (of::DeviceId::new(c"ti,am64-mailbox"), ())
    ]
);

impl platform::Driver for OmapMailbox {
    type IdInfo = ();
    type Data<'bound> = Data<'bound>;
    const OF_ID_TABLE: Option<of::IdTable<()>> = Some(&OF_TABLE);

    fn probe<'bound>(
        pdev: &'bound platform::Device<Core<'_>>,
        _info: Option<&'bound ()>,
    ) -> impl PinInit<Data<'bound>, Error> + 'bound {
        pin_init::pin_init_scope(move || {
            let mailbox = open(pdev)?;
            let lines = connect(pdev, &mailbox)?;

            Ok(try_pin_init!(Data {
                _controller <- Registration::new(pdev.as_ref(), mailbox),
                _lines: lines,
            }? Error))
        })
    }
}

/// Maps the registers and reads the channels from the device tree.
fn open(pdev: &platform::Device<Core<'_>>) -> Result<Arc<Mailbox>> {
    let dev = pdev.as_ref();
    let node = dev.fwnode().ok_or(ENODEV)?;
    let users: u32 = node.property_read(c"ti,mbox-num-users").required_by(dev)?;
    let fifos: u32 = node.property_read(c"ti,mbox-num-fifos").required_by(dev)?;

    let mut pairs = KVec::new();
    for child in node.children() {
        let pair = Pair::from_node(&child, fifos.min(MAX_FIFOS), users.min(MAX_USERS))
            .inspect_err(|_| {
                dev_err!(
                    dev,
                    "{}: ti,mbox-tx and ti,mbox-rx must be <fifo irq user> with {} FIFOs, {} users\n",
                    child.display_name(),
                    fifos,
                    users
                );
            })?;
        pairs.push(pair, GFP_KERNEL)?;
    }

    let regs = Registers::map(pdev.io_request_by_index(0).ok_or(ENODEV)?)?;
    let count = pairs.len();
    Arc::pin_init(
        try_pin_init!(Mailbox {
            regs,
            pairs,
            runtime: Runtime::enable(dev),
            channels <- Channels::new(count),
        }? Error),
        GFP_KERNEL,
    )
}

/// Requests each interrupt line that a channel uses.
fn connect<'bound>(
    pdev: &'bound platform::Device<Core<'_>>,
    mailbox: &Arc<Mailbox>,
) -> Result<KVec<Pin<KBox<Threaded<'bound, Line>>>>> {
    let mut lines = KVec::new();
    let last = mailbox.pairs.iter().map(|pair| pair.irq).max();

    for index in 0..=last.ok_or(ENODEV)? {
        if !mailbox.pairs.iter().any(|pair| pair.irq == index) {
            continue;
        }
        let mailbox = mailbox.clone();
        let registration = KBox::pin_init(
            Threaded::request(
                pdev,
                index,
                Flags::SHARED | Flags::ONESHOT,
                c"omap-mailbox",
                try_pin_init!(Line { mailbox, irq: index }? Error),
            ),
            GFP_KERNEL,
        )?;
        lines.push(registration, GFP_KERNEL)?;
    }
    Ok(lines)
}
