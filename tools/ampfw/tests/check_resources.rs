// SPDX-License-Identifier: GPL-2.0

//! `ampfw check`: resource tables, entry by entry and against the board's memory.

#![expect(dead_code, reason = "the support is for all tests")]

#[path = "support/support.rs"]
mod support;

use proto::rprc;
use support::checked::check;
use support::checked::dsp;
use support::checked::hawk;
use support::checked::ipu;
use support::checked::panda;
use support::checked::vdev;
use support::rprc_image;
use support::table_image::Entry;

#[test]
fn tables() {
    let mut image = ipu(&[]);
    image.sections.clear();
    assert_eq!(
        check(image.build(), &[]),
        "warning: there is no resource table: the processor is started, but has no rpmsg"
    );
    let mut image = ipu(&[]);
    image.sections[0].data[0] = 2;
    assert_eq!(
        check(image.build(), &[]),
        "error: the resource table has version 2, only version 1 is known"
    );
    let mut image = ipu(&[]);
    image.sections[0].da = 0x9000_0000;
    assert_eq!(
        check(image.build(), &[]),
        "warning: the resource table at 0x90000000..0x90000087 is in no segment: the firmware \
         won't see what the kernel writes back"
    );
    let other = |kind| Entry::Other {
        kind,
        bytes: vec![0; 8],
    };
    assert_eq!(
        check(ipu(&[other(130), other(99)]).build(), &[]),
        "warning: resource 2 has type 130, which is the platform driver's to understand\n\
         warning: resource 3 has type 99, which the kernel does not know and skips"
    );
}

#[test]
fn entries() {
    let carveout = |da, len, name: &str| Entry::Carveout {
        da,
        len,
        name: name.into(),
    };
    assert_eq!(
        panda(ipu(&[carveout(0x6000_0000, 0, "none")]).build()),
        "error: resource 2, carveout \"none\": it has 0 bytes, there must be some"
    );
    assert_eq!(
        panda(ipu(&[carveout(0x6000_0010, 0x1000, "odd")]).build()),
        "error: resource 2, carveout \"odd\": 0x1000 bytes at 0x60000010, the IOMMU maps multiples \
         of 0x1000"
    );
    assert_eq!(
        panda(ipu(&[carveout(0xffff_f000, 0x2000, "end")]).build()),
        "error: resource 2, carveout \"end\": 0x2000 bytes at 0xfffff000 go past the end of the \
         address space"
    );
    assert_eq!(
        panda(ipu(&[carveout(0x800f_f000, 0x2000, "twice")]).build()),
        "error: resource 1, carveout \"data\" at 0x80000000..0x800fffff and resource 2, carveout \
         \"twice\" at 0x800ff000..0x80100fff overlap: the IOMMU cannot map both"
    );
    assert_eq!(
        panda(ipu(&[carveout(0x6000_0000, 0xf0_0000, "much")]).build()),
        "error: carveouts and vrings need 0x1100000 bytes, but only 0x1000000 are set aside for \
         ipu@55020000"
    );
    assert_eq!(
        hawk(dsp(&[carveout(0xc400_0000, 0x1000, "far")]).build()),
        "error: resource 1, carveout \"far\": 0xc4000000..0xc4000fff is not in the memory that is \
         set aside for dsp@11800000: dsp-memory@c3000000 0xc3000000..0xc3ffffff"
    );
    let devmem = Entry::Devmem {
        da: 0x1000,
        pa: 0x2000,
        len: 0x1000,
        name: "timers".into(),
    };
    assert_eq!(
        hawk(dsp(&[devmem]).build()),
        "error: resource 1, devmem \"timers\": it needs an IOMMU, the processor has none"
    );
}

#[test]
fn vrings() {
    let rings = |rings| vdev(rings);
    assert_eq!(
        panda(ipu(&[rings(vec![(0xa000_0000, 4096, 100)])]).build()),
        "error: vring 0 of the resource table's vdev at offset 0x8c has 100 entries, it must be a \
         power of two up to 32768"
    );
    assert_eq!(
        panda(
            ipu(&[rings(vec![
                (0xa000_0000, 4096, 256),
                (0xa000_2000, 4096, 256)
            ])])
            .build()
        ),
        "error: vdev0vring1 at 0xa0002000..0xa0004fff overlaps vdev0vring0 at \
         0xa0000000..0xa0002fff; 0xffffffff is anywhere"
    );
    let carveout = |name: &str| Entry::Carveout {
        da: 0xa000_0000,
        len: 0x2000,
        name: name.into(),
    };
    assert_eq!(
        panda(
            ipu(&[
                rings(vec![(0xa000_0000, 4096, 256)]),
                carveout("vdev0vring0")
            ])
            .build()
        ),
        "error: vdev0vring0 at 0xa0000000 needs 0x3000 bytes, its carveout has 0x2000 bytes at \
         0xa0000000"
    );
    assert_eq!(
        panda(ipu(&[rings(vec![(0xa000_0000, 4096, 256)]), carveout("ipc")]).build()),
        "error: vdev0vring0 at 0xa0000000..0xa0002fff needs 0x3000 bytes, but carveout \"ipc\" \
         ends at 0xa0002000"
    );
}

