// SPDX-License-Identifier: GPL-2.0
// error: cannot construct

//! A message that nobody has received: only what an endpoint has at hand can be held.

include!("../driver.rs");

const NAME: &str = "case";
type Data = ();

fn new() -> Data {}

fn receive(_dev: &rpmsg::Device<Bound>, _data: Pin<&Data>, message: rpmsg::Message<'_>) -> Result {
    let made = rpmsg::Message {
        src: message.src,
        payload: b"",
    };
    let _ = made.hold()?;
    Ok(())
}
