// SPDX-License-Identifier: GPL-2.0

//! Rate limits, for messages that somebody else can provoke: a remote processor must not be able
//! to flood the log.
//!
//! C header: [`include/linux/ratelimit.h`](srctree/include/linux/ratelimit.h)

use amp_bindings as bindings;
use kernel::{
    prelude::*,
    types::Opaque, //
};

/// A limit of the kernel's usual 10 messages in 5 seconds.
///
/// # Examples
///
/// ```ignore
/// if self.limit.allows(c"bad message") {
///     dev_warn!(dev, "message of {} bytes, at least {} are needed\n", len, HEADER);
/// }
/// ```
#[pin_data]
pub struct RateLimit {
    #[pin]
    state: Opaque<bindings::ratelimit_state>,
}

// SAFETY: `___ratelimit()` may run in any thread.
unsafe impl Send for RateLimit {}

// SAFETY: `___ratelimit()` may run concurrently, it locks what needs it.
unsafe impl Sync for RateLimit {}

impl RateLimit {
    /// Creates a limit of which nothing is used up.
    pub fn new() -> impl PinInit<Self> {
        pin_init!(Self {
            // SAFETY: The function initialises all of the memory that it gets.
            state <- Opaque::ffi_init(|slot| unsafe { bindings::ratelimit_default_init(slot) }),
        })
    }

    /// Whether one more message is allowed now; if so, it counts.
    ///
    /// Any context. When messages were held back, the next one that is allowed comes with a line
    /// "WHAT: N callbacks suppressed".
    pub fn allows(&self, what: &CStr) -> bool {
        // SAFETY: `state` was initialised by `new`, and `what` is a string that lives longer than
        // the call.
        unsafe { bindings::___ratelimit(self.state.get(), what.as_char_ptr()) != 0 }
    }
}
