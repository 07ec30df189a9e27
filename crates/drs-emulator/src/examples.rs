//! The documented payloads, which this crate carries along.

use crate::generated;

/// Which side of a call a payload is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Side {
    /// What a caller sends.
    Request,
    /// What the service answers on success.
    Response,
}

/// One documented payload, verbatim.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// The id of the operation.
    pub operation: &'static str,
    /// Which side it is.
    pub side: Side,
    /// The text, as documented.
    pub json: &'static str,
}

/// The documented payloads of one side of an operation, in the order of the page.
pub fn examples(operation: &str, side: Side) -> impl Iterator<Item = &'static Example> {
    generated::examples::EXAMPLES.iter().filter(move |example| example.operation == operation && example.side == side)
}
