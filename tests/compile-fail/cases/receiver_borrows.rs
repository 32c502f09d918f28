// SPDX-License-Identifier: GPL-2.0
// error: lifetime bound not satisfied

//! A receiver that borrows from the channel: its callback may run as long as the endpoint lives.

use kernel::{
    device::{
        Bound,
        Core, //
    },
    prelude::*, //
};

struct Case;
rpmsg::device_table!(ID_TABLE, (), [("case", ())]);
struct Answer<'a>(&'a rpmsg::Device<Bound>);
impl rpmsg::Receiver for Answer<'_> {
    fn receive(&self, _port: rpmsg::Port<'_>, message: rpmsg::Message<'_>) -> Result {
        self.0.send(message.payload)
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
        let _endpoint = rpmsg::Endpoint::new(dev, rpmsg::Addr::ANY, Answer(dev))?;
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
