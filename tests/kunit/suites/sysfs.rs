// SPDX-License-Identifier: GPL-2.0

//! What a read of an attribute returns.

use amp::sysfs::{
    trim,
    Output, //
};
use core::fmt::Write;
use kernel::prelude::*;

#[kunit_tests(amp_sysfs)]
mod tests {
    use super::*;

    #[test]
    fn text() -> Result {
        let mut page = [0; 32];
        let mut out = Output::new(&mut page);

        check!(writeln!(out, "0x{:x}", 1024).is_ok());
        out.write_bytes(b"\xff\n")?;
        check_eq!(out.as_bytes(), b"0x400\n\xff\n");
        Ok(())
    }

    #[test]
    fn too_long_for_the_page() -> Result {
        let mut page = [0; 4];
        let mut out = Output::new(&mut page);

        check!(out.write_str("abc").is_ok());
        check!(out.write_str("def").is_err());
        check_eq!(out.as_bytes(), b"abcd");
        check_eq!(out.write_bytes(b"e").err(), Some(ENOSPC));
        check_eq!(out.write_bytes(b"").err(), None);
        Ok(())
    }

    #[test]
    fn one_newline_is_trimmed() -> Result {
        check_eq!(trim(b"start\n"), b"start");
        check_eq!(trim(b"start"), b"start");
        check_eq!(trim(b"start\n\n"), b"start\n");
        check_eq!(trim(b""), b"");
        Ok(())
    }
}
