//! Files of the user: a token, ids, a body. On Windows, they may have a byte order mark, or be in UTF-16.

use std::io::Read as _;
use std::path::Path;

use drs_types::text;

/// Reads a file, or standard input for `-`; returns its text and its name for messages.
///
/// # Errors
/// The file cannot be read: its name and the reason.
pub(crate) fn read(file: &Path) -> Result<(String, String), (String, String)> {
    let mut bytes = Vec::new();
    let (name, read) = if file == Path::new("-") {
        ("standard input".to_owned(), std::io::stdin().read_to_end(&mut bytes).map(drop))
    } else {
        (file.display().to_string(), std::fs::read(file).map(|read| bytes = read))
    };
    let text = read.map_err(|error| error.to_string()).and_then(|()| match text::decode(&bytes) {
        Ok(text) => Ok(text.into_owned()),
        Err(problem) => Err(format!("{problem}; expected UTF-8, or UTF-16 with a byte order mark")),
    });
    match text {
        Ok(text) => Ok((text, name)),
        Err(problem) => Err((name, problem)),
    }
}

/// Whether a name has one of these endings, also before that of a compressed file.
pub(crate) fn ends_with(name: &str, endings: &[&str]) -> bool {
    let name = name.to_lowercase();
    let name = name.strip_suffix(".gz").or_else(|| name.strip_suffix(".zst")).unwrap_or(&name);
    endings.iter().any(|ending| name.ends_with(ending))
}
