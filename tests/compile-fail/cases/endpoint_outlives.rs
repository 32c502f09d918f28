// SPDX-License-Identifier: GPL-2.0
// error: lifetime may not live long enough

//! An endpoint that outlives the binding of its channel's driver.

include!("../driver.rs");

const NAME: &str = "case";
type Data = ();

fn new() -> Data {}

struct Sink;
impl rpmsg::Receiver for Sink {
    fn receive(&self, _port: rpmsg::Port<'_>, _message: rpmsg::Message<'_>) -> Result {
        Ok(())
    }
}

fn receive(dev: &rpmsg::Device<Bound>, _data: Pin<&Data>, _message: rpmsg::Message<'_>) -> Result {
    let kept: rpmsg::Endpoint<'static, Sink> = rpmsg::Endpoint::new(dev, rpmsg::Addr::ANY, Sink)?;
    drop(kept);
    Ok(())
}
