//! The same work with `serde_json` and the types of drs-types: the envelope, both bodies, and their ids.

use std::borrow::Cow;
use std::collections::HashSet;

use drs_types::common::JobId;
use drs_types::operations::v3::batch_check_results::{BatchCheckResultsResponse, BatchQueryPrecheckResultReq};
use memchr::memmem;
use serde::Deserialize;
use serde::de::DeserializeOwned;

type Request = BatchQueryPrecheckResultReq;
type Response = BatchCheckResultsResponse;

/// A capture with bodies in JSON.
#[derive(Deserialize)]
pub(crate) struct Capture {
    method: String,
    url: String,
    status: u16,
    request: Request,
    response: Response,
}

/// A capture with bodies in strings.
#[derive(Deserialize)]
pub(crate) struct Strings<'a> {
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    url: Cow<'a, str>,
    status: u16,
    #[serde(borrow)]
    request: Cow<'a, str>,
    #[serde(borrow)]
    response: Cow<'a, str>,
}

#[derive(Deserialize)]
pub(crate) struct Har {
    log: Log,
}

#[derive(Deserialize)]
struct Log {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    request: Sent,
    response: Received,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Sent {
    method: String,
    url: String,
    post_data: Text,
}

#[derive(Deserialize)]
struct Received {
    status: u16,
    content: Text,
}

#[derive(Deserialize)]
struct Text {
    text: String,
}

/// A line of the Elastic Common Schema.
#[derive(Deserialize)]
pub(crate) struct Ecs<'a> {
    #[serde(borrow)]
    url: Full<'a>,
    #[serde(borrow)]
    http: Http<'a>,
}

#[derive(Deserialize)]
struct Full<'a> {
    #[serde(borrow)]
    full: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Http<'a> {
    #[serde(borrow)]
    request: HttpRequest<'a>,
    #[serde(borrow)]
    response: HttpResponse<'a>,
}

#[derive(Deserialize)]
struct HttpRequest<'a> {
    #[serde(borrow)]
    method: Cow<'a, str>,
    #[serde(borrow)]
    body: Content<'a>,
}

#[derive(Deserialize)]
struct HttpResponse<'a> {
    status_code: u16,
    #[serde(borrow)]
    body: Content<'a>,
}

#[derive(Deserialize)]
struct Content<'a> {
    #[serde(borrow)]
    content: Cow<'a, str>,
}

impl Capture {
    pub(crate) fn is_fine(&self) -> bool {
        is_call(&self.method, &self.url, self.status) && agree(&self.request, &self.response)
    }
}

impl Strings<'_> {
    pub(crate) fn is_fine(&self) -> bool {
        is_call(&self.method, &self.url, self.status) && are_fine(&self.request, &self.response)
    }
}

impl Ecs<'_> {
    pub(crate) fn is_fine(&self) -> bool {
        let Http { request, response } = &self.http;
        is_call(&request.method, &self.url.full, response.status_code)
            && are_fine(&request.body.content, &response.body.content)
    }
}

/// How many entries of a HAR are fine.
pub(crate) fn in_har(text: &[u8]) -> Option<u64> {
    let har: Har = serde_json::from_slice(text).ok()?;
    let is_fine = |Entry { request, response }: &&Entry| {
        is_call(&request.method, &request.url, response.status)
            && are_fine(&request.post_data.text, &response.content.text)
    };
    Some(har.log.entries.iter().filter(is_fine).count() as u64)
}

/// How many items of an array are fine.
pub(crate) fn in_array(text: &[u8]) -> Option<u64> {
    // One that is not fine must not end the reading.
    let items: Vec<&serde_json::value::RawValue> = serde_json::from_slice(text).ok()?;
    let is_fine = |text: &str| serde_json::from_str(text).is_ok_and(|capture: Capture| capture.is_fine());
    Some(items.iter().filter(|item| is_fine(item.get())).count() as u64)
}

/// How many calls of a log are fine, of which the messages of one call are together.
pub(crate) fn in_log(text: &[u8]) -> u64 {
    let urls = memmem::find_iter(text, b" API Request URL: ").map(|at| at + 18);
    let is_fine = |at: usize| {
        let rest = &text[at..];
        let after = |rest: &'_ [u8], word: &str| memmem::find(rest, word.as_bytes()).map(|at| at + word.len());
        let line = std::str::from_utf8(rest.split(|byte| *byte == b'\n').next()?).ok()?;
        let (method, url) = line.split_once(' ')?;
        let rest = &rest[after(rest, " API Request Body: ")?..];
        let request: Request = first(rest)?;
        let rest = &rest[after(rest, " API Response Code: ")?..];
        let status = std::str::from_utf8(rest.get(..3)?).ok()?.parse().ok()?;
        let response: Response = first(&rest[after(rest, " API Response Body: ")?..])?;
        Some(is_call(method, url, status) && agree(&request, &response))
    };
    urls.filter(|at| is_fine(*at) == Some(true)).count() as u64
}

/// The first value of a text.
fn first<T: DeserializeOwned>(text: &[u8]) -> Option<T> {
    serde_json::Deserializer::from_slice(text).into_iter().next()?.ok()
}

fn is_call(method: &str, url: &str, status: u16) -> bool {
    method == "POST" && url.ends_with("/jobs/batch-precheck-result") && status == 200
}

fn are_fine(request: &str, response: &str) -> bool {
    let (Ok(request), Ok(response)) = (serde_json::from_str(request), serde_json::from_str(response)) else {
        return false;
    };
    agree(&request, &response)
}

/// Whether a request and its response have the same ids.
fn agree(request: &Request, response: &Response) -> bool {
    let asked: HashSet<&str> = request.jobs.iter().map(JobId::as_str).collect();
    let entries = response.results.iter().flatten();
    let answered: HashSet<&str> = entries.filter_map(|entry| Some(entry.precheck_id.as_ref()?.as_str())).collect();
    asked == answered
}
