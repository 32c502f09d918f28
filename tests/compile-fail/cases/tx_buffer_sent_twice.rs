// SPDX-License-Identifier: GPL-2.0
// error: borrow of moved value

//! A buffer that is written when it was sent, and is the other side's.

include!("../driver.rs");

const NAME: &str = "case";
type Data = ();

fn new() -> Data {}

fn receive(dev: &rpmsg::Device<Bound>, _data: Pin<&Data>, _message: rpmsg::Message<'_>) -> Result {
    let buffer = dev.port()?.buffer(rpmsg::Wait::Yes)?;
    buffer.send(4)?;
    buffer.payload().write(0, b"late")?;
    Ok(())
}
