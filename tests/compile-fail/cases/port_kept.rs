// SPDX-License-Identifier: GPL-2.0
// error: borrowed data escapes outside of

//! A port kept beyond the callback, when its endpoint may be gone.

use kernel::{
    device::{
        Bound,
        Core, //
    },
    prelude::*, //
};

struct Case;
rpmsg::device_table!(ID_TABLE, (), [("case", ())]);
struct Keep;
fn keep(_port: rpmsg::Port<'static>) {}
impl rpmsg::Receiver for Keep {
    fn receive(&self, port: rpmsg::Port<'_>, _message: rpmsg::Message<'_>) -> Result {
        keep(port);
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
        let _endpoint = rpmsg::Endpoint::new(dev, rpmsg::Addr::ANY, Keep)?;
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
