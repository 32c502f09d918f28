// SPDX-License-Identifier: GPL-2.0

//! Checks that end a test with an error, so that its fake devices are taken down properly.
//!
//! KUnit's own assertions stop the thread where it is and leave everything behind.

/// Ends the function with [`EINVAL`] and says where, unless the condition is true.
macro_rules! check {
    ($condition:expr $(,)?) => {
        if !$condition {
            ::kernel::prelude::pr_err!(
                "    # check failed at {}:{}: {}\n",
                ::core::file!(),
                ::core::line!(),
                ::core::stringify!($condition)
            );
            return Err(::kernel::prelude::EINVAL);
        }
    };
}

/// As `check!(left == right)`, and prints both.
macro_rules! check_eq {
    ($left:expr, $right:expr $(,)?) => {
        match (&$left, &$right) {
            (left, right) => {
                if left != right {
                    ::kernel::prelude::pr_err!(
                        "    # check failed at {}:{}: {} is {:?}, not {:?}\n",
                        ::core::file!(),
                        ::core::line!(),
                        ::core::stringify!($left),
                        left,
                        right
                    );
                    return Err(::kernel::prelude::EINVAL);
                }
            }
        }
    };
}
