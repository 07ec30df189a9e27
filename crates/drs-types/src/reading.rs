//! Decoding of bodies: the whole body, or the parts that fit its type.
//!
//! A body is read strictly: a structure needs an object, and ignored members must be valid JSON too. Only when that
//! fails, a second pass takes out the values that do not fit the table of the body, and reads the rest.

mod sift;
mod strict;

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeOwned, DeserializeSeed as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::outline::{Outline, Outlined};

/// A body, and the values that did not fit its type.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Reading<T> {
    /// The body, without the values that did not fit.
    pub body: T,
    /// The values that did not fit and were left out; empty when the whole body was read.
    pub misfits: Vec<Misfit>,
}

impl<T> Reading<T> {
    /// Creates the reading of a body without misfits.
    #[must_use]
    pub fn whole(body: T) -> Self {
        Self { body, misfits: Vec::new() }
    }

    /// Replaces the body and keeps the misfits.
    #[must_use]
    pub fn with<U>(self, body: U) -> Reading<U> {
        Reading { body, misfits: self.misfits }
    }
}

/// A value that does not fit the type of a body, and was left out.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Misfit {
    /// The location in the original body, as a JSON Pointer.
    pub pointer: String,
    /// The type that was expected.
    pub expected: String,
    /// The value that was found; `•••` when the member holds a secret.
    pub found: String,
}

impl Misfit {
    /// Masks what comes from the server: the value, and the keys of maps on the way to it.
    pub fn mask(&mut self, body: &'static Outline, mask: impl Fn(&str) -> String) {
        let mut outline = Some(body);
        let segments = self.pointer.split('/').enumerate().map(|(index, segment)| {
            let here = outline.filter(|_| index > 0);
            let field = here.and_then(|outline| outline.member(segment));
            let element = here.and_then(|outline| outline.items).filter(|_| segment.parse::<usize>().is_ok());
            match field.or(element) {
                Some(next) => {
                    outline = Some(next);
                    segment.to_owned()
                }
                None if index == 0 => String::new(),
                None => {
                    outline = here.and_then(|outline| outline.others);
                    mask(segment)
                }
            }
        });
        self.pointer = segments.collect::<Vec<_>>().join("/");
        self.found = mask(&self.found);
    }
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let location = if self.pointer.is_empty() { "the body" } else { &self.pointer };
        write!(f, "{location}: expected {}, found {}", self.expected, self.found)
    }
}

/// Reads the whole body.
///
/// ```
/// use drs_types::operations::v3::batch_check_results::BatchCheckResultsResponse;
/// let decode = drs_types::reading::decode::<BatchCheckResultsResponse>;
/// assert_eq!(decode(br#"{ "count": 1.0 }"#).unwrap().count, Some(1));
/// assert!(decode(br#"{ "count": "1" }"#).is_err());
/// assert!(decode(br#"{ "results": [[null]] }"#).is_err());
/// assert!(decode(br#"{ "unheard_of": "\ud800" }"#).is_err());
/// ```
///
/// # Errors
/// The body is not JSON, or a value does not fit the type.
pub fn decode<T: DeserializeOwned>(json: &[u8]) -> Result<T, serde_json::Error> {
    // Checking all bytes once is faster than checking each string.
    let Ok(text) = std::str::from_utf8(json) else { return Err(not_utf8(json)) };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let body = T::deserialize(strict::Strict(&mut deserializer))?;
    deserializer.end()?;
    Ok(body)
}

/// Returns the error of a body that is not UTF-8, with its location.
fn not_utf8(json: &[u8]) -> serde_json::Error {
    let error = serde_json::from_slice::<Value>(json).err();
    error.unwrap_or_else(|| serde::de::Error::custom("invalid UTF-8"))
}

/// Reads the whole body, or the parts of it that fit its type.
///
/// ```
/// use drs_types::operations::v3::batch_check_results::BatchCheckResultsResponse;
/// let body = br#"{ "count": "1", "results": [null, { "process": "100%" }] }"#;
/// let reading = drs_types::reading::read::<BatchCheckResultsResponse>(body).unwrap();
/// assert_eq!(reading.body.results().len(), 1);
/// let misfits: Vec<String> = reading.misfits.iter().map(ToString::to_string).collect();
/// assert_eq!(misfits, [r#"/count: expected an integer, found "1""#, "/results/0: expected an object, found null"]);
/// ```
///
/// # Errors
/// Nothing can be read: the body is not JSON, or not an object.
pub fn read<T: DeserializeOwned + Outlined>(json: &[u8]) -> Result<Reading<T>, serde_json::Error> {
    let (body, misfits) = match decode::<T>(json) {
        Ok(body) => (body, Vec::new()),
        Err(refusal) => {
            let (rest, misfits) = sift(T::OUTLINE, json)?;
            let Some(rest) = rest else { return Err(refusal) };
            // The value is written as JSON again: compiling every type for another deserializer would double the build.
            (decode::<T>(rest.to_string().as_bytes())?, misfits)
        }
    };
    Ok(Reading { body, misfits })
}

/// Separates the values of a body that fit its table from those that do not. Nothing fits when the body is not an
/// object.
fn sift(outline: &'static Outline, json: &[u8]) -> Result<(Option<Value>, Vec<Misfit>), serde_json::Error> {
    let mut notes = sift::Notes::default();
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let rest = sift::Sift::body(outline, &mut notes).deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok((rest, notes.into_misfits()))
}

/// Returns the misfits in each remaining item of an array, by their locations in the original body.
///
/// A misfit around the array, such as the note that there are more than can be listed, belongs to every item.
#[must_use]
pub fn misfits_by_item(misfits: &[Misfit], array: &str, items: usize) -> Vec<Vec<Misfit>> {
    let mut found: Vec<Vec<Misfit>> = Vec::new();
    let around: Vec<&Misfit> = misfits.iter().filter(|misfit| is_within(array, &misfit.pointer)).collect();
    let mut within: BTreeMap<usize, Vec<&Misfit>> = BTreeMap::new();
    for misfit in misfits {
        let below = misfit.pointer.strip_prefix(array).and_then(|rest| rest.strip_prefix('/'));
        let index = below.and_then(|rest| rest.split('/').next()).and_then(|index| index.parse().ok());
        if let Some(index) = index {
            within.entry(index).or_default().push(misfit);
        }
    }
    let is_out = |index: usize, misfit: &Misfit| misfit.pointer == format!("{array}/{index}");
    let mut index = 0;
    while found.len() < items {
        let here = within.remove(&index).unwrap_or_default();
        if !here.iter().any(|misfit| is_out(index, misfit)) {
            found.push(around.iter().chain(&here).copied().cloned().collect());
        }
        index += 1;
    }
    found
}

/// Returns the number of items of an array that were left out as a whole.
#[must_use]
pub fn items_left_out(misfits: &[Misfit], array: &str) -> usize {
    let of_array = |misfit: &&Misfit| {
        let item = misfit.pointer.strip_prefix(array).and_then(|rest| rest.strip_prefix('/'));
        item.is_some_and(|item| item.parse::<usize>().is_ok())
    };
    misfits.iter().filter(of_array).count()
}

/// Whether a location is at or below another one.
fn is_within(pointer: &str, around: &str) -> bool {
    pointer.strip_prefix(around).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
