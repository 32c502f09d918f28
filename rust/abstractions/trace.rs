// SPDX-License-Identifier: GPL-2.0

//! Tracepoints of this project's subsystems, as safe functions.
//!
//! As [`kernel::tracepoint`], which knows the tracepoints of the kernel's own bindings only. A
//! function here costs a branch that is patched in when somebody listens, and nothing at all on a
//! kernel without tracepoints.
//!
//! C headers: [`include/linux/tracepoint.h`](srctree/include/linux/tracepoint.h), and
//! `rust/helpers/trace_rpmsg.h` and `trace_remoteproc.h` beside them

/// Whether somebody listens to a tracepoint.
#[cfg(CONFIG_TRACEPOINTS)]
macro_rules! is_on {
    ($name:ident) => {
        // SAFETY: It's always okay to query the static key for a tracepoint.
        unsafe {
            kernel::macros::paste! {
                kernel::jump_label::static_branch_unlikely!(
                    amp_bindings::[<__tracepoint_ $name>],
                    amp_bindings::tracepoint,
                    key
                )
            }
        }
    };
}

/// Defines a function for a tracepoint: what it takes, and what of that the tracepoint gets. The
/// function gets a closure for the former, so that nothing of it is looked up unless somebody listens.
macro_rules! tracepoint {
    ($(
        $(#[$meta:meta])*
        fn $name:ident<$a:lifetime>($($arg:ident: $type:ty),* $(,)?) => $point:ident($($value:expr),* $(,)?);
    )*) => {$(
        $(#[$meta])*
        ///
        /// Any context.
        #[inline(always)]
        pub fn $name<$a>(args: impl FnOnce() -> ($($type,)*)) {
            #[cfg(CONFIG_TRACEPOINTS)]
            {
                #[cold]
                #[inline(never)]
                fn hit<$a>(($($arg,)*): ($($type,)*)) {
                    kernel::macros::paste! {
                        // SAFETY: Devices are references and strings live as long as the call; the
                        // rest are numbers.
                        unsafe { amp_bindings::[<rust_do_trace_ $point>]($($value),*) };
                    }
                }
                if is_on!($point) {
                    hit(args());
                }
            }
            #[cfg(not(CONFIG_TRACEPOINTS))]
            {
                let _ = args;
            }
        }
    )*};
}

pub mod remoteproc;
pub mod rpmsg;
