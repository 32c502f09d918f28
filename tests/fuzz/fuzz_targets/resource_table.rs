// SPDX-License-Identifier: GPL-2.0

//! Resource tables.

#![no_main]

use libfuzzer_sys::fuzz_target;
use proto::resource_table::Resource;
use proto::resource_table::ResourceTable;

fuzz_target!(|bytes: &[u8]| {
    let table = match ResourceTable::parse(bytes) {
        Ok(table) => table,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    assert_eq!(table.entries().count(), table.len());
    // What the host writes back must stay in the table.
    let word = |offset: usize| assert!(offset + 4 <= bytes.len());
    for entry in table.entries() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                assert!(!error.to_string().is_empty());
                continue;
            }
        };
        word(entry.offset);
        match entry.resource {
            Resource::Carveout(carveout) => {
                word(carveout.da_offset());
                word(carveout.pa_offset());
                assert!(!carveout.name.to_string().contains(char::is_control));
            }
            Resource::Devmem(devmem) => assert_eq!(devmem.offset, entry.offset),
            Resource::Trace(trace) => assert_eq!(trace.offset, entry.offset),
            Resource::Vdev(vdev) => {
                word(vdev.notifyid_offset());
                word(vdev.gfeatures_offset());
                assert!(vdev.status_offset() < bytes.len());
                let config = vdev.config_offset();
                let len = &bytes[entry.offset + 20..entry.offset + 24];
                assert_eq!(len, (vdev.config().len() as u32).to_le_bytes());
                assert_eq!(&bytes[config..config + vdev.config().len()], vdev.config());
                assert_eq!(vdev.vrings().count(), usize::from(vdev.num_of_vrings));
                for vring in vdev.vrings() {
                    word(vring.da_offset());
                    word(vring.notifyid_offset());
                    word(vring.pa_offset());
                    assert!(vring.layout().is_ok());
                }
            }
            Resource::Vendor { bytes: rest, .. } | Resource::Unknown { bytes: rest, .. } => {
                assert_eq!(entry.offset + 4 + rest.len(), bytes.len());
            }
        }
    }
});
