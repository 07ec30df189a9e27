//! Lists in pages: one page after the other, until all items came.

use std::collections::HashSet;
use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::marker::PhantomData;

use drs_types::operation::{ListInfo, PagesInfo};
use drs_types::text::count;
use drs_types::{OperationInfo, Paged, Parts};
use futures_core::Stream;
use futures_util::stream;
use serde_json::Value;
use thiserror::Error as ThisError;

use crate::limits::LIMITS;
use crate::request::valid;
use crate::{Client, Error, Reply};

/// A page of a list.
#[non_exhaustive]
pub struct Page<O: Paged> {
    /// The number of the page.
    pub number: i64,
    /// The reply with the page.
    pub reply: Reply<O::Response>,
    /// The number of items on all pages together, as this page has it; `None` where the response has none.
    pub total: Option<u64>,
    /// The ids of items that the page before has, too: the list became longer in between, and its items moved.
    pub repeated: Vec<String>,
    /// Whether the list became shorter since the page before. An item may have moved to a page that was already read.
    pub may_have_missed: bool,
}

impl<O: Paged> Page<O> {
    /// Takes the items of the main list.
    #[must_use]
    pub fn entries(self) -> Vec<O::Entry> {
        O::entries(self.reply.body)
    }
}

impl<O: Paged<Response: fmt::Debug>> fmt::Debug for Page<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { number, reply, total, repeated, may_have_missed } = self;
        let mut page = f.debug_struct("Page");
        page.field("number", number).field("reply", reply).field("total", total);
        page.field("repeated", repeated).field("may_have_missed", may_have_missed).finish()
    }
}

/// The error that ends a list before its last item. The pages that came before it are valid.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum PagesError {
    /// The call for a page failed.
    #[error("page {number} of the list is missing")]
    Call {
        /// The number of the page. A call that names it continues there.
        number: i64,
        /// The cause.
        source: Error,
    },
    /// A page has exactly the items of an earlier page: the service does not advance.
    #[error("{operation}: page {number} of the list repeats an earlier page")]
    Repeated {
        /// The operation.
        operation: &'static str,
        /// The number of the page.
        number: i64,
    },
    /// The last page came, but fewer items than the service counts: the list changed while it was read, or the service
    /// left items out.
    #[error("{operation}: the pages have {} of {total}", count(*received, "item"))]
    Incomplete {
        /// The operation.
        operation: &'static str,
        /// The number of items that came.
        received: u64,
        /// The number of items that the service counts.
        total: u64,
    },
}

impl Client {
    /// Requests a list page by page, from the page that the call names to the last one. A call without a page starts at
    /// the first, with pages of the greatest documented size. Nothing is sent before the stream is polled, and only one
    /// page is held at a time. After an error, the stream ends.
    ///
    /// ```
    /// use drs_client::types::common::DbUseType;
    /// use drs_client::types::operations::v3::show_job_list::{QueryJobsReq, ShowJobList};
    /// # use drs_client::{Client, Credentials};
    /// use futures_util::TryStreamExt as _;
    ///
    /// # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    /// # runtime.block_on(async {
    /// # let service = drs_emulator::Emulator::start(0).await?;
    /// # let project = drs_emulator::project_id().parse()?;
    /// # let client = Client::builder(&service.url(), project, Credentials::token("any")).build()?;
    /// let mut pages = client.pages(&ShowJobList::new(QueryJobsReq::new(1, 2, DbUseType::Migration)));
    /// let mut names = Vec::new();
    /// while let Some(page) = pages.try_next().await? {
    ///     names.extend(page.entries().into_iter().filter_map(|task| task.name));
    /// }
    /// assert!(names.len() > 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn pages<O: Paged>(&self, call: &O) -> impl Stream<Item = Result<Page<O>, PagesError>> + Send + Unpin + use<O>
    where
        O::Response: Send,
    {
        Box::pin(stream::unfold(Walk::<O>::new(self.clone(), call), |mut walk| async {
            let page = match std::mem::replace(&mut walk.next, Next::End) {
                Next::Request => walk.request().await,
                Next::Fail(error) => Err(error),
                Next::End => return None,
            };
            Some((page, walk))
        }))
    }
}

/// The way through the pages of a list.
struct Walk<O> {
    client: Client,
    info: &'static OperationInfo,
    pages: &'static PagesInfo,
    parts: Parts,
    body: Value,
    number: i64,
    size: i64,
    next: Next,
    /// The number of items of each list that came so far.
    received: Vec<u64>,
    /// The ids in each list of the page before.
    before: Vec<HashSet<String>>,
    total: Option<u64>,
    /// The pages so far, each as a hash of its items.
    known: HashSet<u64>,
    call: PhantomData<fn() -> O>,
}

/// The next step.
enum Next {
    Request,
    Fail(PagesError),
    End,
}

