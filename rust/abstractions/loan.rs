// SPDX-License-Identifier: GPL-2.0

//! Data that borrows from a bound device, lent to an object that outlives the binding.
//!
//! A driver's data may borrow from its device for as long as that is bound. An object with a
//! reference count, such as a remote processor, has no such lifetime, but calls the driver with
//! this data. So the data is lent: the object gets a [`Loan`], without a lifetime, and the
//! [`Lender`] stays with the driver and waits, when it is dropped, until the loan is given back.
//! Whoever keeps the loan too long makes the driver's unbinding hang, and nothing worse.

use core::marker::PhantomData;
use kernel::{
    prelude::*,
    sync::{
        Arc,
        Completion, //
    },
    types::ForLt, //
};

/// Data whose lifetime is forgotten. Giving it back is dropping it.
pub struct Loan<F: ForLt + 'static> {
    // Dropped first: the lender must not go on before the data is gone.
    data: Pin<KBox<F::Of<'static>>>,
    _returned: Returned,
}

struct Returned(Arc<Completion>);

impl Drop for Returned {
    fn drop(&mut self) {
        self.0.complete_all();
    }
}

impl<F: ForLt + 'static> Loan<F> {
    /// Calls `f` with the data.
    ///
    /// `f` must work for every lifetime that the data may have: it can't keep anything of it.
    pub fn with<'p, R>(&'p self, f: impl for<'x> FnOnce(Pin<&'p F::Of<'x>>) -> R) -> R {
        f(self.data.as_ref())
    }
}

/// Waits, when it is dropped, until the loan is given back.
pub struct Lender<'a, F: ForLt + 'static> {
    returned: Arc<Completion>,
    _borrows: PhantomData<F::Of<'a>>,
}

impl<'a, F: ForLt + 'static> Lender<'a, F> {
    /// Lends `data`. May sleep.
    ///
    /// # Safety
    ///
    /// The lender must be dropped before `'a` ends, and not be forgotten.
    pub unsafe fn new(data: Pin<KBox<F::Of<'a>>>) -> Result<(Self, Loan<F>)> {
        let returned = Arc::pin_init(Completion::new(), GFP_KERNEL)?;
        // SAFETY: Lifetimes do not affect the layout. The data is given to functions only that
        // work for every lifetime, and is dropped within `'a`, which the lender waits for and does
        // not outlast by the requirements of this function.
        let data: Pin<KBox<F::Of<'static>>> = unsafe { core::mem::transmute(data) };

        let lender = Self {
            returned: returned.clone(),
            _borrows: PhantomData,
        };
        let loan = Loan {
            data,
            _returned: Returned(returned),
        };
        Ok((lender, loan))
    }
}

impl<F: ForLt + 'static> Drop for Lender<'_, F> {
    fn drop(&mut self) {
        self.returned.wait_for_completion();
    }
}

/// Lends `data` as long as `f` runs; waits for it to be given back. May sleep.
pub fn lend<'a, F: ForLt + 'static, R>(
    data: Pin<KBox<F::Of<'a>>>,
    f: impl FnOnce(Loan<F>) -> R,
) -> Result<R> {
    // SAFETY: It is dropped when this function returns, which is within `'a`.
    let (_lender, loan) = unsafe { Lender::new(data) }?;
    Ok(f(loan))
}
