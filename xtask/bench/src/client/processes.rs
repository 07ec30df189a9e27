//! Servers in processes of their own.

use std::io::{self, BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

/// A server that runs until this value is dropped.
#[derive(Debug)]
pub struct Served {
    child: Child,
    url: String,
}

impl Served {
    /// Starts this program again with other arguments. Its first line is the address.
    ///
    /// # Errors
    /// It cannot be started, or says no address.
    pub fn start(arguments: &[&str]) -> io::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut child = command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut url = String::new();
        if let Some(out) = child.stdout.take() {
            BufReader::new(out).read_line(&mut url)?;
        }
        let served = Self { child, url: url.trim().to_owned() };
        if served.url.is_empty() { Err(io::Error::other("the server says no address")) } else { Ok(served) }
    }

    /// The address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It ends when its input does.
        drop(self.child.stdin.take());
        _ = self.child.wait();
    }
}

/// Waits until the process that started this one closes its input.
///
/// # Errors
/// The input cannot be read.
pub fn hold() -> io::Result<()> {
    io::stdin().lock().read_to_end(&mut Vec::new()).map(|_| ())
}
