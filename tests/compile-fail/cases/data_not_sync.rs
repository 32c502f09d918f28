// SPDX-License-Identifier: GPL-2.0
// error: cannot be shared between threads safely

//! A driver's data that only one thread may use: callbacks run on any.

include!("../driver.rs");

const NAME: &str = "case";
type Data = core::cell::Cell<u32>;

fn new() -> Data {
    core::cell::Cell::new(0)
}

fn receive(_dev: &rpmsg::Device<Bound>, data: Pin<&Data>, _message: rpmsg::Message<'_>) -> Result {
    data.set(data.get() + 1);
    Ok(())
}
