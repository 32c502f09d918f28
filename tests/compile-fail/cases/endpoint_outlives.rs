// SPDX-License-Identifier: GPL-2.0
// error: lifetime may not live long enough

//! An endpoint that outlives the binding of its channel's driver.

use kernel::{
    device::{
        Bound,
        Core, //
    },
    prelude::*, //
};

struct Case;
rpmsg::device_table!(ID_TABLE, (), [("case", ())]);
struct Sink;
impl rpmsg::Receiver for Sink {
    fn receive(&self, _port: rpmsg::Port<'_>, _message: rpmsg::Message<'_>) -> Result {
        Ok(())
    }
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
        let kept: rpmsg::Endpoint<'static, Sink> =
            rpmsg::Endpoint::new(dev, rpmsg::Addr::ANY, Sink)?;
        drop(kept);
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
