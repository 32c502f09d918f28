// SPDX-License-Identifier: GPL-2.0
// error: cannot index into a value of type

//! A buffer taken for ordinary memory, which the other side can write at any time.

include!("../driver.rs");

const NAME: &str = "case";
type Data = ();

fn new() -> Data {}

fn receive(dev: &rpmsg::Device<Bound>, _data: Pin<&Data>, _message: rpmsg::Message<'_>) -> Result {
    let buffer = dev.port()?.buffer(rpmsg::Wait::Yes)?;
    buffer.payload()[0] = 1;
    Ok(())
}
