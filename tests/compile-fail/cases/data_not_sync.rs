// SPDX-License-Identifier: GPL-2.0
// error: cannot be shared between threads safely

//! A driver's data that only one thread may use: callbacks run on any.

use kernel::{
    device::{
        Bound,
        Core, //
    },
    prelude::*, //
};

struct Case;
rpmsg::device_table!(ID_TABLE, (), [("case", ())]);

impl rpmsg::Driver for Case {
    type IdInfo = ();
    type Data<'bound> = core::cell::Cell<u32>;
    const ID_TABLE: rpmsg::IdTable<()> = &ID_TABLE;

    fn probe<'bound>(
        dev: &'bound rpmsg::Device<Core<'_>>,
        _info: Option<&'bound ()>,
    ) -> impl PinInit<Self::Data<'bound>, Error> + 'bound {
        let _ = dev;
        Ok::<_, Error>(core::cell::Cell::new(0))
    }

    fn receive(
        dev: &rpmsg::Device<Bound>,
        data: Pin<&Self::Data<'_>>,
        message: rpmsg::Message<'_>,
    ) -> Result {
        let _ = (dev, data, &message);
        data.set(data.get() + 1);
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
