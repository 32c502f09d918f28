// SPDX-License-Identifier: GPL-2.0

//! A driver's probe that a test can hold.

use crate::rpmsg_bus::FOREVER;
use amp::completion::Completion;
use kernel::{
    new_mutex,
    prelude::*,
    sync::{
        aref::ARef,
        Mutex, //
    }, //
};

/// How far the probe is, and of which device.
#[pin_data]
pub(crate) struct Probing {
    #[pin]
    dev: Mutex<Option<ARef<rpmsg::Device>>>,
    /// Done when it has begun.
    #[pin]
    begun: Completion,
    /// What it waits for.
    #[pin]
    pub(crate) go_on: Completion,
    /// Done when it has ended, well or not.
    #[pin]
    pub(crate) ended: Completion,
}

impl Probing {
    /// None has begun.
    pub(crate) fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            dev <- new_mutex!(None),
            begun <- Completion::new(),
            go_on <- Completion::new(),
            ended <- Completion::new(),
        })
    }

    /// The probe of `dev` begins.
    pub(crate) fn begin(&self, dev: ARef<rpmsg::Device>) {
        *self.dev.lock() = Some(dev);
        self.begun.complete();
    }

    /// Waits until a probe has begun. Returns the device.
    pub(crate) fn wait(&self) -> Result<ARef<rpmsg::Device>> {
        self.begun.wait_timeout(FOREVER)?;
        self.dev()
    }

    /// The device that is or was probed.
    pub(crate) fn dev(&self) -> Result<ARef<rpmsg::Device>> {
        self.dev.lock().clone().ok_or(ENODEV)
    }
}
