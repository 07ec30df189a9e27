//! The documented payloads.

use crate::generated::examples::EXAMPLES;
use crate::{OperationInfo, Side};

/// A documented payload, verbatim.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Example {
    /// The id of the operation.
    pub operation: &'static str,
    /// The side of the call that it belongs to.
    pub side: Side,
    /// The payload, byte for byte as in the documentation.
    pub json: &'static str,
}

impl OperationInfo {
    /// Returns the documented requests, in the order of the page.
    ///
    /// ```
    /// use drs_types::{OperationInfo, Side};
    ///
    /// let info = OperationInfo::find("batch_check_results").unwrap();
    /// let example = info.request_examples().next().unwrap();
    /// assert!(info.body(Side::Request).unwrap().decode(example.json.as_bytes()).is_ok());
    /// ```
    pub fn request_examples(&self) -> impl Iterator<Item = &'static Example> + use<> {
        of(self.id).filter(|example| example.side == Side::Request)
    }

    /// Returns the documented responses of a success, in the order of the page.
    pub fn response_examples(&self) -> impl Iterator<Item = &'static Example> + use<> {
        of(self.id).filter(|example| example.side != Side::Request)
    }
}

fn of(operation: &'static str) -> impl Iterator<Item = &'static Example> {
    EXAMPLES.iter().filter(move |example| example.operation == operation)
}
