//! What the types promise.
#![allow(clippy::unwrap_used)]

#[cfg(feature = "schemars")]
mod closing_the_loop;
mod laws;
mod misfits;
mod requests;
mod round_trip;
