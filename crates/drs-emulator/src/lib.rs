//! A loopback imitation of the DRS service, for trials and tests without a cloud account.
//!
//! It listens on 127.0.0.1 only, knows the tasks of the documented examples and those that are made in it, holds every
//! request to the schemas and every task to the documented states and order of calls, and answers with the documented
//! error codes. Whatever takes time at the service is finished when it is looked at the next time. Its routes come from [`drs_types::OPERATIONS`], so client
//! and emulator cannot disagree on a path. Any token that is not empty is accepted.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let emulator = drs_emulator::Emulator::start(0).await?;
//! assert!(emulator.url().starts_with("http://127.0.0.1:"));
//! emulator.stop().await;
//! # std::io::Result::Ok(()) }).unwrap();
//! ```

mod engine;
pub mod examples;
mod handlers;
mod refusal;
mod router;
mod rules;
mod store;

#[rustfmt::skip]
mod generated {
    pub(crate) mod examples;
}

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub use store::project_id;

/// A running emulator. It ends when it is stopped or dropped.
#[derive(Debug)]
pub struct Emulator {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<io::Result<()>>,
}

impl Emulator {
    /// Starts on 127.0.0.1. Port 0 takes any free one.
    ///
    /// # Errors
    /// The port is taken or not allowed.
    pub async fn start(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let router = router::router(store::Store::documented());
        let until_stopped = async move { drop(stopped.await) };
        let task =
            tokio::spawn(async move { axum::serve(listener, router).with_graceful_shutdown(until_stopped).await });
        Ok(Self { address, stop: Some(stop), task })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The endpoint to give to a client.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops after the answers that are under way.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        let _ = (&mut self.task).await;
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.task.abort();
    }
}
