// SPDX-License-Identifier: GPL-2.0
// error: lifetime may not live long enough

//! A payload kept beyond the callback, when its memory has the next message.

include!("../driver.rs");

const NAME: &str = "case";
type Data = ();

fn new() -> Data {}

kernel::sync::global_lock! {
    // SAFETY: This is not run.
    unsafe(uninit) static KEPT: Mutex<Option<&'static [u8]>> = None;
}

fn receive(_dev: &rpmsg::Device<Bound>, _data: Pin<&Data>, message: rpmsg::Message<'_>) -> Result {
    *KEPT.lock() = Some(message.payload);
    Ok(())
}
