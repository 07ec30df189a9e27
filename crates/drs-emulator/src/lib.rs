//! A loopback imitation of the DRS service, for trials and tests without a cloud account.
//!
//! It listens on 127.0.0.1 only. It knows the tasks of the documented payloads and the tasks that its clients create.
//! It validates every request against the schemas, checks the documented states and order of calls of every task, and
//! responds with the documented error codes. A state that takes time at the service lasts until the task is next
//! queried. The routes come from [`drs_types::OPERATIONS`], so client and emulator cannot disagree on a path.
//!
//! A [`Scenario`] adds tasks that are made up, whose pre-checks take time, fail, or never end, and it has calls go wrong:
//! late, broken, refused, or without a response.
//!
//! # Credentials
//!
//! A request needs a token or a signature, as at the service:
//!
//! - A signature (AK/SK, `SDK-HMAC-SHA256`) is verified with the one access key that the emulator knows:
//!   [`demo_access_key`], or the one of [`Builder::access_key`]. A refusal has the form of the vendor's gateway, status
//!   401 and `APIGW.0301`. If the signature is another one, it echoes the canonical request of the emulator.
//! - `X-Auth-Token` may have any value that is not empty.
//! - At the same address the emulator plays IAM: `POST /v3/auth/tokens` issues a token to [`demo_login`], and
//!   `GET /v3/projects` finds [`project_id`] by the name of any documented region. A token that the emulator has issued
//!   is refused, with 401 and `APIGW.0301`, after [`Builder::token_lifetime`] or [`Emulator::revoke_tokens`].
//!
//! ```
//! # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
//! let emulator = drs_emulator::Emulator::start(0).await?;
//! assert!(emulator.url().starts_with("http://127.0.0.1:"));
//! emulator.stop().await;
//! # std::io::Result::Ok(()) }).unwrap();
//! ```

mod builder;
mod comparisons;
mod engine;
mod faults;
mod fields;
#[rustfmt::skip]
mod generated;
mod handlers;
mod iam;
mod identity;
mod limits;
mod list;
mod pages;
mod precheck;
mod refusal;
mod router;
mod rules;
mod scenario;
mod store;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::TokioIo;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};

use faults::{FaultyStream, Line};
use identity::Identity;

pub use builder::Builder;
pub use drs_auth::AccessKey;
pub use identity::{demo_access_key, demo_login};
pub use limits::Limits;
#[cfg(feature = "schemars")]
pub use scenario::scenario_schema;
pub use scenario::{Scenario, ScenarioError};
pub use store::project_id;

/// A running emulator. Stopping or dropping it ends it.
#[derive(Debug)]
pub struct Emulator {
    address: SocketAddr,
    identity: Arc<Identity>,
    scenario: Option<Scenario>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Emulator {
    /// Starts on 127.0.0.1. Port 0 takes any free port.
    ///
    /// # Errors
    /// The port is taken or not allowed.
    pub async fn start(port: u16) -> io::Result<Self> {
        Self::builder().port(port).start().await
    }

    /// The settings of an emulator that is not started yet.
    pub fn builder() -> Builder {
        Builder::default()
    }

    async fn serve(port: u16, identity: Identity, limits: Limits, scenario: Option<Scenario>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let identity = Arc::new(identity);
        let store = store::Store::documented();
        if let Some(scenario) = &scenario {
            store.add(scenario);
        }
        let router = router::router(store, Arc::clone(&identity), scenario.as_ref());
        let task = tokio::spawn(serve(listener, router, stopped, limits));
        Ok(Self { address, identity, scenario, stop: Some(stop), task })
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

    /// The scenario that it plays, if any.
    #[must_use]
    pub fn scenario(&self) -> Option<&Scenario> {
        self.scenario.as_ref()
    }

    /// Refuses every token that it has issued so far, as IAM does after a change of the password.
    pub fn revoke_tokens(&self) {
        self.identity.revoke_tokens();
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
                    let line = Line::default();
                    let stream = TokioIo::new(FaultyStream::new(stream, line.clone()));
                    let router = TowerToHyperService::new(router.clone());
                    let service = service_fn(move |mut request: Request<Incoming>| {
                        line.clear();
                        request.extensions_mut().insert(line.clone());
                        router.call(request)
                    });
                    connections.spawn(graceful.watch(http1::Builder::new().serve_connection(stream, service)));
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
