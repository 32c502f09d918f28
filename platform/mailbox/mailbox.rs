// SPDX-License-Identifier: GPL-2.0

//! The channels: a FIFO to write and one to read each.

use crate::fifo::{
    Fifo,
    Registers, //
};
use amp::{
    irq::{
        self,
        IrqReturn,
        ThreadedHandler,
        ThreadedIrqReturn, //
    },
    mailbox::controller::{
        Channels,
        Controller,
        Manner, //
    },
    pm::Runtime, //
};
use kernel::{
    device::property::FwNode,
    prelude::*,
    sync::{
        atomic::{
            AtomicFlag,
            Relaxed, //
        },
        Arc, //
    }, //
};

/// Words that are read in one interrupt: the other side must not keep us in it for ever.
const BUDGET: usize = 16;

/// A channel as the device tree describes it.
pub(crate) struct Pair {
    /// By which the `mboxes` of clients refer to it.
    phandle: u32,
    tx: Fifo,
    rx: Fifo,
    /// The interrupt line of both, an index.
    pub(crate) irq: u32,
    /// Whether the client is called from the interrupt handler.
    prompt: AtomicFlag,
}

impl Pair {
    /// Reads `ti,mbox-tx` and `ti,mbox-rx` of a child node.
    pub(crate) fn from_node(node: &FwNode, fifos: u32, users: u32) -> Result<Self> {
        let [tx, irq, tx_user] = node
            .property_read::<[u32; 3]>(c"ti,mbox-tx")
            .or([u32::MAX; 3]);
        let [rx, _, rx_user] = node
            .property_read::<[u32; 3]>(c"ti,mbox-rx")
            .or([u32::MAX; 3]);
        if tx >= fifos || rx >= fifos || tx_user >= users || rx_user >= users {
            return Err(EINVAL);
        }
        Ok(Self {
            phandle: node.property_read(c"phandle").or(0),
            tx: Fifo::new(tx, tx_user)?,
            rx: Fifo::new(rx, rx_user)?,
            irq,
            prompt: AtomicFlag::new(false),
        })
    }
}

/// A mailbox module.
#[pin_data]
pub(crate) struct Mailbox {
    pub(crate) regs: Registers,
    pub(crate) pairs: KVec<Pair>,
    pub(crate) runtime: Runtime,
    #[pin]
    pub(crate) channels: Channels,
}

impl Mailbox {
    fn serve(&self, channel: usize, pair: &Pair) {
        if pair.tx.has_room(pair.tx.pending(&self.regs)) {
            pair.tx.want_room(&self.regs, false);
            pair.tx.clear_room(&self.regs);
            self.channels.room(channel);
        }
        if pair.rx.has_word(pair.rx.pending(&self.regs)) {
            for _ in 0..BUDGET {
                let Some(word) = pair.rx.pop(&self.regs) else {
                    break;
                };
                self.channels.received(channel, word);
            }
            // If there are more the event stays.
            pair.rx.clear_word(&self.regs);
        }
    }

    fn has_event(&self, pair: &Pair) -> bool {
        pair.tx.has_room(pair.tx.pending(&self.regs))
            || pair.rx.has_word(pair.rx.pending(&self.regs))
    }
}

impl Controller for Mailbox {
    fn channels(&self) -> &Channels {
        &self.channels
    }

    fn find(&self, cell: u32) -> Option<usize> {
        self.pairs
            .iter()
            .position(|pair| pair.phandle == cell && cell != 0)
    }

    fn start(&self, channel: usize, manner: Manner) -> Result {
        let pair = self.pairs.get(channel).ok_or(ENODEV)?;

        self.runtime.get()?;
        pair.prompt.store(manner == Manner::Prompt, Relaxed);
        pair.rx.want_words(&self.regs, true);
        Ok(())
    }

    fn stop(&self, channel: usize) {
        if let Some(pair) = self.pairs.get(channel) {
            pair.rx.want_words(&self.regs, false);
            pair.tx.want_room(&self.regs, false);
            self.runtime.put();
        }
    }

    fn send(&self, channel: usize, word: u32) -> Result {
        let pair = self.pairs.get(channel).ok_or(ENODEV)?;
        let sent = pair.tx.push(&self.regs, word);

        if sent.is_err() || !pair.prompt.load(Relaxed) {
            pair.tx.want_room(&self.regs, true);
        }
        sent
    }
}

/// What an interrupt line does.
#[pin_data]
pub(crate) struct Line {
    pub(crate) mailbox: Arc<Mailbox>,
    pub(crate) irq: u32,
}

impl Line {
    fn pairs(&self) -> impl Iterator<Item = (usize, &Pair)> {
        self.mailbox
            .pairs
            .iter()
            .enumerate()
            .filter(|(_, pair)| pair.irq == self.irq)
    }
}

impl ThreadedHandler for Line {
    fn handle(&self, _line: &irq::Line) -> ThreadedIrqReturn {
        let mailbox = &self.mailbox;
        let mut result = ThreadedIrqReturn::None;

        for (channel, pair) in self.pairs() {
            if mailbox.channels.is_open(channel, Manner::Prompt) {
                if mailbox.has_event(pair) {
                    mailbox.serve(channel, pair);
                    if matches!(result, ThreadedIrqReturn::None) {
                        result = ThreadedIrqReturn::Handled;
                    }
                }
            } else if mailbox.channels.is_open(channel, Manner::Threaded) && mailbox.has_event(pair)
            {
                result = ThreadedIrqReturn::WakeThread;
            }
        }
        result
    }

    fn handle_threaded(&self) -> IrqReturn {
        for (channel, pair) in self.pairs() {
            if self.mailbox.channels.is_open(channel, Manner::Threaded) {
                self.mailbox.serve(channel, pair);
            }
        }
        IrqReturn::Handled
    }
}
