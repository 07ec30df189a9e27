//! Tests of the meaning of pre-checks.
#![allow(clippy::unwrap_used)]

mod catalogue;
