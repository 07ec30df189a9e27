//! The format of the faults of a scenario.

use std::collections::BTreeMap;
use std::num::{NonZeroU32, NonZeroU64};

use serde::Deserialize;
use serde_json::Value;

use super::format::OperationName;
use crate::faults::{BrokenBody, Part, RowFault};

/// A fault: what goes wrong, and when. Of several faults that a call meets, the first one in the file counts.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    /// The operation whose calls have the fault. Without it, all calls of the service and of IAM.
    #[serde(default)]
    pub(crate) operation: Option<OperationName>,
    /// Which of these calls have the fault. Without it, every one.
    #[serde(default)]
    pub(crate) when: Option<When>,
    /// What goes wrong.
    pub(crate) effect: Effect,
}

/// Which calls have a fault, counted from 1 for each fault.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum When {
    /// The calls with these numbers.
    Calls(Vec<NonZeroU64>),
    /// The first calls, this many.
    First(u64),
    /// All calls but the first ones, this many.
    After(u64),
    /// Each call whose number can be divided by this one.
    Every(NonZeroU64),
    /// Some calls, with this probability from 0 to 1. The same seed chooses the same calls.
    Probability(Probability),
}

/// What goes wrong with a call. Unless it says so, the call is not carried out.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Effect {
    /// The call is carried out, and the response comes late.
    Delay(Delay),
    /// No response ever comes.
    Silence,
    /// The call is carried out, and the response comes in small pieces.
    Slow(Slow),
    /// Another response.
    Respond(Respond),
    /// The documented refusal of a call that comes too soon: status 400 and `DRS.M01503`.
    Throttled(Throttled),
    /// The refusal of an expired token, which also ends every token that the emulator has issued.
    ExpiredToken,
    /// The clock of the emulator differs by this many seconds, so that a signature is too old or too new.
    ClockSkew(i32),
    /// The call is carried out, and the body of the response is broken.
    Body(BrokenBody),
    /// The call is carried out, and the head of the response has a header of this many bytes.
    LargeHead(NonZeroU32),
    /// The call is carried out, and the connection is reset at this part of the response.
    Reset(Part),
    /// The call is carried out, and the connection is closed at this part of the response.
    Close(Part),
    /// The call is carried out, and rows of the response to a batch are wrong. It needs an `operation`.
    Rows(RowFault),
}

/// A response that comes late.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Delay {
    /// The time in milliseconds.
    pub(crate) ms: u32,
    /// Whether the head comes at once, and only the body late.
    #[serde(default)]
    pub(crate) body_only: bool,
}

/// A response in small pieces.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Slow {
    /// The bytes of a piece.
    pub(crate) bytes: NonZeroU32,
    /// The time after each piece in milliseconds.
    pub(crate) ms: u32,
}

/// A response.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Respond {
    /// The status, from 200 to 599.
    pub(crate) status: u16,
    /// The headers, such as `Retry-After` or `Location`.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    /// The body: a string as it is, any other value as JSON.
    #[serde(default)]
    pub(crate) body: Option<Value>,
}

/// The refusal of a call that comes too soon.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Throttled {
    /// The value of `Retry-After` in seconds. Without it there is no such header, as at the service.
    #[serde(default)]
    pub(crate) retry_after: Option<u32>,
}

/// A probability from 0 to 1.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "f64")]
pub(crate) struct Probability(pub(crate) f64);

impl TryFrom<f64> for Probability {
    type Error = String;

    fn try_from(value: f64) -> Result<Self, Self::Error> {
        let problem = || format!("expected a probability from 0 to 1, found {value}");
        if (0.0..=1.0).contains(&value) { Ok(Self(value)) } else { Err(problem()) }
    }
}
