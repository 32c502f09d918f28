// SPDX-License-Identifier: GPL-2.0

//! What the kernel will refuse or warn about, before it is asked.

mod memory;
mod pool;
mod resources;
mod segments;
mod vrings;

use std::fmt;

use crate::board::Board;
use crate::image::Format;
use crate::image::Image;
use crate::image::Machine;
use crate::text::count;

/// Memory is allocated and mapped in multiples of this.
const PAGE: u64 = 4096;

/// Each of them is compared with each memory.
const MAX_SEGMENTS: usize = 4096;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The kernel warns, or something will not be as its author thinks.
    Warning,
    /// The kernel refuses the firmware, or the processor cannot run it.
    Error,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// What it is, and what would be right.
    pub message: String,
}

/// All findings, in the order in which they were found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report(pub Vec<Finding>);

impl Report {
    fn error(&mut self, message: String) {
        self.0.push(Finding {
            level: Level::Error,
            message,
        });
    }

    fn warning(&mut self, message: String) {
        self.0.push(Finding {
            level: Level::Warning,
            message,
        });
    }

    /// How many findings of this level there are.
    pub fn count(&self, level: Level) -> usize {
        self.0.iter().filter(|f| f.level == level).count()
    }

    /// A line for each finding, and one with their numbers.
    pub fn human(&self) -> String {
        let mut out = String::new();
        for finding in &self.0 {
            out.push_str(&format!("{}: {}\n", finding.level, finding.message));
        }
        out.push_str(&format!(
            "{}, {}\n",
            count(self.count(Level::Error), "error"),
            count(self.count(Level::Warning), "warning")
        ));
        out
    }

    /// The same for programs.
    pub fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "errors": self.count(Level::Error),
            "warnings": self.count(Level::Warning),
            "findings": self.0.iter().map(|finding| serde_json::json!({
                "level": finding.level.to_string(),
                "message": finding.message,
            })).collect::<Vec<_>>(),
        })
    }
}

/// Looks at the firmware in `bytes`: by itself, and for `board` if there is one.
pub fn check(bytes: &[u8], board: Option<&Board>) -> Report {
    let mut report = Report::default();
    let image = match Image::parse(bytes) {
        Ok(image) => image,
        Err(error) => {
            report.error(error.to_string());
            return report;
        }
    };
    match image.format {
        Format::Elf(_) | Format::Rprc(_) => {}
        Format::Coff(version) => report.error(format!(
            "the kernel does not load {version}: convert it, \"ampfw convert\""
        )),
        Format::Sbl => {
            // As the kernel says it.
            if let Err(error) = proto::rprc::Rprc::parse(bytes) {
                report.error(error.to_string());
            }
            return report;
        }
    }
    if image.segments.len() > MAX_SEGMENTS {
        report.error(format!(
            "the file has {} segments, no firmware has more than {MAX_SEGMENTS}",
            image.segments.len()
        ));
        return report;
    }
    if let Some(board) = board {
        machine(&mut report, &image, board);
    }
    let entries = resources::check(&mut report, &image, board);
    segments::check(&mut report, &image, &entries, board);
    report
}

fn machine(report: &mut Report, image: &Image<'_>, board: &Board) {
    let want = board.processor.machine;
    if image.machine == Machine::Unknown || image.machine.elf() == Some(want) {
        return;
    }
    report.error(format!(
        "the firmware is for {}, but {} is a {}: {}",
        image.machine,
        board.node,
        board.processor.title,
        Machine::Elf(want)
    ));
}
