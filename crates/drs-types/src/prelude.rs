//! The imports of generated modules.
#![allow(unused_imports)]

pub(crate) use std::collections::BTreeMap;

pub(crate) use http::Method;
pub(crate) use serde::{Deserialize, Serialize};

pub(crate) use crate::check::{self, Check, Place, Violation};
pub(crate) use crate::operation::{
    BatchInfo, BodyInfo, Location, Operation, OperationInfo, OutcomeInfo, ParameterInfo, ParameterKind, Parts, Plain,
    ResponseInfo, TaskRule,
};
pub(crate) use crate::outline::{Outline, Outlined, Type};
pub(crate) use crate::pattern::Pattern;
pub(crate) use crate::unions::{MapOrArray, Nullable, StringOr};
