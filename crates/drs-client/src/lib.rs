//! A client of the DRS API: it sends one [`Operation`] and returns one [`Reply`].
//!
//! The crate is not published. Depend on a checkout of the repository:
//!
//! ```toml
//! [dependencies]
//! drs-client = { path = "../drs/crates/drs-client" }
//! tokio = { version = "1", features = ["macros", "rt"] }
//! ```
//!
//! [`Client::batch`] sends any number of items, such as ids of tasks, in chunks; see [`batch`]. The types of requests and
//! responses are in [`types`]; the crate drs-gate says what a pre-check report means. The feature `tls`, which is on by
//! default, is needed for https
//! endpoints. [`Error`] says whether a request was sent, and what to do next.
//!
//! This example asks the emulator for the pre-check results of a task. For the real service, give its address, your
//! project and an IAM token.
//!
//! ```
//! use drs_client::{Client, Credentials, precheck};
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # runtime.block_on(async {
//! let service = drs_emulator::Emulator::start(0).await?;
//! let project = drs_emulator::project_id().parse()?;
//! let client = Client::builder(&service.url(), project, Credentials::token("any")).build()?;
//! let ids = ["140b5236-88ad-43c8-811c-1268453jb101".parse()?];
//! let results = precheck::results(&client, &ids).await?;
//! let entry = results.tasks[0].outcome.entry().ok_or("the response does not mention the task")?;
//! assert!(entry.process.as_ref().is_some_and(|process| process.is_complete()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod batch;
mod body;
mod builder;
mod client;
#[cfg(feature = "reqwest")]
mod connect;
mod endpoint;
mod error;
#[cfg(feature = "reqwest")]
mod http_transport;
mod iam;
mod limits;
mod pages;
pub mod precheck;
#[cfg(feature = "reqwest")]
mod proxy;
mod reply;
mod request;
mod retry;
#[cfg(feature = "tls")]
mod tls;
mod transport;
pub mod wait;

pub use builder::{BuildError, ClientBuilder};
pub use client::Client;
pub use drs_auth::{self as auth, BodyExcerpt, Credentials, Secrets};
pub use drs_types::{self as types, Operation};
pub use error::{Error, ResponseHead};
#[cfg(feature = "reqwest")]
pub use http_transport::HttpTransport;
pub use iam::iam_sender;
pub use pages::{Page, PagesError};
pub use reply::Reply;
pub use retry::RetryPolicy;
pub use transport::{Stage, Transport, TransportError};

/// Compiles the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../../../README.md")]
struct Readme;
