//! Any number of items, such as the ids of tasks, in calls of a limited size.
//!
//! [`Client::batch`] takes a call of any operation that implements [`Batch`], with all its items. It sends the items in
//! chunks, several at a time, and gives exactly one [`Outcome`] for each item, whatever the service does: it may report
//! in any order, leave items out, refuse some, or fail.
//!
//! - **Pace.** When the service throttles, the number of calls at a time is halved; after a round of calls without
//!   throttling it goes up by one.
//! - **One bad item.** When the service refuses a chunk as a whole in a way that one item can be the reason for, the
//!   chunk is sent again in halves, until the bad item stands alone. A split takes one of the client's retries
//!   ([`RetryPolicy::budget`]), which comes back when a half succeeds; without any left, the items of the chunk fail
//!   with the refusal. Such a refusal means that nothing was done, so any operation may be split.
//! - **Doubt.** A chunk whose call fails otherwise is not sent again, beyond the retries of the call itself: its items
//!   have the error as their outcome, and [`Error::may_be_done`] says whether the service may have carried it out.
//! - **Cancellation.** The calls run inside the future or the stream. Nothing is sent any more once it is dropped.
//!
//! Duplicate ids are an error before anything is sent, except for operations whose items may have the same id.
//!
//! # Examples
//!
//! All outcomes, in the order of the request:
//!
//! ```
//! use drs_client::batch::Outcome;
//! use drs_client::types::operations::v3::batch_list_progresses::{BatchListProgresses, BatchQueryProgressReq};
//! use drs_client::{Client, Credentials};
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # runtime.block_on(async {
//! let service = drs_emulator::Emulator::start(0).await?;
//! let project = drs_emulator::project_id().parse()?;
//! let client = Client::builder(&service.url(), project, Credentials::token("any")).build()?;
//! let ids = vec!["140b5236-88ad-43c8-811c-1268453jb101".parse()?, "nobody".parse()?];
//! let call = BatchListProgresses::new(BatchQueryProgressReq::new(ids));
//! let all = client.batch(call).chunk_items(1).concurrency(8).outcomes().await?;
//! assert!(matches!(&all.items[0].outcome, Outcome::Done(row) if row.progress.is_some()));
//! assert!(matches!(&all.items[1].outcome, Outcome::Refused { code: Some(code), .. } if code.as_str() == "DRS.M05003"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Outcomes as they come, in little memory:
//!
//! ```
//! # use drs_client::types::common::JobId;
//! # use drs_client::types::operations::v3::batch_list_progresses::{BatchListProgresses, BatchQueryProgressReq};
//! # use drs_client::{Client, Credentials};
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # runtime.block_on(async {
//! # let service = drs_emulator::Emulator::start(0).await?;
//! # let project = drs_emulator::project_id().parse()?;
//! # let client = Client::builder(&service.url(), project, Credentials::token("any")).build()?;
//! let ids = (0..250).map(|number| format!("task-{number}").parse::<JobId>().expect("not empty"));
//! let call = BatchListProgresses::new(BatchQueryProgressReq::new(Vec::new()));
//! let mut chunks = client.batch(call).chunks_of(ids);
//! let mut refused = 0;
//! while let Some(chunk) = chunks.next().await {
//!     refused += chunk.items.iter().filter(|item| !item.outcome.is_done()).count();
//! }
//! assert_eq!(refused, 250);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`RetryPolicy::budget`]: crate::RetryPolicy::budget

mod chunks;
mod outcome;
mod pace;
mod split;

use drs_types::{Batch, Misfit};

pub use chunks::Chunks;
pub use outcome::{Chunk, ItemOutcome, Miscount, Outcome};

use crate::limits::LIMITS;
use crate::request::valid;
use crate::{Client, Error};

impl Client {
    /// Prepares a call for all its items, in chunks. See [`batch`](self).
    pub fn batch<O: Batch>(&self, call: O) -> BatchCall<O> {
        BatchCall { client: self.clone(), call, chunk_items: LIMITS.chunk_items, concurrency: LIMITS.concurrency }
    }
}

