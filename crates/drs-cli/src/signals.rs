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
    /// Whether the first signal came.
    is_first_seen: bool,
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
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            is_first_seen: false,
        })
    }

    #[cfg(windows)]
    fn handlers() -> std::io::Result<Self> {
        Ok(Self { interrupt: tokio::signal::windows::ctrl_c()?, is_first_seen: false })
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

    /// Waits for the first signal, unless it has come before. On Unix, the next one ends the process at once, whatever it
    /// does then.
    pub(crate) async fn first(&mut self) {
        if !self.is_first_seen {
            self.next().await;
            self.is_first_seen = true;
            #[cfg(unix)]
            end_at_next();
        }
    }
}

/// From now on, a signal ends the process, with the exit code that shells have for it. Without, it would only end a wait.
#[cfg(unix)]
fn end_at_next() {
    use signal_hook::consts::{SIGINT, SIGTERM};
    for signal in [SIGINT, SIGTERM] {
        let always = std::sync::Arc::new(true.into());
        // Where it fails, the process ends a little later.
        let _ = signal_hook::flag::register_conditional_shutdown(signal, 128 + signal, always);
    }
}
