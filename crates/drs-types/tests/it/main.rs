//! What the types promise.
#![allow(clippy::unwrap_used)]

#[cfg(feature = "schemars")]
mod closing_the_loop;
mod laws;
mod requests;
mod round_trip;
