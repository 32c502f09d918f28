// SPDX-License-Identifier: GPL-2.0
// error: borrowed data escapes outside of

//! A port kept beyond the callback, when its endpoint may be gone.

include!("../driver.rs");

const NAME: &str = "case";
type Data = ();

fn new() -> Data {}

struct Keep;
fn keep(_port: rpmsg::Port<'static>) {}
impl rpmsg::Receiver for Keep {
    fn receive(&self, port: rpmsg::Port<'_>, _message: rpmsg::Message<'_>) -> Result {
        keep(port);
        Ok(())
    }
}

fn receive(dev: &rpmsg::Device<Bound>, _data: Pin<&Data>, _message: rpmsg::Message<'_>) -> Result {
    let _endpoint = rpmsg::Endpoint::new(dev, rpmsg::Addr::ANY, Keep)?;
    Ok(())
}
