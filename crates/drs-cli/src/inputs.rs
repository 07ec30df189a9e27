//! The inputs of `drs validate`: files, folders, patterns and standard input, opened one after the other.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

use drs_validate::decompress;
use serde::Serialize;

use crate::failure::Failure;

/// In a folder, files with these endings are taken, also when `.gz` or `.zst` follows.
const ENDINGS: [&str; 4] = [".json", ".ndjson", ".jsonl", ".har"];

/// So many bytes of a compressed stream are read at a time.
const BUFFER: usize = 256 << 10;

/// One input.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Input {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

/// What there is to read.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inputs {
    /// In the order of the arguments, and by name within a folder.
    pub(crate) all: Vec<Input>,
    /// Files in folders that were passed over, because of their names.
    pub(crate) passed_over: usize,
    /// What cannot be listed, with the reason.
    pub(crate) unreadable: Vec<Unreadable>,
}

/// An input that cannot be read to its end.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Unreadable {
    /// The name of it.
    pub(crate) source: String,
    /// Why not.
    pub(crate) reason: String,
}

impl Input {
    /// How findings name it.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Stdin => "-".to_owned(),
        }
    }

    /// How many bytes it has, as far as that is known before it is read.
    pub(crate) fn length(&self) -> Option<u64> {
        match self {
            Self::File(path) => std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).map(|data| data.len()),
            Self::Stdin => None,
        }
    }

    /// Opens it; what is compressed is read as it was before.
    pub(crate) fn open(&self) -> io::Result<(Box<dyn Read + Send>, Position)> {
        Ok(match self {
            Self::File(path) => {
                let file = File::open(path)?;
                let position = Position { file: self.length().and_then(|_| file.try_clone().ok()), at: 0 };
                (decompress(BufReader::with_capacity(BUFFER, file))?, position)
            }
            Self::Stdin => (decompress(BufReader::with_capacity(BUFFER, io::stdin()))?, Position::default()),
        })
    }
}

/// How far an input is read.
#[derive(Debug, Default)]
pub(crate) struct Position {
    /// Another handle of the file, when it knows its position.
    file: Option<File>,
    at: u64,
}

impl Position {
    /// How many bytes were taken of the input since the last time; where only the stream knows, these bytes of it.
    pub(crate) fn advance(&mut self, of_stream: u64) -> u64 {
        let position = self.file.as_mut().and_then(|file| file.stream_position().ok());
        let passed = position.map_or(of_stream, |position| position.saturating_sub(self.at));
        self.at += passed;
        passed
    }
}

impl Inputs {
    /// Finds everything that the arguments name.
    pub(crate) fn find(arguments: &[String]) -> Result<Self, Failure> {
        let mut found = Self::default();
        for argument in arguments {
            let path = Path::new(argument);
            if argument == "-" {
                found.all.push(Input::Stdin);
            } else if path.is_dir() {
                found.folder(path);
            } else if path.exists() || !argument.contains(['*', '?', '[']) {
                // A file that does not exist is reported when it is opened, together with all other results.
                found.all.push(Input::File(path.to_owned()));
            } else {
                found.pattern(argument)?;
            }
        }
        if found.all.is_empty() && found.unreadable.is_empty() {
            let failure = Failure::usage(format!("nothing to validate in {}", arguments.join(", ")));
            return Err(failure.help(format!("In a folder, files that end in {} are taken.", ENDINGS.join(", "))));
        }
        Ok(found)
    }

    fn folder(&mut self, folder: &Path) {
        for entry in walkdir::WalkDir::new(folder).follow_links(true).sort_by_file_name() {
            match entry {
                Ok(entry) if entry.file_type().is_dir() => {}
                // A pipe or a device may never end.
                Ok(entry) if entry.file_type().is_file() && is_wanted(&entry.file_name().to_string_lossy()) => {
                    self.all.push(Input::File(entry.into_path()));
                }
                Ok(_) => self.passed_over += 1,
                // A link back to a folder above leads to nothing that is not read anyway.
                Err(error) if error.loop_ancestor().is_some() => {}
                Err(error) => {
                    let source = error.path().unwrap_or(folder).display().to_string();
                    let reason = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                    self.unreadable.push(Unreadable { source, reason });
                }
            }
        }
    }

    fn pattern(&mut self, pattern: &str) -> Result<(), Failure> {
        let paths = glob::glob(pattern)
            .map_err(|error| Failure::usage(format!("{pattern} is no pattern: {error}, at character {}", error.pos)))?;
        for path in paths {
            match path {
                Ok(path) if path.is_dir() => self.folder(&path),
                Ok(path) => self.all.push(Input::File(path)),
                Err(error) => {
                    let source = error.path().display().to_string();
                    self.unreadable.push(Unreadable { source, reason: error.error().to_string() });
                }
            }
        }
        Ok(())
    }
}

fn is_wanted(name: &str) -> bool {
    let name = name.to_lowercase();
    let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
    ENDINGS.iter().any(|ending| name.ends_with(ending))
}
