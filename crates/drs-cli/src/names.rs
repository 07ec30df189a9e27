//! Names of operations and bodies on the command line.

use std::str::FromStr;

use drs_types::{OPERATIONS, OperationInfo, text};
use drs_validate::{BodyKind, Side, UnknownName};

/// An operation, or one side of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BodyName {
    pub(crate) operation: &'static OperationInfo,
    pub(crate) side: Option<Side>,
}

impl FromStr for BodyName {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        // The id of an operation outside of v3 has a dot, too.
        let is_body = name.rsplit_once('.').is_some_and(|(id, _)| OperationInfo::find(id).is_some());
        if !is_body {
            return Ok(Self { operation: operation(name)?, side: None });
        }
        let known: BodyKind = name.parse().map_err(|error: UnknownName| error.to_string())?;
        Ok(Self { operation: known.operation, side: Some(known.side) })
    }
}

/// Finds the operation with an id.
///
/// # Errors
/// The id is unknown; the message names the nearest one.
pub(crate) fn operation(id: &str) -> Result<&'static OperationInfo, String> {
    OperationInfo::find(id).ok_or_else(|| {
        let meant = text::nearest(id, OPERATIONS.iter().map(|info| info.id));
        let meant = meant.map_or(String::new(), |nearest| format!(" did you mean {nearest}?"));
        format!("unknown operation;{meant} `drs ops` lists all of them")
    })
}
