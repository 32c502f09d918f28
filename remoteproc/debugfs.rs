// SPDX-License-Identifier: GPL-2.0

//! `/sys/kernel/debug/remoteproc`: name, memory, resource table and the remote's traces.
//!
//! Nothing that lasts as long as a run takes the life cycle's lock: these files are removed by its
//! holder, who waits for their readers.

use crate::{
    memory::Printable,
    request::{
        Layout,
        Trace as TraceRequest, //
    },
    Crash,
    Device, //
};
use amp::{
    device::DeviceExt,
    sysfs, //
};
use kernel::{
    debugfs::{
        BinaryWriter,
        Dir,
        File, //
    },
    fmt,
    fs::file,
    prelude::*,
    str::{
        parse_int::ParseInt,
        BStr,
        CString, //
    },
    sync::aref::ARef,
    uaccess::{
        UserSliceReader,
        UserSliceWriter, //
    }, //
};
use proto::{
    resource_table::{
        self,
        Resource,
        ResourceTable, //
    },
    rprc, //
};

/// The files of a processor that is registered.
pub(crate) struct Files {
    dir: Dir,
    _name: Pin<KBox<File<ARef<Device>>>>,
    _carveouts: Pin<KBox<File<ARef<Device>>>>,
    _table: Pin<KBox<File<ARef<Device>>>>,
    _mappings: Option<Pin<KBox<File<ARef<Device>>>>>,
    _recovery: Pin<KBox<File<ARef<Device>>>>,
    _crash: Pin<KBox<File<ARef<Device>>>>,
}

impl Files {
    pub(crate) fn new(rproc: &Device) -> Result<Self> {
        let dir = rproc.debugfs.subdir(rproc.as_ref().device_name());
        let file = || ARef::<Device>::from(rproc);

        Ok(Self {
            _name: KBox::pin_init(
                dir.read_callback_file(c"name", file(), &show_name),
                GFP_KERNEL,
            )?,
            _carveouts: KBox::pin_init(
                dir.read_callback_file(c"carveout_memories", file(), &show_carveouts),
                GFP_KERNEL,
            )?,
            _table: KBox::pin_init(
                dir.read_callback_file(c"resource_table", file(), &show_table),
                GFP_KERNEL,
            )?,
            _mappings: match rproc.raw().has_iommu() {
                true => Some(KBox::pin_init(
                    dir.read_callback_file(c"iommu_mappings", file(), &show_mappings),
                    GFP_KERNEL,
                )?),
                false => None,
            },
            _recovery: KBox::pin_init(
                dir.read_write_callback_file(c"recovery", file(), &show_recovery, &set_recovery),
                GFP_KERNEL,
            )?,
            _crash: KBox::pin_init(
                dir.write_callback_file(c"crash", file(), &crash),
                GFP_KERNEL,
            )?,
            dir,
        })
    }

    /// The processor's folder.
    pub(crate) fn dir(&self) -> Dir {
        self.dir.clone()
    }
}

fn show_name(rproc: &ARef<Device>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.write_fmt(fmt!("{}\n", rproc.name()))
}

fn show_carveouts(rproc: &ARef<Device>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for carveout in rproc.carveouts.lock().iter() {
        writeln!(f, "Carveout memory entry:")?;
        writeln!(f, "\tName: {}", Printable(&carveout.name))?;
        writeln!(f, "\tDMA address: {:#010x}", carveout.memory.dma_address())?;
        writeln!(f, "\tDevice address: {:#x}", carveout.da)?;
        writeln!(f, "\tLength: {:#x} Bytes\n", carveout.memory.len())?;
    }
    Ok(())
}

fn show_recovery(rproc: &ARef<Device>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(f, "{}", rproc.recovery_word())
}

/// Reads a word that a user wrote.
fn read_word<'a>(reader: &mut UserSliceReader, word: &'a mut [u8; 16]) -> Result<&'a [u8]> {
    let len = reader.len();
    let word = word.get_mut(..len).ok_or(EINVAL)?;
    reader.read_slice(word)?;
    Ok(sysfs::trim(word))
}

