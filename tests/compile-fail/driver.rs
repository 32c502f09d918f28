// SPDX-License-Identifier: GPL-2.0

// The driver that the cases include. They say for which service it is (NAME), what it keeps (Data,
// new()), and what it does with a message (receive()).

use kernel::{
    device::{
        Bound,
        Core, //
    },
    prelude::*, //
};

struct Case;
rpmsg::device_table!(ID_TABLE, (), [(NAME, ())]);

impl rpmsg::Driver for Case {
    type IdInfo = ();
    type Data<'bound> = Data;
    const ID_TABLE: rpmsg::IdTable<()> = &ID_TABLE;

    fn probe<'bound>(
        _dev: &'bound rpmsg::Device<Core<'_>>,
        _info: Option<&'bound ()>,
    ) -> impl PinInit<Self::Data<'bound>, Error> + 'bound {
        Ok::<_, Error>(new())
    }

    fn receive(
        dev: &rpmsg::Device<Bound>,
        data: Pin<&Self::Data<'_>>,
        message: rpmsg::Message<'_>,
    ) -> Result {
        receive(dev, data, message)
    }
}

rpmsg::module_rpmsg_driver! {
    type: Case,
    name: "case",
    authors: ["The AMP/IPC framework contributors"],
    description: "A case",
    license: "GPL",
}
