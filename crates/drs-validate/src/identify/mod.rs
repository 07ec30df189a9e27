//! Which operation a captured call belongs to: by method and path, else by the shape of the body.

pub(crate) mod demands;
pub(crate) mod outline;
pub(crate) mod rank;
pub(crate) mod url;

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use drs_types::operation::BodyInfo;
use drs_types::text::nearest;
use drs_types::{OPERATIONS, OperationInfo, Outline};

use crate::Side;
use crate::generated::DEMANDS;
use crate::identify::demands::Demands;

/// A documented body that a payload may be.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct BodyKind {
    /// The operation.
    pub operation: &'static OperationInfo,
    /// The side of it.
    pub side: Side,
}

impl PartialEq for BodyKind {
    fn eq(&self, other: &Self) -> bool {
        self.operation.id == other.operation.id && self.side == other.side
    }
}

impl Eq for BodyKind {}

/// A name that no documented body has.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UnknownName(String);

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UnknownName {}

impl FromStr for BodyKind {
    type Err = UnknownName;

    /// The body of a name such as `batch_check_results.request`. `response` is that of the success.
    fn from_str(name: &str) -> Result<Self, UnknownName> {
        let unknown = |text: String| Err(UnknownName(text));
        let Some((id, side)) = name.rsplit_once('.') else {
            return unknown(format!("{name:?} names no body; write OPERATION.request or OPERATION.response"));
        };
        let Some(operation) = OperationInfo::find(id) else {
            return unknown(format!("unknown operation {id:?}{}", alike(id)));
        };
        match side {
            "request" if operation.request.is_none() => unknown(format!("the request of {id} has no body")),
            "request" => Ok(Self { operation, side: Side::Request }),
            "response" => match operation.success() {
                Some(success) if success.body.is_some() => Ok(Self { operation, side: Side::Response(success.status) }),
                _ => unknown(format!("the response of {id} has no body")),
            },
            other => unknown(format!("{other:?} is neither request nor response")),
        }
    }
}

/// The operation that a name was probably meant for, else all there are.
fn alike(id: &str) -> String {
    let ids = || OPERATIONS.iter().map(|info| info.id);
    match nearest(id, ids()) {
        Some(nearest) => format!("; did you mean {nearest}?"),
        None => format!("; known are {}", ids().collect::<Vec<_>>().join(", ")),
    }
}

impl TryFrom<&str> for BodyKind {
    type Error = UnknownName;

    fn try_from(name: &str) -> Result<Self, UnknownName> {
        name.parse()
    }
}

impl BodyKind {
    /// A body that the caller knows.
    #[must_use]
    pub fn new(operation: &'static OperationInfo, side: Side) -> Self {
        Self { operation, side }
    }

    /// The name of it, such as `batch_check_results.response`.
    #[must_use]
    pub fn name(&self) -> String {
        let side = if self.side == Side::Request { "request" } else { "response" };
        format!("{}.{side}", self.operation.id)
    }
}

/// A documented body.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KnownBody {
    /// The name of its definition.
    pub(crate) schema: &'static str,
    /// The first operation that has it.
    pub(crate) known: BodyKind,
    /// How many operations have it.
    pub(crate) operations: usize,
    /// The names and types in it.
    pub(crate) outline: &'static Outline,
    /// What a value in it must be besides its type.
    pub(crate) demands: &'static Demands,
    /// Whether it may hold a secret.
    pub(crate) may_hold_secrets: bool,
}

impl KnownBody {
    fn new(body: &'static BodyInfo, known: BodyKind) -> Self {
        let demands = DEMANDS.iter().find(|(name, _)| *name == body.schema);
        Self {
            schema: body.schema,
            known,
            operations: 1,
            outline: body.outline,
            demands: demands.map_or(&Demands::NONE, |(_, demands)| demands),
            may_hold_secrets: outline::may_hold_secrets(body.outline, 0),
        }
    }
}

/// Every documented body, each once.
pub(crate) fn bodies() -> &'static [KnownBody] {
    static BODIES: OnceLock<Vec<KnownBody>> = OnceLock::new();
    BODIES.get_or_init(|| {
        let mut found: Vec<KnownBody> = Vec::new();
        for &operation in OPERATIONS {
            let request = operation.request.iter().map(|body| (body, Side::Request));
            let responses = operation
                .responses
                .iter()
                .filter_map(|response| Some((response.body.as_ref()?, Side::Response(response.status))));
            let mut counted = Vec::new();
            for (body, side) in request.chain(responses) {
                if counted.contains(&body.schema) {
                    continue;
                }
                counted.push(body.schema);
                match found.iter_mut().find(|known| known.schema == body.schema) {
                    Some(known) => known.operations += 1,
                    None => found.push(KnownBody::new(body, BodyKind { operation, side })),
                }
            }
        }
        found
    })
}

/// The body of a definition.
pub(crate) fn body(schema: &str) -> Option<&'static KnownBody> {
    bodies().iter().find(|body| body.schema == schema)
}