fn set_recovery(rproc: &ARef<Device>, reader: &mut UserSliceReader) -> Result {
    rproc.set_recovery(read_word(reader, &mut [0; 16])?)
}

/// Reports a crash that did not happen; its kind is a number, in decimal, 0x hexadecimal or octal.
fn crash(rproc: &ARef<Device>, reader: &mut UserSliceReader) -> Result {
    let mut word = [0; 16];
    let word = core::str::from_utf8(read_word(reader, &mut word)?).map_err(|_| EINVAL)?;
    let kind = match u32::from_str(BStr::from_bytes(word.as_bytes()))? {
        0 => Crash::MmuFault,
        1 => Crash::Watchdog,
        2 => Crash::FatalError,
        _ => return Err(EINVAL),
    };
    rproc.report_crash(kind);
    Ok(())
}

/// What the processor sees, a line each: device address, physical address, length.
fn show_mappings(rproc: &ARef<Device>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let domain = rproc.domain.lock().clone();
    let Some(domain) = domain else {
        return Ok(());
    };
    domain.with_mappings(|all| {
        all.iter()
            .try_for_each(|m| writeln!(f, "{:#010x} {:#010x} {:#x}", m.iova, m.pa, m.len))
    })
}

fn show_table(rproc: &ARef<Device>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let table = rproc.current_table.lock().clone();
    let Some(table) = table else {
        return writeln!(f, "No resource table found");
    };

    table.with_copy(|bytes, layout| {
        if let Layout::Rprc(version) = layout {
            return rprc::Resources::new(bytes, version).try_for_each(|entry| show_rprc(&entry, f));
        }
        let Ok(table) = ResourceTable::parse(bytes) else {
            return Ok(());
        };
        for (index, entry) in table.entries().enumerate() {
            match entry {
                Ok(entry) => show_entry(index, &entry.resource, f)?,
                Err(error) => writeln!(f, "Entry {}: {}", index, core::format_args!("{error}"))?,
            }
        }
        Ok(())
    })
}

fn show_rprc(entry: &rprc::Entry, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    use rprc::Resource;

    let (index, kind) = (entry.index, entry.resource.kind_name());
    let name = &entry.name.short();
    let one = |field, value: u64| [(field, Some(value)), ("", None), ("", None), ("", None)];
    let two = |da: u64, len: u32| {
        let len = ("Length (bytes)", Some(len.into()));
        [("Device Address", Some(da)), len, ("", None), ("", None)]
    };
    let four = |da: u64, pa: Option<u64>, len: u32, flags: u32| {
        [
            ("Device Address", Some(da)),
            ("Physical Address", pa),
            ("Length (bytes)", Some(len.into())),
            ("Flags", Some(flags.into())),
        ]
    };
    let fields = match entry.resource {
        Resource::Carveout { da, pa, len, flags } => four(da.0, pa.map(|pa| pa.0), len, flags),
        Resource::Devmem { da, pa, len, flags } => four(da.0, Some(pa.0), len, flags),
        Resource::Memory { da, len }
        | Resource::Trace { da, len }
        | Resource::CrashDump { da, len } => two(da.0, len),
        Resource::BootAddr { da } | Resource::SuspendAddr { da } => one("Device Address", da.0),
        Resource::Device { id } | Resource::Irq { id } | Resource::Service { id } => {
            one("Number", id)
        }
        Resource::Unknown { kind } => one("Type", kind.into()),
    };
    show_memory(f, kind, index, fields, name)
}

/// Shows an entry: fields without a name are left out, those without a value may be anything.
fn show_memory(
    f: &mut fmt::Formatter<'_>,
    kind: &str,
    index: usize,
    fields: [(&str, Option<u64>); 4],
    name: &proto::Name,
) -> fmt::Result {
    writeln!(f, "Entry {} is of type {}", index, kind)?;
    for (field, value) in fields.into_iter().filter(|(field, _)| !field.is_empty()) {
        match value {
            Some(value) => writeln!(f, "  {} {:#x}", field, value)?,
            None => writeln!(f, "  {} any", field)?,
        }
    }
    writeln!(f, "  Name {}\n", Printable(name))
}

