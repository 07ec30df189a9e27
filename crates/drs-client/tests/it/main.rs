//! The client over real sockets: with the emulator, and with servers that misbehave.
#![allow(clippy::unwrap_used)]

mod batches;
mod connections;
mod faults;
mod pages;
mod parameters;
mod results;
mod retries;
mod secrets;
mod waits;

use drs_client::{Client, ClientBuilder, Credentials, RetryPolicy};

/// A token that must not appear outside of a header.
const TOKEN: &str = "s3cr3t-t0ken";

fn client(url: &str) -> ClientBuilder {
    // The tests of retries say so.
    let builder = Client::builder(url, drs_emulator::project_id().parse().unwrap(), Credentials::token(TOKEN));
    builder.retry(RetryPolicy::never())
}

/// Shows an error with all its causes, as a log does.
fn shown(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    assert!(!text.contains(TOKEN) && !format!("{error:?}").contains(TOKEN), "the token leaked: {text}");
    text
}
