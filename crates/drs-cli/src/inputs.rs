//! The inputs of `drs validate`: files, folders, patterns and standard input, opened one after the other.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use drs_validate::{Attached, decompress};
use same_file::Handle;

use crate::attached::{self, Archive};
use crate::failure::Failure;
use crate::files::ends_with;
use crate::limits::LIMITS;

/// The endings of files that are read in a folder, also when `.gz` or `.zst` follows.
pub(crate) const ENDINGS: [&str; 5] = [".json", ".ndjson", ".jsonl", ".har", ".json-seq"];

/// The endings of files of any program, which a folder reads for the calls that some have.
pub(crate) const ANY_ENDINGS: [&str; 4] = [".log", ".txt", ".out", ".zip"];

/// The endings of files of lines, which may have none.
const LINES: [&str; 5] = [".ndjson", ".jsonl", ".log", ".txt", ".out"];

/// An input.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Input {
    /// A file.
    File(PathBuf),
    /// A file in a folder that may be of any program.
    Any(PathBuf),
    /// Standard input.
    Stdin,
}

/// The inputs of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inputs {
    /// The inputs in the order of the arguments, and by name within a folder.
    pub(crate) all: Vec<Input>,
    /// Folders without an input.
    pub(crate) empty: Vec<Input>,
    /// The files in folders that are not read because of their names.
    pub(crate) passed_over: Vec<PathBuf>,
    /// The number of folders that are not read because they are hidden, or are `node_modules`.
    pub(crate) folders: BTreeSet<PathBuf>,
    /// Arguments and folders that cannot be listed, with the reason.
    pub(crate) unreadable: Vec<(Input, String)>,
}

impl Input {
    /// Returns its name in findings.
    pub(crate) fn name(&self) -> String {
        self.path().map_or_else(|| "-".to_owned(), |path| path.display().to_string())
    }

    /// Returns its path; standard input has none.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) | Self::Any(path) => Some(path),
            Self::Stdin => None,
        }
    }

    /// Whether it may have no record. A file of lines may be empty; a document may not.
    pub(crate) fn may_be_empty(&self) -> bool {
        self.path().is_none_or(|path| ends_with(&path.to_string_lossy(), &LINES))
    }

    /// Returns its size in bytes, if that is known before it is read.
    pub(crate) fn length(&self) -> Option<u64> {
        std::fs::metadata(self.path()?).ok().filter(std::fs::Metadata::is_file).map(|data| data.len())
    }

    /// Opens it, and decompresses it if needed.
    pub(crate) fn open(&self) -> io::Result<Opened> {
        Ok(match self.path() {
            Some(path) => {
                if self.length().is_some()
                    && let Some(Archive { har, attached }) = Archive::open(path)?
                {
                    let (stream, position) = (Box::new(har), Position::default());
                    return Ok(Opened { stream, position, attached: Some(attached) });
                }
                let file = File::open(path)?;
                let position = Position { file: self.length().and_then(|_| file.try_clone().ok()), at: 0 };
                let stream = decompress(BufReader::with_capacity(LIMITS.read, file))?;
                Opened { stream, position, attached: Some(attached::beside(path)) }
            }
            None => {
                let stream = decompress(BufReader::with_capacity(LIMITS.read, io::stdin()))?;
                Opened { stream, position: Position::default(), attached: None }
            }
        })
    }
}

/// An input that was opened.
pub(crate) struct Opened {
    /// Its bytes, decompressed.
    pub(crate) stream: Box<dyn Read + Send>,
    pub(crate) position: Position,
    /// Where the bodies are that it only names.
    pub(crate) attached: Option<Attached>,
}

/// The position in an input.
#[derive(Debug, Default)]
pub(crate) struct Position {
    /// A second handle of the file, when it has a position.
    file: Option<File>,
    at: u64,
}

impl Position {
    /// Returns the bytes of the input that were read since the last call; without a position, the given bytes.
    pub(crate) fn advance(&mut self, of_stream: u64) -> u64 {
        let position = self.file.as_mut().and_then(|file| file.stream_position().ok());
        let passed = position.map_or(of_stream, |position| position.saturating_sub(self.at));
        self.at += passed;
        passed
    }
}

impl Inputs {
    /// Finds the inputs that the arguments name. A pattern must match a file, unless that is allowed. Inside a folder,
    /// hidden folders are read only on request.
    pub(crate) fn find(arguments: &[OsString], allow_empty: bool, hidden: bool) -> Result<Self, Failure> {
        let mut found = Self::default();
        for argument in arguments {
            let path = Path::new(argument);
            let pattern = argument.to_str().filter(|text| text.contains(['*', '?', '[']));
            let (before, folders) = (found.all.len() + found.unreadable.len(), found.folders.len());
            match pattern {
                _ if argument == "-" => found.all.push(Input::Stdin),
                _ if path.is_dir() => found.folder(path, hidden),
                Some(pattern) if !path.exists() => found.pattern(pattern, hidden)?,
                // A missing file is reported when it is opened, with all other results.
                _ => found.all.push(Input::File(path.to_owned())),
            }
            if found.all.len() + found.unreadable.len() > before {
                continue;
            }
            let input = Input::File(path.to_owned());
            if path.is_dir() || allow_empty {
                found.empty.push(input);
            } else {
                let reason = if found.folders.len() > folders {
                    "it matches nothing outside of hidden folders and node_modules; --hidden reads them"
                } else {
                    "no file matches this pattern"
                };
                found.unreadable.push((input, reason.to_owned()));
            }
        }
        found.leave_out_bodies();
        Ok(found)
    }