fn show_entry(index: usize, resource: &Resource<'_>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match resource {
        Resource::Carveout(c) => show_memory(
            f,
            "carveout",
            index,
            [
                ("Device Address", c.da.map(|da| da.0)),
                ("Physical Address", c.pa.map(|pa| pa.0)),
                ("Length (bytes)", Some(c.len.into())),
                ("Flags", Some(c.flags.into())),
            ],
            &c.name,
        ),
        Resource::Devmem(d) => show_memory(
            f,
            "devmem",
            index,
            [
                ("Device Address", Some(d.da.0)),
                ("Physical Address", Some(d.pa.0)),
                ("Length (bytes)", Some(d.len.into())),
                ("Flags", Some(d.flags.into())),
            ],
            &d.name,
        ),
        Resource::Trace(t) => {
            writeln!(f, "Entry {} is of type trace", index)?;
            writeln!(f, "  Device Address {:#x}", t.da.0)?;
            writeln!(f, "  Length {:#x} Bytes", t.len)?;
            writeln!(f, "  Name {}\n", Printable(&t.name))
        }
        Resource::Vdev(v) => {
            writeln!(f, "Entry {} is of type vdev", index)?;
            writeln!(f, "  ID {}", v.id)?;
            writeln!(f, "  Notify ID {}", v.notifyid)?;
            writeln!(f, "  Device features {:#x}", v.dfeatures)?;
            writeln!(f, "  Guest features {:#x}", v.gfeatures)?;
            writeln!(f, "  Config length {:#x}", v.config().len())?;
            writeln!(f, "  Status {:#x}", v.status)?;
            writeln!(f, "  Number of vrings {}\n", v.num_of_vrings)?;
            v.vrings().try_for_each(|vring| show_vring(&vring, f))
        }
        Resource::Vendor { kind, .. } => {
            writeln!(f, "Entry {} is of vendor type {}\n", index, kind)
        }
        Resource::Unknown { kind, .. } => {
            writeln!(f, "Unknown resource type found: {}\n", kind)
        }
    }
}

fn show_vring(vring: &resource_table::Vring, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(f, "  Vring {}", vring.index)?;
    match vring.da {
        Some(da) => writeln!(f, "    Device Address {:#x}", da.0)?,
        None => writeln!(f, "    Device Address any")?,
    }
    writeln!(f, "    Alignment {}", vring.align)?;
    writeln!(f, "    Number of buffers {}", vring.num)?;
    writeln!(f, "    Notify ID {}\n", vring.notifyid)
}

/// A text that the remote writes.
pub(crate) struct Trace {
    rproc: ARef<Device>,
    da: u64,
    len: usize,
}

impl BinaryWriter for Trace {
    fn write_to_slice(
        &self,
        writer: &mut UserSliceWriter,
        offset: &mut file::Offset,
    ) -> Result<usize> {
        let mut text = KVVec::from_elem(0u8, self.len, GFP_KERNEL)?;
        let read = self
            .rproc
            .with_window(self.da, self.len, |window| window.read(0, &mut text));
        if read != Some(Ok(())) {
            return writer.write_slice_file(b"trace not available\n", offset);
        }
        let text = text.split(|byte| *byte == 0).next().unwrap_or_default();
        writer.write_slice_file(text, offset)
    }
}

/// `traceN`, as long as it exists.
pub(crate) type TraceFile = Pin<KBox<File<Trace>>>;

/// Longer trace buffers are cut off.
const TRACE_MAX: usize = 4 << 20;

/// Makes the file `trace<index>`.
pub(crate) fn trace_file(rproc: &Device, index: usize, trace: &TraceRequest) -> Result<TraceFile> {
    let name = CString::try_from_fmt(fmt!("trace{}", index))?;
    let data = Trace {
        rproc: rproc.into(),
        da: trace.da,
        len: usize::try_from(trace.len)?.min(TRACE_MAX),
    };
    let dir = rproc.debug_dir().ok_or(ENODEV)?;
    let file = KBox::pin_init(dir.read_binary_file(&name, data), GFP_KERNEL)?;
    Ok(file)
}
