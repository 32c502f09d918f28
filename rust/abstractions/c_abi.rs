// SPDX-License-Identifier: GPL-2.0

//! Functions that a module exports to C.

/// Defines exported functions and compares each with its C declaration in `bindings`, which the
/// caller has in scope: both branches of an `if` must have one type.
///
/// The functions are `unsafe extern "C"`; what their callers must keep is in the documentation of
/// the module that defines them. The symbol becomes visible to other modules by an EXPORT_SYMBOL
/// in the C shim of the module.
#[macro_export]
macro_rules! c_abi {
    ($(
        $(#[$meta:meta])*
        fn $name:ident($($arg:ident: $type:ty),* $(,)?) $(-> $ret:ty)? $body:block
    )*) => {$(
        const _: () = {
            if true {
                bindings::$name
            } else {
                $name
            };
        };

        $(#[$meta])*
        ///
        /// # Safety
        ///
        /// See the [module](self).
        #[no_mangle]
        pub unsafe extern "C" fn $name($($arg: $type),*) $(-> $ret)? $body
    )*};
}
