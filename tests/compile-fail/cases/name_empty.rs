// SPDX-License-Identifier: GPL-2.0
// error: a service's name has 1 to 31 bytes and no NUL byte

//! A driver for a service without a name, which would end its table.

include!("../driver.rs");

const NAME: &str = "";
type Data = ();

fn new() -> Data {}

fn receive(_dev: &rpmsg::Device<Bound>, _data: Pin<&Data>, _message: rpmsg::Message<'_>) -> Result {
    Ok(())
}
