// SPDX-License-Identifier: GPL-2.0
// error: a service's name has 1 to 31 bytes and no NUL byte

//! A driver for a service without a name, which would end its table.

use kernel::{
    device::{
        Bound,
        Core, //
    },
    prelude::*, //
};

struct Case;
rpmsg::device_table!(ID_TABLE, (), [("", ())]);

impl rpmsg::Driver for Case {
    type IdInfo = ();
    type Data<'bound> = Self;
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
