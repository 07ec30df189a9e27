//! Bodies beside a HAR: Playwright writes each to a file of its own, and its name to the HAR.

use std::fmt;
use std::io;
use std::sync::Arc;

/// Where the bodies beside a HAR are, by name.
#[derive(Clone)]
pub struct Attached(Arc<Read>);

type Read = dyn Fn(&str) -> io::Result<Vec<u8>> + Send + Sync;

impl Attached {
    /// `read` gets a plain file name, without any folder.
    pub fn new(read: impl Fn(&str) -> io::Result<Vec<u8>> + Send + Sync + 'static) -> Self {
        Self(Arc::new(read))
    }

    /// The content of a file.
    ///
    /// # Errors
    /// The name is not a plain one, or the file cannot be read.
    #[cfg_attr(not(feature = "har"), allow(dead_code, reason = "only a HAR has attached bodies"))]
    pub(crate) fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        let is_plain = !name.is_empty() && !name.contains(['/', '\\', ':', '\0']) && !name.starts_with('.');
        if !is_plain {
            let message = format!("{name:?} is not a plain file name");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        (self.0)(name)
    }
}

impl fmt::Debug for Attached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Attached")
    }
}
