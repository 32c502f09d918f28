// SPDX-License-Identifier: GPL-2.0

//! Nothing is wrong here: what all the other cases start from.

include!("../driver.rs");

const NAME: &str = "case";
type Data = ();

fn new() -> Data {}

fn receive(dev: &rpmsg::Device<Bound>, _data: Pin<&Data>, message: rpmsg::Message<'_>) -> Result {
    dev.send_to(message.payload, message.src)
}
