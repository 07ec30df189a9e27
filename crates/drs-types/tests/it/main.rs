//! The tests of the types.
#![allow(clippy::unwrap_used)]

mod batches;
#[cfg(feature = "schemars")]
mod closing_the_loop;
#[cfg(feature = "examples")]
#[rustfmt::skip]
#[allow(clippy::pedantic)]
mod generated {
    mod requests;
}
mod laws;
#[cfg(feature = "examples")]
mod misfits;
mod requests;
#[cfg(feature = "examples")]
mod round_trip;