    /// Leaves out the bodies that a HAR among the inputs names: they are read with it.
    fn leave_out_bodies(&mut self) {
        let is_har = |path: &Path| ends_with(&path.to_string_lossy(), &[".har"]);
        let inputs = || self.all.iter().filter_map(Input::path);
        let others = inputs().chain(self.passed_over.iter().map(PathBuf::as_path)).filter(|path| !is_har(path));
        let folders: BTreeSet<&Path> = others.filter_map(Path::parent).collect();
        let is_beside = |har: &&Path| is_har(har) && har.parent().is_some_and(|folder| folders.contains(folder));
        let bodies: BTreeSet<PathBuf> = inputs().filter(is_beside).flat_map(attached::named_in).collect();
        let is_body = |path: &Path| bodies.contains(path) && !is_har(path);
        self.all.retain(|input| !input.path().is_some_and(is_body));
        self.passed_over.retain(|path| !is_body(path));
    }

    /// Skips the files of any program: only calls count in them, and not what is said to be a body.
    pub(crate) fn skip_any(&mut self) {
        let all = std::mem::take(&mut self.all).into_iter();
        let (any, all): (Vec<_>, Vec<_>) = all.partition(|input| matches!(input, Input::Any(_)));
        self.all = all;
        self.passed_over.extend(any.iter().filter_map(Input::path).map(Path::to_owned));
        self.passed_over.sort();
    }

    /// Leaves out what a folder has of older reports: files of any program that a report of this run replaces.
    pub(crate) fn leave_out<'a>(&mut self, reports: impl Iterator<Item = &'a Path>) {
        let reports: Vec<Handle> = reports.filter_map(|report| Handle::from_path(report).ok()).collect();
        let is_one = |path: &Path| Handle::from_path(path).is_ok_and(|file| reports.contains(&file));
        self.all.retain(|input| reports.is_empty() || !matches!(input, Input::Any(path) if is_one(path)));
    }

    fn folder(&mut self, folder: &Path, hidden: bool) {
        let mut entries = walkdir::WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter();
        let output = output();
        while let Some(entry) = entries.next() {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {
                    // The pattern names the folder.
                    if !hidden && entry.depth() > 0 && is_skipped(entry.file_name()) {
                        entries.skip_current_dir();
                        self.folders.insert(entry.into_path());
                    }
                }
                // A pipe or a device may never end.
                Ok(entry) if !entry.file_type().is_file() => self.passed_over.push(entry.into_path()),
                // The findings go there.
                Ok(entry) if output.is_some() && output == Handle::from_path(entry.path()).ok() => {}
                Ok(entry) => {
                    let name = entry.file_name().to_string_lossy().into_owned();
                    let path = entry.into_path();
                    if ends_with(&name, &ENDINGS) {
                        self.all.push(Input::File(path));
                    } else if ends_with(&name, &ANY_ENDINGS) {
                        self.all.push(Input::Any(path));
                    } else {
                        self.passed_over.push(path);
                    }
                }
                // The target of a link to a folder above is read anyway.
                Err(error) if error.loop_ancestor().is_some() => {}
                Err(error) => {
                    let path = error.path().unwrap_or(folder).to_owned();
                    let reason = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                    self.unreadable.push((Input::File(path), reason));
                }
            }
        }
    }

    fn pattern(&mut self, pattern: &str, hidden: bool) -> Result<(), Failure> {
        let paths = glob::glob(pattern).map_err(|error| {
            Failure::usage(format!("{pattern} is not a valid pattern: {error}, at character {}", error.pos))
        })?;
        for path in paths {
            match path {
                Ok(path) if !hidden && skipped_in(&path, pattern).is_some() => {
                    self.folders.extend(skipped_in(&path, pattern));
                }
                Ok(path) if path.is_dir() => self.folder(&path, hidden),
                Ok(path) => self.all.push(Input::File(path)),
                Err(error) => {
                    self.unreadable.push((Input::File(error.path().to_owned()), error.error().to_string()));
                }
            }
        }
        Ok(())
    }
}

/// Whether a folder of this name belongs to a tool.
fn is_skipped(name: &OsStr) -> bool {
    let name = name.to_string_lossy();
    name == "node_modules" || (name.starts_with('.') && !matches!(&*name, "." | ".."))
}

/// Returns the outermost skipped folder on the way to a path, unless the pattern names it.
fn skipped_in(path: &Path, pattern: &str) -> Option<PathBuf> {
    let is_named = |name: &OsStr| pattern.split(['/', '\\']).any(|part| name == part);
    let is_folder = |path: &&Path| path.file_name().is_some_and(|name| is_skipped(name) && !is_named(name));
    let mut folders: Vec<&Path> = path.ancestors().skip(usize::from(!path.is_dir())).collect();
    folders.reverse();
    folders.into_iter().find(|folder| is_folder(folder)).map(Path::to_owned)
}

/// Returns the file that standard output goes to, when it is one.
fn output() -> Option<Handle> {
    let output = Handle::stdout().ok()?;
    output.as_file().metadata().is_ok_and(|data| data.is_file()).then_some(output)
}
