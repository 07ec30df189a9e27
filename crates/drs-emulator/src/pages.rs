//! Pages of a list.

use drs_types::OperationInfo;
use drs_types::common::ErrorCode;
use drs_types::text::count;
use serde_json::Value;

use crate::refusal::Refusal;

/// The size of a page where neither the request nor the documentation has one.
const DEFAULT_SIZE: i64 = 10;

/// The page of a list that a request asks for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    /// The number, from 1; 0 asks for everything.
    number: i64,
    /// The number of entries of a page; 0 puts everything on one page.
    size: i64,
}

impl Page {
    /// Reads the page that a request selects; everything for an operation without pages.
    pub(crate) fn of(info: &OperationInfo, body: &Value) -> Result<Self, Refusal> {
        let Some(pages) = &info.pages else { return Ok(Self { number: 0, size: 0 }) };
        let number = |pointer: &str| body.pointer(pointer).and_then(integer);
        let size = number(pages.size).or(pages.default_size).unwrap_or(DEFAULT_SIZE);
        let page = Self { number: number(pages.number).unwrap_or(pages.first), size };
        if page.number < 0 || page.size < 0 {
            return Err(Refusal::new(ErrorCode::DrsM00210, "The number and the size of a page cannot be negative."));
        }
        Ok(page)
    }

    /// Returns the entries of the page; none for a page after the last one.
    pub(crate) fn cut<T>(self, entries: Vec<T>) -> Vec<T> {
        if self.number == 0 || self.size == 0 {
            return entries;
        }
        let size = usize::try_from(self.size).unwrap_or(usize::MAX);
        let before = usize::try_from(self.number - 1).unwrap_or(usize::MAX).saturating_mul(size);
        entries.into_iter().skip(before).take(size).collect()
    }

    /// Returns the tasks of the page, and refuses a page after the last one.
    pub(crate) fn cut_named(self, ids: &[Value]) -> Result<&[Value], Refusal> {
        let size = usize::try_from(self.size).ok().filter(|size| *size > 0).unwrap_or(ids.len().max(1));
        let number = usize::try_from(self.number).unwrap_or(usize::MAX);
        ids.chunks(size).nth(number.saturating_sub(1)).ok_or_else(|| {
            let pages = count(ids.len().div_ceil(size) as u64, "page");
            Refusal::new(ErrorCode::DrsM00211, format!("Page {number} does not exist: these tasks have {pages}."))
        })
    }
}

/// Reads an integer, also one written with a fraction of zero.
fn integer(value: &Value) -> Option<i64> {
    #[allow(clippy::cast_possible_truncation, reason = "a page beyond the range of numbers is beyond the last page")]
    value.as_i64().or_else(|| value.as_f64().map(|number| number as i64))
}
