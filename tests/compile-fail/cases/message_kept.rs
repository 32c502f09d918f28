// SPDX-License-Identifier: GPL-2.0
// error: lifetime may not live long enough

//! A payload kept beyond the callback, when its memory has the next message.

use kernel::{
    device::{
        Bound,
        Core, //
    },
    prelude::*, //
};

struct Case;
rpmsg::device_table!(ID_TABLE, (), [("case", ())]);
kernel::sync::global_lock! {
    // SAFETY: This is not run.
    unsafe(uninit) static KEPT: Mutex<Option<&'static [u8]>> = None;
}

impl rpmsg::Driver for Case {
    type IdInfo = ();
    type Data<'bound> = Case;
    const ID_TABLE: rpmsg::IdTable<()> = &ID_TABLE;

    fn probe<'bound>(
        dev: &'bound rpmsg::Device<Core<'_>>,
        _info: Option<&'bound ()>,
    ) -> impl PinInit<Self::Data<'bound>, Error> + 'bound {
        let _ = dev;
        Ok::<_, Error>(Case)
    }

    fn receive(
        dev: &rpmsg::Device<Bound>,
        data: Pin<&Self::Data<'_>>,
        message: rpmsg::Message<'_>,
    ) -> Result {
        let _ = (dev, data, &message);
        *KEPT.lock() = Some(message.payload);
        Ok(())
    }
}

rpmsg::module_rpmsg_driver! {
    type: Case,
    name: "case",
    authors: ["The AMP/IPC framework contributors"],
    description: "A case",
    license: "GPL",
}
