// SPDX-License-Identifier: GPL-2.0
// error: borrowed data escapes outside of

//! A buffer kept beyond the binding of its endpoint's channel.

include!("../driver.rs");

const NAME: &str = "case";
type Data = ();

fn new() -> Data {}

fn keep(_buffer: rpmsg::TxBuffer<'static>) {}

fn receive(dev: &rpmsg::Device<Bound>, _data: Pin<&Data>, _message: rpmsg::Message<'_>) -> Result {
    keep(dev.port()?.buffer(rpmsg::Wait::Yes)?);
    Ok(())
}
