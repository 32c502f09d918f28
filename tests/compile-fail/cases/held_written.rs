// SPDX-License-Identifier: GPL-2.0
// error: cannot assign to data in dereference of

//! A message that is held and written to: it is not the driver's alone.

include!("../driver.rs");

const NAME: &str = "case";
type Data = ();

fn new() -> Data {}

fn receive(_dev: &rpmsg::Device<Bound>, _data: Pin<&Data>, message: rpmsg::Message<'_>) -> Result {
    let mut held = message.hold()?;
    held[0] = 1;
    Ok(())
}
