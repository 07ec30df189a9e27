//! A loopback imitation of the DRS service, for trials and tests without a cloud account.
//!
//! It listens on 127.0.0.1 only. It knows the tasks of the documented payloads and the tasks that its clients create.
//! It validates every request against the schemas, checks the documented states and order of calls of every task, and
//! responds with the documented error codes. A state that takes time at the service lasts until the task is next
//! queried. The routes come from [`drs_types::OPERATIONS`], so client and emulator cannot disagree on a path. Every
//! token that is not empty is accepted.
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let emulator = drs_emulator::Emulator::start(0).await?;
//! assert!(emulator.url().starts_with("http://127.0.0.1:"));
//! emulator.stop().await;
//! # std::io::Result::Ok(()) }).unwrap();
//! ```

mod comparisons;
mod engine;
mod fields;
mod handlers;
mod limits;
mod list;
mod pages;
mod refusal;
mod router;
mod rules;
mod store;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

pub use limits::Limits;
pub use store::project_id;

/// A running emulator. Stopping or dropping it ends it.
#[derive(Debug)]
pub struct Emulator {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Emulator {
    /// Starts on 127.0.0.1. Port 0 takes any free port.
    ///
    /// # Errors
    /// The port is taken or not allowed.
    pub async fn start(port: u16) -> io::Result<Self> {
        Self::start_with(port, Limits::default()).await
    }

    /// Starts on 127.0.0.1 with other limits than the default ones.
    ///
    /// # Errors
    /// The port is taken or not allowed.
    pub async fn start_with(port: u16, limits: Limits) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let router = router::router(store::Store::documented());
        let task = tokio::spawn(serve(listener, router, stopped, limits));
        Ok(Self { address, stop: Some(stop), task })
    }

    /// The address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The endpoint to give to a client.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops after the pending responses, or after [`Limits::shutdown`]. Dropping stops at once.
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

/// Serves all connections until it is stopped. They end with it.
async fn serve(listener: TcpListener, router: Router, mut stopped: oneshot::Receiver<()>, limits: Limits) {
    let graceful = GracefulShutdown::new();
    // Dropping the set ends its connections.
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let service = TowerToHyperService::new(router.clone());
                    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
                    connections.spawn(graceful.watch(connection));
                }
                // The error may be temporary, such as too many open files.
                Err(_) => tokio::time::sleep(limits.accept_pause).await,
            },
            Some(_) = connections.join_next() => {}
            _ = &mut stopped => break,
        }
    }
    drop(listener);
    let _ = tokio::time::timeout(limits.shutdown, graceful.shutdown()).await;
}