#[test]
fn notify_ids() {
    let mut image = ipu(&[vdev(vec![(0xa000_0000, 16, 16), (0xa000_4000, 16, 16)])]);
    // The rings follow the vdev, which is the last entry; the id is the fourth word of a ring.
    let table = &mut image.sections[0].data;
    let ids = [table.len() - 40 + 12, table.len() - 20 + 12];
    for at in ids {
        table[at] = 5;
    }
    assert_eq!(
        check(image.build(), &[]),
        "warning: a vring has notify id 5, but Linux will write 0 over it: firmware must read it \
         from the loaded table\n\
         warning: two vrings have notify id 5, they must differ; Linux will write 1 over the \
         second one"
    );
}

#[test]
fn places_of_rings() {
    assert_eq!(
        panda(ipu(&[vdev(vec![(0xa000_0010, 4096, 256)])]).build()),
        "error: vdev0vring0: 0x3000 bytes at 0xa0000010, the IOMMU maps multiples of 0x1000"
    );
    assert_eq!(
        hawk(dsp(&[vdev(vec![(0xa000_0000, 4096, 256)])]).build()),
        "error: vdev0vring0: 0xa0000000..0xa0002fff is not in the memory that is set aside for \
         dsp@11800000: dsp-memory@c3000000 0xc3000000..0xc3ffffff"
    );
    // In a carveout they need no memory of their own.
    assert_eq!(
        panda(ipu(&[vdev(vec![(0x8008_0010, 4096, 256)])]).build()),
        ""
    );
    assert_eq!(
        check(ipu(&[vdev(vec![(u32::MAX, 16, 2); 65])]).build(), &[]),
        "error: the vdevs have 65 vrings, there may be 64 in all"
    );
}

#[test]
fn traces() {
    let trace = |da, len| Entry::Trace {
        da,
        len,
        name: "trace0".into(),
    };
    assert_eq!(panda(ipu(&[trace(0x800f_f000, 0x1000)]).build()), "");
    assert_eq!(
        panda(ipu(&[trace(0x800f_f000, 0x2000)]).build()),
        "warning: resource 2, trace \"trace0\": 0x800ff000..0x80100fff is in no memory of \
         ipu@55020000, so there will be no trace: it has l2ram 0x20000000..0x2000ffff, carveout \
         \"text\" 0x0..0xfffff, carveout \"data\" 0x80000000..0x800fffff; l2ram would fit"
    );
}

#[test]
fn carveouts_without_an_iommu() {
    let again = Entry::Carveout {
        da: 0xc3f0_0000,
        len: 0x10_0000,
        name: "again".into(),
    };
    assert_eq!(
        hawk(dsp(&[again]).build()),
        "error: resource 0, carveout \"dsp\" at 0xc3100000..0xc3ffffff and resource 1, carveout \
         \"again\" at 0xc3f00000..0xc3ffffff overlap: only one of them can be there"
    );
    let mut image = rprc_image::sample(rprc::Version::V2);
    image.resources.truncate(2);
    image.resources[0].da = 0xc300_0000;
    image.resources[1].da = 0xc310_0000;
    image.resources[1].pa = 0xc320_0000;
    image
        .resources
        .push(rprc_image::Resource::new(5, 0xc310_0000, 0, 0, "boot"));
    image.sections.truncate(1);
    image.sections[0].da = 0xc310_0000;
    assert_eq!(
        hawk(image.build()),
        "error: resource 1, carveout \"text\": it must lie at 0xc3200000, but without an IOMMU the \
         processor sees it there and not at 0xc3100000"
    );
    image.resources[1].pa = 0xc310_0000;
    assert_eq!(hawk(image.build()), "");
    image.resources[0].pa = 0xc300_0800;
    image.resources[0].da = 0xc300_0800;
    assert_eq!(
        hawk(image.build()),
        "error: resource 0, carveout \"IPC\" at 0xc3000800..0xc31007ff and resource 1, carveout \
         \"text\" at 0xc3100000..0xc34fffff overlap: only one of them can be there\n\
         error: resource 0, carveout \"IPC\": 0x100000 bytes at physical address 0xc3000800, \
         memory begins at multiples of 0x1000"
    );
}

#[test]
fn static_channels() {
    let channels = |num: u32, name: &[u8; 32]| {
        let mut bytes = num.to_le_bytes().to_vec();
        bytes.extend(name);
        bytes.extend([u32::MAX, 50].map(u32::to_le_bytes).concat());
        Entry::Other { kind: 256, bytes }
    };
    let mut name = [0; 32];
    assert_eq!(
        check(ipu(&[channels(1, &name)]).build(), &[]),
        "error: resource 2: static channel 0 needs a name and at least one address"
    );
    name[..4].copy_from_slice(b"echo");
    assert_eq!(check(ipu(&[channels(1, &name)]).build(), &[]), "");
    assert_eq!(
        check(ipu(&[channels(2, &name)]).build(), &[]),
        "error: resource 2: static channels in 44 bytes, 84 are needed"
    );
}