/// A call for any number of items, and how it is sent.
#[derive(Clone, Debug)]
#[must_use = "nothing is sent before the outcomes are requested"]
pub struct BatchCall<O> {
    client: Client,
    pub(crate) call: O,
    chunk_items: usize,
    concurrency: usize,
}

impl<O: Batch> BatchCall<O> {
    /// Sets the most items of one chunk. 50 by default; at least 1, and at most what one response can hold
    /// ([`BatchInfo::most`](drs_types::batch::BatchInfo::most)). A chunk has one item where a response does not say
    /// which row is about which item.
    pub fn chunk_items(mut self, items: usize) -> Self {
        self.chunk_items = items;
        self
    }

    /// Sets the most chunks that are sent at a time. 4 by default; at least 1.
    pub fn concurrency(mut self, calls: usize) -> Self {
        self.concurrency = calls;
        self
    }

    /// Returns the same call for some of its items, to be sent in the same way.
    pub(crate) fn for_items(&self, items: Vec<O::Item>) -> Self {
        let Self { client, call, chunk_items, concurrency } = self;
        Self {
            client: client.clone(),
            call: call.with_items(items),
            chunk_items: *chunk_items,
            concurrency: *concurrency,
        }
    }

    /// Sends all chunks and returns all outcomes.
    ///
    /// # Errors
    /// There is no item, or a duplicate, or an item that breaks the documentation ([`Error::Invalid`]); nothing was
    /// sent. A call that fails is the [`Outcome`] of its items.
    pub async fn outcomes(self) -> Result<Outcomes<O>, Error> {
        let mut pending = self.chunks()?;
        let mut chunks = Vec::new();
        while let Some(chunk) = pending.next().await {
            chunks.push(chunk);
        }
        chunks.sort_by_key(|chunk| chunk.items.first().map(|item| item.index));
        let mut all = Outcomes {
            items: Vec::new(),
            unasked: Vec::new(),
            misfits: Vec::new(),
            miscounts: Vec::new(),
            request_ids: Vec::new(),
        };
        for chunk in chunks {
            all.items.extend(chunk.items);
            all.unasked.extend(chunk.unasked);
            all.misfits.extend(chunk.misfits);
            all.miscounts.extend(chunk.miscount);
            all.request_ids.extend(chunk.request_id);
        }
        Ok(all)
    }

    /// Returns the outcomes chunk by chunk, as they come.
    ///
    /// # Errors
    /// The same as for [`outcomes`](Self::outcomes).
    pub fn chunks(self) -> Result<Chunks<O>, Error> {
        let mut violations = self.call.check();
        if violations.is_empty() {
            violations = self.call.duplicates();
        }
        valid(O::INFO, violations)?;
        let items = self.call.items().to_vec();
        Ok(self.chunks_of(items))
    }

    /// Returns the outcomes of other items than those of the call, which are taken as they are needed, so that the memory
    /// does not grow with their number.
    ///
    /// Nothing is checked in advance: an item that breaks the documentation is not sent, and has the error as its
    /// outcome. An item that comes twice is sent twice.
    pub fn chunks_of<I>(self, items: I) -> Chunks<O>
    where
        I: IntoIterator<Item = O::Item>,
        I::IntoIter: Send + 'static,
    {
        let of_rows = if O::BATCH.id.is_none() { 1 } else { usize::MAX };
        let chunk_items = self.chunk_items.min(O::BATCH.most.unwrap_or(usize::MAX)).min(of_rows).max(1);
        Chunks::new(self.client, &self.call, Box::new(items.into_iter().fuse()), chunk_items, self.concurrency.max(1))
    }
}

/// The outcomes of all items of a call.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Outcomes<O: Batch> {
    /// One outcome for each item, in the order of the request.
    pub items: Vec<ItemOutcome<O>>,
    /// Rows about items that were not requested, and further rows about an item that already has its outcome.
    pub unasked: Vec<O::Row>,
    /// All values of the responses that do not fit their type and were left out, inside of rows and outside.
    pub misfits: Vec<Misfit>,
    /// The responses that have another number of rows than they state.
    pub miscounts: Vec<Miscount>,
    /// The service's ids of the requests, those of failures included. The vendor's support asks for them.
    pub request_ids: Vec<String>,
}
