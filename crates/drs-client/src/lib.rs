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
//! This program asks for the pre-check results of two tasks, with an access key. It talks to an emulator of the crate
//! drs-emulator, in the same process. For the real service, give its address, your project and your key.
//!
//! ```
//! use drs_client::precheck::{self, Outcome};
//! use drs_client::{Client, Credentials};
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     // The real service: "https://drs.eu-de.otc.t-systems.com", with auth::AccessKey::new("AK…", secret_key).
//!     let service = drs_emulator::Emulator::start(0).await?;
//!     let (url, project, key) = (service.url(), drs_emulator::project_id(), drs_emulator::demo_access_key());
//!
//!     let client = Client::builder(&url, project.parse()?, Credentials::from(key)).build()?;
//!     let tasks = ["140b5236-88ad-43c8-811c-1268453jb101".parse()?, "nobody".parse()?];
//!     for task in precheck::results(&client, &tasks).await?.tasks {
//! #       assert!(matches!(task.outcome, Outcome::Reported(_) | Outcome::Refused { .. }));
//!         match task.outcome {
//!             Outcome::Reported(entry) => println!("{}: passed {:?}", task.id, entry.total_passed_rate),
//!             Outcome::Refused { code, .. } => println!("{}: refused with {code}", task.id),
//!             other => println!("{}: {other:?}", task.id),
//!         }
//!     }
//!     Ok(())
//! }
//! ```
//!
//! - [`Client::send`] sends any operation of [`types`] and returns one [`Reply`]. [`Error`] says whether the request was
//!   sent, and what to do next; [`RetryPolicy`] says what is sent again.
//! - [`Client::batch`] sends any number of items, such as ids of tasks, in chunks, with one outcome for each: see [`batch`].
//! - [`Client::pages`] reads a list page by page. [`wait`] waits until tasks reach a state.
//! - [`precheck`] has results and starts of pre-checks; the crate drs-gate says what a report means.
//! - [`auth`] has access keys, and tokens of IAM that are renewed: [`iam_sender`] connects it.
//! - [`Transport`] is the one way to the network, for other HTTP stacks, metrics and tests.
//!
//! The feature `tls`, which is on by default, is needed for https endpoints.

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
