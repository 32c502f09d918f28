// SPDX-License-Identifier: GPL-2.0

//! Running the program as a user does.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// A folder of its own for a test, removed at its end.
pub(crate) struct Folder(PathBuf);

/// What a run gave: exit status, standard output, standard error.
pub(crate) type Run = (i32, String, String);

impl Folder {
    pub(crate) fn new(test: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("ampfw-{test}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn put(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.0.join(name), bytes).unwrap();
    }

    pub(crate) fn get(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Runs `ampfw` with these arguments in the folder.
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let output = Command::new(env!("CARGO_BIN_EXE_ampfw"))
            .args(arguments)
            .current_dir(&self.0)
            .output()
            .unwrap();
        (
            output.status.code().unwrap_or(-1),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    }

    /// Runs it, and insists that it has nothing to complain about.
    pub(crate) fn good(&self, arguments: &[&str]) -> String {
        let (status, stdout, stderr) = self.run(arguments);
        assert_eq!(
            (status, stderr.as_str()),
            (0, ""),
            "{arguments:?}: {stdout}"
        );
        stdout
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Compares with the file `name` in tests/expected; with BLESS=1 in the environment that file is
/// written instead, to be read before it is committed.
pub(crate) fn expect(name: &str, actual: &str) {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/expected")
        .join(name);
    if std::env::var_os("BLESS").is_some() {
        fs::write(&file, actual).unwrap();
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        actual == expected,
        "{name}: got\n{actual}\nbut want\n{expected}"
    );
}
