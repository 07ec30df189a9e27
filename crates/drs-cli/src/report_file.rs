//! A report that is written to a file, as `--report FORMAT=FILE` names it.

use std::fmt::Display;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::failure::Failure;

/// Reads `FORMAT=FILE`.
///
/// # Errors
/// The form is another one, or the format is unknown.
pub(crate) fn report_file<F: FromStr<Err: Display>>(argument: &str) -> Result<(F, PathBuf), String> {
    let (format, file) = argument
        .split_once('=')
        .filter(|(_, file)| !file.is_empty())
        .ok_or("expected FORMAT=FILE, such as html=report.html")?;
    Ok((format.parse().map_err(|error: F::Err| error.to_string())?, PathBuf::from(file)))
}

/// Refuses a report in a file that is read.
///
/// # Errors
/// A report has the path of an input.
pub(crate) fn refuse_overwriting<'a, F>(
    reports: &[(F, PathBuf)],
    inputs: impl Iterator<Item = &'a Path>,
) -> Result<(), Failure> {
    let inputs: Vec<PathBuf> = inputs.filter_map(|input| input.canonicalize().ok()).collect();
    for (_, path) in reports {
        if path.canonicalize().is_ok_and(|report| inputs.contains(&report)) {
            let failure = Failure::usage(format!("the report {} would overwrite an input", path.display()));
            return Err(failure.help("Name a file that is not read."));
        }
    }
    Ok(())
}

/// The file of a report. It is opened before anything else is done, and removed when the run ends before the report.
#[derive(Debug)]
pub(crate) struct ReportFile {
    path: PathBuf,
    file: File,
    is_kept: bool,
}

impl ReportFile {
    /// Creates the file. The content of an older report goes now: it must not be taken for one of this run.
    ///
    /// # Errors
    /// The file cannot be written.
    pub(crate) fn create(path: PathBuf) -> Result<Self, Failure> {
        match File::create(&path) {
            Ok(file) => Ok(Self { path, file, is_kept: false }),
            Err(error) => Err(Failure::usage(format!("the report {} cannot be written: {error}", path.display()))),
        }
    }

    /// Keeps the file from now on: its report begins. A report without findings may have no byte.
    pub(crate) fn kept(mut self) -> Self {
        self.is_kept = true;
        self
    }

    /// Says in an error which file it is.
    fn named<T>(&self, write: impl FnOnce(&File) -> io::Result<T>) -> io::Result<T> {
        write(&self.file).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", self.path.display())))
    }
}

impl Write for ReportFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.named(|mut file| file.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.named(|mut file| file.flush())
    }
}

impl Drop for ReportFile {
    fn drop(&mut self) {
        // A pipe or a device stays.
        if !self.is_kept && self.file.metadata().is_ok_and(|found| found.is_file()) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
