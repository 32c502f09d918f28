// SPDX-License-Identifier: GPL-2.0

//! What each command does.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use ampfw::board::Board;
use ampfw::check;
use ampfw::convert;
use ampfw::error::Error;
use ampfw::error::Result;
use ampfw::image::Image;
use ampfw::info;
use ampfw::table;
use clap::CommandFactory as _;
use clap::ValueEnum as _;
use proto::rprc::Version;

use crate::cli::BoardName;
use crate::cli::Cli;
use crate::cli::Command;
use crate::cli::MachineName;
use crate::cli::Table;
use crate::cli::To;
use crate::cli::What;

/// What a command leaves.
pub(crate) struct Outcome {
    /// What to print.
    pub(crate) stdout: Vec<u8>,
    /// Whether the exit status is 0.
    pub(crate) good: bool,
}

fn print(text: String) -> Outcome {
    Outcome {
        stdout: text.into_bytes(),
        good: true,
    }
}

pub(crate) fn run(cli: &Cli) -> Result<Outcome> {
    match &cli.command {
        Command::Info(args) => {
            let bytes = read(&args.file)?;
            let image = Image::parse(&bytes).map_err(|error| error.of(shown(&args.file)))?;
            Ok(print(if args.json {
                format!("{:#}\n", info::json(&image))
            } else {
                info::human(&image)
            }))
        }
        Command::Check(args) => {
            let bytes = read(&args.file)?;
            let board = match (&args.board, &args.dts) {
                (Some(BoardName::Panda), _) => Some(Board::builtin("panda")?),
                (Some(BoardName::Hawk), _) => Some(Board::builtin("hawk")?),
                (None, Some(file)) => {
                    let tree = read(file)?;
                    let machine = Image::parse(&bytes).ok().and_then(|i| i.machine.elf());
                    let board = Board::choose(&tree, args.node.as_deref(), machine);
                    Some(board.map_err(|error| error.of(shown(file)))?)
                }
                (None, None) => None,
            };
            let report = check::check(&bytes, board.as_ref());
            let good = report
                .0
                .iter()
                .all(|finding| finding.level == check::Level::Warning && !args.strict);
            let text = if args.json {
                format!("{:#}\n", report.json())
            } else {
                report.human()
            };
            Ok(Outcome {
                stdout: text.into_bytes(),
                good,
            })
        }
        Command::Convert(args) => {
            let files = args
                .inputs
                .iter()
                .map(|file| Ok((shown(file), read(file)?)))
                .collect::<Result<Vec<_>>>()?;
            let inputs: Vec<_> = files
                .iter()
                .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
                .collect();
            let options = convert::Options {
                output: match args.to {
                    To::Rprc1 => convert::Output::Rprc(Version::V1),
                    To::Rprc2 => convert::Output::Rprc(Version::V2),
                    To::Elf => convert::Output::Elf,
                },
                boot: args.boot.clone(),
                trace: args.trace.clone(),
                text: args.text.clone(),
            };
            let converted = convert::convert(&inputs, &options)?;
            for notice in &converted.notices {
                let _ = writeln!(std::io::stderr(), "notice: {notice}");
            }
            write(&args.output, &converted.bytes)?;
            Ok(print(String::new()))
        }
        Command::Table(Table::Make(args)) => {
            let name = shown(&args.input);
            let text = String::from_utf8(read(&args.input)?)
                .map_err(|_| Error::new(format!("{name}: the description is not UTF-8")))?;
            let description = table::read(&name, &text)?;
            let ending = args.output.extension().and_then(|ending| ending.to_str());
            let what = args.what.unwrap_or(match ending {
                Some("o") => What::Object,
                Some("c") => What::C,
                Some("rs") => What::Rust,
                _ => What::Binary,
            });
            let output = match (what, args.machine) {
                (What::Binary, _) => table::Output::Binary,
                (What::C, _) => table::Output::C,
                (What::Rust, _) => table::Output::Rust,
                // Version 5 of ARM's binary interface.
                (What::Object, MachineName::Arm) => {
                    table::Output::Object(proto::elf::MACHINE_ARM, 0x0500_0000)
                }
                (What::Object, MachineName::C6000) => {
                    table::Output::Object(proto::elf::MACHINE_C6000, 0)
                }
            };
            let file = args.input.file_name().map_or(name.clone(), |file| {
                file.to_string_lossy().escape_debug().to_string()
            });
            let bytes = table::make(&description, output, &file).map_err(|e| e.of(&name))?;
            write(&args.output, &bytes)?;
            Ok(print(String::new()))
        }
        Command::Table(Table::Read(args)) => {
            let bytes = read(&args.file)?;
            let text = Image::parse(&bytes).and_then(|image| table::write(&image));
            Ok(print(text.map_err(|error| error.of(shown(&args.file)))?))
        }
        Command::Docs { folder } => {
            docs(folder).map_err(|error| error.of(shown(folder)))?;
            Ok(print(String::new()))
        }
    }
}

/// A path in messages.
fn shown(path: &Path) -> String {
    path.to_string_lossy().escape_debug().to_string()
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).map_err(|error| Error::from(error).of(shown(path)))
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).map_err(|error| Error::from(error).of(shown(path)))
}

/// Manual pages into man/, completions into completions/.
fn docs(folder: &Path) -> Result<()> {
    let man = folder.join("man");
    fs::create_dir_all(&man)?;
    let command = crate::cli::Cli::command().disable_help_subcommand(true);
    clap_mangen::generate_to(command, &man)?;

    let completions = folder.join("completions");
    fs::create_dir_all(&completions)?;
    for shell in clap_complete::Shell::value_variants() {
        let mut command = crate::cli::Cli::command();
        clap_complete::generate_to(*shell, &mut command, "ampfw", &completions)?;
    }
    Ok(())
}
