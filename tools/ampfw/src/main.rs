// SPDX-License-Identifier: GPL-2.0

//! The command line of `ampfw`.

mod cli;
mod run;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match run::run(&cli) {
        Ok(run::Outcome { stdout, good }) => {
            // A reader that goes away, such as head, is no failure.
            let _ = std::io::stdout().write_all(&stdout);
            if good {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}
