// SPDX-License-Identifier: GPL-2.0

//! What the command line may be. The help texts are the manual pages as well.

use std::path::PathBuf;

use clap::Args;
use clap::Parser;
use clap::Subcommand;
use clap::ValueEnum;

/// Inspects, checks and converts firmware of remote processors.
///
/// Firmware is ELF (32 or 64 bits), RPRC (the format that remoteproc had before ELF, version 1 or
/// 2), or TI's COFF (COFF1 or COFF2), told apart by its first bytes. The parsers are those of the
/// kernel modules, so what ampfw says of a file is what the kernel will say.
///
/// The exit status is 0 if all went well, 1 if not or if a check found an error, and 2 if the
/// command line was wrong.
#[derive(Debug, Parser)]
#[command(name = "ampfw", version, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Info(Info),
    Check(Check),
    Convert(Convert),
    #[command(subcommand)]
    Table(Table),
    /// Writes manual pages and shell completions, for packagers
    #[command(hide = true)]
    Docs {
        /// The folder to write to
        folder: PathBuf,
    },
}

/// Shows what is in a firmware file
///
/// Format, processor, entry address, what is loaded where, and the resource table entry by entry.
/// Whatever is in a file is shown as printable ASCII.
#[derive(Debug, Args)]
pub(crate) struct Info {
    /// The firmware file
    pub(crate) file: PathBuf,
    /// Print JSON; addresses and sizes are numbers
    #[arg(long)]
    pub(crate) json: bool,
}

/// Tells what the kernel would refuse or warn about
///
/// By itself a file is checked for what holds on any board. With a board or a device tree also for
/// segments outside of the processor's memories, code where the processor executes nothing, boot
/// addresses that it cannot start at, carveouts and mappings that cannot be, and for the memory
/// that all of it takes.
///
/// The exit status is 1 if there is an error, or with --strict a warning.
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// The firmware file
    pub(crate) file: PathBuf,
    /// For one of the project's boards
    #[arg(long, value_enum, conflicts_with = "dts")]
    pub(crate) board: Option<BoardName>,
    /// For a remote processor of this device tree (a blob, or source that needs no preprocessor):
    /// the first one that the firmware is for
    #[arg(long, value_name = "FILE")]
    pub(crate) dts: Option<PathBuf>,
    /// For this one of the device tree's remote processors, with or without its address
    #[arg(long, value_name = "NAME", requires = "dts")]
    pub(crate) node: Option<String>,
    /// Take warnings for errors
    #[arg(long)]
    pub(crate) strict: bool,
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum BoardName {
    /// Pandaboard (OMAP4), the IPU's Cortex-M3
    Panda,
    /// Hawkboard (DA850), the C674x DSP
    Hawk,
}

/// Converts ELF or COFF to RPRC or ELF
///
/// Several input files are the cores of one processor; the first one is core 0 and the only one
/// that may have a resource table.
///
/// To RPRC as TI's generator does it: a section for each segment that has contents, filled up to
/// whole words, the resources first. Firmware made for RPRC has its entries in the section
/// .resource_table; where such an entry has a core's number for an address, the core's trace buffer
/// or entry point is put there. Of other firmware the resource table is translated, and its copy in
/// memory is left as Linux would have filled it in for vrings at the start of the shared memory.
///
/// The same input always gives the same output, which is read again and compared before it is
/// written.
#[derive(Debug, Args)]
pub(crate) struct Convert {
    /// The files of all cores
    #[arg(required = true, value_name = "IN")]
    pub(crate) inputs: Vec<PathBuf>,
    /// The file to write
    #[arg(value_name = "OUT")]
    pub(crate) output: PathBuf,
    /// What to convert to
    #[arg(long, value_enum, default_value = "rprc2")]
    pub(crate) to: To,
    /// Where a core begins to execute: a symbol, a section or a number; once for each core
    #[arg(long, value_name = "SYMBOL|SECTION|ADDRESS")]
    pub(crate) boot: Vec<String>,
    /// The symbol of a core's trace buffer; once for each core
    #[arg(long, value_name = "SYMBOL")]
    pub(crate) trace: Vec<String>,
    /// Text for the RPRC header
    #[arg(long, default_value = "Made by ampfw.\n", hide_default_value = true)]
    pub(crate) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum To {
    /// RPRC version 1, of the framework's first posting
    Rprc1,
    /// RPRC version 2, of TI's products
    Rprc2,
    /// ELF
    Elf,
}

/// Makes resource tables from a readable description, and back
#[derive(Debug, Subcommand)]
pub(crate) enum Table {
    Make(Make),
    Read(Read),
}

/// Makes a resource table from a description in TOML
///
/// A description is a list of [[entry]] tables with a type: carveout, devmem, trace, vdev, vendor;
/// with layout = "rprc1" or "rprc2" also bootaddr, device, irq, service, crashdump and suspendaddr,
/// but no vdev. "ampfw table read" shows the keys of each.
#[derive(Debug, Args)]
pub(crate) struct Make {
    /// The description
    pub(crate) input: PathBuf,
    /// The file to write
    pub(crate) output: PathBuf,
    /// What to make; by default what the name of the output ends with: .o, .c, .rs or anything else
    /// for bytes
    #[arg(long = "as", value_enum)]
    pub(crate) what: Option<What>,
    /// The processor that an object file is for
    #[arg(long, value_enum, default_value = "arm")]
    pub(crate) machine: MachineName,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum What {
    /// The table's bytes
    Binary,
    /// An ELF object with a section .resource_table
    Object,
    /// C source
    C,
    /// Rust source
    Rust,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum MachineName {
    /// 32-bit ARM, such as Cortex-M
    Arm,
    /// TI C6000
    C6000,
}

/// Prints the description of the resource table in a firmware file
#[derive(Debug, Args)]
pub(crate) struct Read {
    /// The firmware file, of any format
    pub(crate) file: PathBuf,
}
