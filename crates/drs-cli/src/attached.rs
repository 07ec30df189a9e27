//! The bodies beside a HAR: in its folder, or in the ZIP archive that Playwright makes of both.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use drs_validate::{Attached, LIMIT, decompress};
use zip::ZipArchive;

/// Returns the files beside a HAR.
pub(crate) fn beside(har: &Path) -> Attached {
    let folder = har.parent().map(Path::to_owned).unwrap_or_default();
    Attached::new(move |name| limited(File::open(folder.join(name))?))
}

/// The files beside a HAR that it names in its members `_file`. What cannot be read names nothing.
pub(crate) fn named_in(har: &Path) -> Vec<PathBuf> {
    let file = File::open(har).and_then(|file| decompress(BufReader::new(file)));
    let mut strings = file.into_iter().flat_map(|file| BufReader::new(file).split(b'"').map_while(Result::ok));
    let mut names = Vec::new();
    while let Some(key) = strings.next() {
        if key == b"_file" && strings.next().is_some_and(|between| between.trim_ascii() == b":") {
            names.extend(strings.next().and_then(|name| String::from_utf8(name).ok()));
        }
    }
    names.into_iter().map(|name| har.with_file_name(name)).collect()
}

/// An archive with a HAR in it.
pub(crate) struct Archive {
    /// The HAR.
    pub(crate) har: Cursor<Vec<u8>>,
    /// The other files.
    pub(crate) attached: Attached,
}

impl Archive {
    /// Opens an archive; `None` when the file is not one, or has no HAR in it.
    pub(crate) fn open(path: &Path) -> io::Result<Option<Self>> {
        let mut start = [0; 4];
        let mut file = File::open(path)?;
        if file.read(&mut start)? < start.len() || &start != b"PK\x03\x04" {
            return Ok(None);
        }
        let Ok(mut archive) = ZipArchive::new(BufReader::new(File::open(path)?)) else { return Ok(None) };
        let names = archive.file_names().filter_map(Result::ok).map(std::borrow::Cow::into_owned);
        let hars: Vec<String> = names.filter(|name| is_har(name)).collect();
        let [har] = hars.as_slice() else {
            if hars.is_empty() {
                return Ok(None);
            }
            let message = format!("a ZIP archive with {} HAR files in it; expected one", hars.len());
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        };
        let folder = har.rfind('/').map_or("", |end| &har[..=end]).to_owned();
        let har = limited(archive.by_name(har).map_err(io::Error::other)?)?;
        let archive = Arc::new(Mutex::new(archive));
        let attached = Attached::new(move |name| {
            let mut archive = archive.lock().map_err(|_| io::Error::other("the archive is in use"))?;
            limited(archive.by_name(&format!("{folder}{name}")).map_err(io::Error::other)?)
        });
        Ok(Some(Self { har: Cursor::new(har), attached }))
    }
}

/// Whether an archive has a HAR under this name. macOS adds files of its own, whose names start with a dot.
fn is_har(name: &str) -> bool {
    name.ends_with(".har") && !name.rsplit('/').next().is_some_and(|file| file.starts_with('.'))
}

/// Reads a file that may not be larger than any record; an archive may hold much more than it seems to.
fn limited(file: impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(LIMIT as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > LIMIT {
        return Err(io::Error::other(format!("larger than {} MiB", LIMIT >> 20)));
    }
    Ok(bytes)
}
