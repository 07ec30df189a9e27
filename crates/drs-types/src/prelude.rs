//! The imports of generated modules.
#![allow(unused_imports)]

pub(crate) use std::collections::BTreeMap;
pub(crate) use std::time::Duration;

pub(crate) use http::Method;
pub(crate) use serde::{Deserialize, Serialize};

pub(crate) use crate::batch::{Batch, BatchInfo, OutcomeInfo, Plain};
pub(crate) use crate::check::{self, Check, Pointer, Violation};
pub(crate) use crate::operation::{
    BodyInfo, ListInfo, Location, Operation, OperationInfo, PagesInfo, ParameterInfo, ParameterKind, Parts,
    PollingInfo, ResponseInfo, TaskRule,
};
pub(crate) use crate::outline::{Outline, Outlined, Type};
pub(crate) use crate::pages::{Paged, Progress};
pub(crate) use crate::pattern::Pattern;
pub(crate) use crate::unions::{MapOrArray, Nullable, StringOr};