impl<O: Paged> Walk<O> {
    fn new(client: Client, call: &O) -> Self {
        let (info, pages) = (O::INFO, O::INFO.pages.as_ref().expect("codegen gives a call with pages its facts"));
        let encoded = valid(info, call.check()).and_then(|()| {
            let parts = call.parts().map_err(|source| Error::Encode { operation: info.id, source })?;
            let body = serde_json::from_slice(parts.body.as_deref().unwrap_or(b"{}"));
            Ok((parts, body.map_err(|source| Error::Encode { operation: info.id, source })?))
        });
        let (parts, body, next) = match encoded {
            Ok((parts, body)) => (parts, body, Next::Request),
            Err(source) => {
                let next = Next::Fail(PagesError::Call { number: pages.first, source });
                (Parts::default(), Value::Null, next)
            }
        };
        let named = |pointer: &str| body.pointer(pointer).and_then(Value::as_i64);
        let number = named(pages.number).unwrap_or(pages.first).max(pages.first);
        let size = named(pages.size).filter(|size| *size > 0);
        let size = size.or(pages.max_size).or(pages.default_size).unwrap_or(LIMITS.page_size);
        Self {
            client,
            info,
            pages,
            parts,
            body,
            number,
            size,
            next,
            // The items of the pages before the first requested one are known to the caller.
            received: vec![
                u64::try_from((number - pages.first).saturating_mul(size)).unwrap_or_default();
                pages.lists.len()
            ],
            before: vec![HashSet::new(); pages.lists.len()],
            total: None,
            known: HashSet::new(),
            call: PhantomData,
        }
    }

    /// Requests one page, and decides on the next step.
    async fn request(&mut self) -> Result<Page<O>, PagesError> {
        let number = self.number;
        set(&mut self.body, self.pages.number, number.into());
        set(&mut self.body, self.pages.size, self.size.into());
        let mut parts = self.parts.clone();
        parts.body = Some(self.body.to_string().into_bytes());
        let reply = self.client.send_parts::<O>(parts, |_| {}).await;
        let reply = reply.map_err(|source| PagesError::Call { number, source })?;
        let response: Value = serde_json::from_slice(&reply.raw).unwrap_or_default();
        if !self.is_new(&response) {
            return Err(PagesError::Repeated { operation: self.info.id, number });
        }
        let repeated = self.repeated(&response);
        let total = self.total(0, &response);
        let may_have_missed = self.total.zip(total).is_some_and(|(before, now)| now < before);
        self.total = total;
        self.next = self.next(&response);
        self.number += 1;
        Ok(Page { number, reply, total, repeated, may_have_missed })
    }

    /// Whether no earlier page has the same items. A page without items is new.
    fn is_new(&mut self, response: &Value) -> bool {
        let arrays = self.pages.lists.iter().flat_map(|list| list.arrays(response));
        let items: Vec<&Value> = arrays.flatten().collect();
        let mut hasher = DefaultHasher::new();
        for item in &items {
            item.to_string().hash(&mut hasher);
        }
        items.is_empty() || self.known.insert(hasher.finish())
    }

    /// Counts the new items of each list, and returns the ids of those that the page before has, too.
    fn repeated(&mut self, response: &Value) -> Vec<String> {
        let mut repeated = Vec::new();
        for (index, list) in self.pages.lists.iter().enumerate() {
            let mut ids = HashSet::new();
            for item in list.arrays(response).into_iter().flatten() {
                let id = list.id.and_then(|at| item.pointer(at)?.as_str());
                match id {
                    Some(id) if self.before[index].contains(id) => repeated.push(id.to_owned()),
                    _ => self.received[index] += 1,
                }
                ids.extend(id.map(str::to_owned));
            }
            self.before[index] = ids;
        }
        repeated
    }

    /// Returns the number of items of a list on all pages: the service's, or the number of items that the request names.
    fn total(&self, list: usize, response: &Value) -> Option<u64> {
        let named = || self.body.pointer(self.info.batch.as_ref()?.request)?.as_array().map(|items| items.len() as u64);
        match self.pages.lists[list].total {
            Some(at) => response.pointer(at)?.as_u64(),
            None if list == 0 => named(),
            None => None,
        }
    }

    fn next(&self, response: &Value) -> Next {
        let operation = self.info.id;
        let mut incomplete = None;
        for (index, list) in self.pages.lists.iter().enumerate() {
            let longest = longest(list, response);
            let Some(total) = self.total(index, response) else {
                if longest >= self.size {
                    return Next::Request;
                }
                continue;
            };
            let received = self.received[index];
            let is_last = match list.total {
                // A page may be shorter than requested, so only an empty one is the last.
                Some(_) => longest == 0,
                // The service refuses a page after the last one.
                None => {
                    (self.number - self.pages.first + 1).saturating_mul(self.size)
                        >= i64::try_from(total).unwrap_or(i64::MAX)
                }
            };
            match (received < total, is_last) {
                (true, false) => return Next::Request,
                (true, true) => incomplete = Some(PagesError::Incomplete { operation, received, total }),
                (false, _) => {}
            }
        }
        incomplete.map_or(Next::End, Next::Fail)
    }
}

/// Returns the length of the longest array of a list.
fn longest(list: &ListInfo, response: &Value) -> i64 {
    let lengths = list.arrays(response).into_iter().map(|array| i64::try_from(array.len()).unwrap_or(i64::MAX));
    lengths.max().unwrap_or_default()
}

/// Sets a member of a body, and creates the objects on the way to it.
fn set(body: &mut Value, pointer: &str, value: Value) {
    let mut at = body;
    for name in pointer.split('/').skip(1) {
        at = &mut at[name];
    }
    *at = value;
}
