// SPDX-License-Identifier: GPL-2.0

//! Firmware of each format, told by its content: what is loaded, and what is refused.
//!
//! The files are made by the guest's script, for a memory of 32 bytes at 0xffc.

use super::rproc_power::with;
use kernel::{
    prelude::*,
    sync::atomic::Relaxed, //
};
use remoteproc::{
    state::State,
    Device, //
};

/// Boots `firmware` and checks where it begins and what the first words of memory are then.
fn boots(firmware: &CStr, boot_addr: u64, words: [u32; 4]) -> Result {
    with(firmware, |rproc: &Device, log| {
        rproc.boot()?;
        check_eq!(rproc.state(), State::Running);
        check_eq!(rproc.boot_addr(), boot_addr);
        check_eq!(&log.ram()?[..4], words);
        rproc.shutdown()
    })
}

const FIRM: u32 = u32::from_le_bytes(*b"firm");
const WARE: u32 = u32::from_le_bytes(*b"ware");
const OTHER: u32 = u32::MAX;

/// Checks that `firmware` is refused, that nothing of it was loaded, and that the next start works.
fn refused(firmware: &CStr) -> Result {
    with(firmware, |rproc: &Device, log| {
        check_eq!(rproc.boot(), Err(EINVAL));
        check_eq!(rproc.state(), State::Offline);
        check_eq!(log.starts.load(Relaxed), 0);
        check_eq!(log.prepared.load(Relaxed), 0);
        check_eq!(&log.ram()?[..4], [OTHER; 4]);

        rproc.set_firmware(b"kunit-v2.rprc")?;
        rproc.boot()?;
        rproc.shutdown()
    })
}

#[kunit_tests(remoteproc_firmware)]
mod tests {
    use super::*;

    #[test]
    fn elf() {
        assert_eq!(
            boots(c"kunit-good.elf", 0x1010, [OTHER, FIRM, 0, 0]),
            Ok(())
        );
    }

    #[test]
    fn rprc_2_the_last_boot_address_counts() {
        assert_eq!(
            boots(c"kunit-v2.rprc", 0x1008, [OTHER, FIRM, WARE, OTHER]),
            Ok(())
        );
    }

    #[test]
    fn rprc_1_without_resources() {
        assert_eq!(
            boots(c"kunit-v1.rprc", 0, [OTHER, FIRM, WARE, OTHER]),
            Ok(())
        );
    }

    #[test]
    fn rprc_of_an_unknown_version() {
        assert_eq!(refused(c"kunit-v3.rprc"), Ok(()));
    }

    #[test]
    fn rprc_with_half_a_section() {
        assert_eq!(refused(c"kunit-short.rprc"), Ok(()));
    }

    #[test]
    fn rprc_with_an_unknown_section() {
        assert_eq!(refused(c"kunit-type.rprc"), Ok(()));
    }

    #[test]
    fn the_format_of_boot_loaders() {
        assert_eq!(refused(c"kunit-sbl.rprc"), Ok(()));
    }

    #[test]
    fn rprc_with_a_header_behind_its_end() {
        assert_eq!(refused(c"kunit-header.rprc"), Ok(()));
    }

    #[test]
    fn rprc_with_late_resources() {
        assert_eq!(refused(c"kunit-late.rprc"), Ok(()));
    }

    #[test]
    fn no_format_at_all() {
        assert_eq!(refused(c"kunit-other.rprc"), Ok(()));
    }
}
