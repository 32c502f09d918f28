// SPDX-License-Identifier: GPL-2.0
// error: lifetime bound not satisfied

//! A receiver that borrows from the channel: its callback may run as long as the endpoint lives.

include!("../driver.rs");

const NAME: &str = "case";
type Data = ();

fn new() -> Data {}

struct Answer<'a>(&'a rpmsg::Device<Bound>);
impl rpmsg::Receiver for Answer<'_> {
    fn receive(&self, _port: rpmsg::Port<'_>, message: rpmsg::Message<'_>) -> Result {
        self.0.send(message.payload)
    }
}

fn receive(dev: &rpmsg::Device<Bound>, _data: Pin<&Data>, _message: rpmsg::Message<'_>) -> Result {
    let _endpoint = rpmsg::Endpoint::new(dev, rpmsg::Addr::ANY, Answer(dev))?;
    Ok(())
}
