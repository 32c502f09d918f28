// SPDX-License-Identifier: GPL-2.0
// error: no method named `send` found

//! Sending on a channel that may have lost its driver.

include!("../driver.rs");

const NAME: &str = "case";
type Data = ();

fn new() -> Data {}

fn receive(dev: &rpmsg::Device<Bound>, _data: Pin<&Data>, message: rpmsg::Message<'_>) -> Result {
    let unbound: kernel::sync::aref::ARef<rpmsg::Device> = dev.into();
    unbound.send(message.payload)?;
    Ok(())
}
