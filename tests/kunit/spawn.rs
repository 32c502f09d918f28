// SPDX-License-Identifier: GPL-2.0

//! Threads for tests.

use kernel::{
    impl_has_work,
    new_work,
    prelude::*,
    workqueue::{
        self,
        Work,
        WorkItem, //
    }, //
};

#[pin_data]
struct Closure<F> {
    #[pin]
    work: Work<Closure<F>>,
    function: Option<F>,
}

impl_has_work! {
    impl{F} HasWork<Self> for Closure<F> { self.work }
}

impl<F: FnOnce()> WorkItem for Closure<F> {
    type Pointer = Pin<KBox<Self>>;

    fn run(mut this: Pin<KBox<Self>>) {
        if let Some(function) = this.as_mut().project().function.take() {
            function();
        }
    }
}

/// Runs `function` in a thread of its own, soon.
///
/// As [`workqueue::Queue::try_spawn`], which two modules can't both use under lockdep: they share
/// its lock class, but each brings its own copy of the name.
pub(crate) fn spawn(function: impl FnOnce() + Send + 'static) -> Result {
    let closure = KBox::pin_init(
        pin_init!(Closure {
            work <- new_work!("kunit::spawn"),
            function: Some(function),
        }),
        GFP_KERNEL,
    )?;
    workqueue::system_unbound().enqueue(closure);
    Ok(())
}
