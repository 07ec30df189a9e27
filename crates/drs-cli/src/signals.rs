//! The signals that end a program.

use crate::failure::Failure;

/// The signals that end a program: Ctrl-C, and SIGTERM on Unix. A process with id 1, as in a container, needs handlers
/// for them.
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(windows)]
    interrupt: tokio::signal::windows::CtrlC,
}

impl Signals {
    /// Receives the signals from now on.
    ///
    /// # Errors
    /// They cannot be received.
    pub(crate) fn listen() -> Result<Self, Failure> {
        Self::handlers().map_err(|error| Failure::service(format!("signals cannot be received: {error}")))
    }

    #[cfg(unix)]
    fn handlers() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    #[cfg(windows)]
    fn handlers() -> std::io::Result<Self> {
        Ok(Self { interrupt: tokio::signal::windows::ctrl_c()? })
    }

    /// Waits for the next signal.
    pub(crate) async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(windows)]
        let _ = self.interrupt.recv().await;
    }
}
