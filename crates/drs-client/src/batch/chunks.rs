//! The stream that sends the chunks.

use std::collections::HashSet;
use std::fmt;
use std::future::poll_fn;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use drs_auth::BoxFuture;
use drs_types::{Batch, Operation};
use futures_core::Stream;
use futures_util::stream::FuturesUnordered;
use tracing::debug;

use super::outcome::Chunk;
use super::pace::Pace;
use super::split::may_be_one_item;
use crate::{Client, Error, Reply};

/// The outcomes of a batch, chunk by chunk, as they come: a [`Stream`]. Dropping it ends the calls that run.
#[must_use = "nothing is sent before the first chunk is requested"]
pub struct Chunks<O: Batch> {
    client: Client,
    /// The call, without items.
    call: O,
    /// The items that were not sent yet.
    items: Box<dyn Iterator<Item = O::Item> + Send>,
    /// Items that were taken, and begin the next chunk.
    held: Vec<O::Item>,
    /// The number of items in chunks so far.
    chunked: usize,
    chunk_items: usize,
    /// Parts of refused chunks, the next one last.
    parts: Vec<Part<O>>,
    /// Refused calls that wait for a retry of the client's budget.
    refused: Vec<(Part<O>, Error)>,
    running: FuturesUnordered<BoxFuture<'static, Ended<O>>>,
    pace: Arc<Pace>,
}

/// A part that was sent, with its reply.
type Ended<O> = (Part<O>, Result<Reply<<O as Operation>::Response>, Error>);

/// A chunk, or a part of one.
struct Part<O> {
    /// The position of its first item among all items.
    first: usize,
    call: O,
    /// Whether it is a part of a refused chunk.
    is_split: bool,
}

impl<O: Batch> Chunks<O> {
    pub(super) fn new(
        client: Client,
        call: &O,
        items: Box<dyn Iterator<Item = O::Item> + Send>,
        chunk_items: usize,
        concurrency: usize,
    ) -> Self {
        Self {
            client,
            call: call.with_items(Vec::new()),
            items,
            held: Vec::new(),
            chunked: 0,
            chunk_items,
            parts: Vec::new(),
            refused: Vec::new(),
            running: FuturesUnordered::new(),
            pace: Arc::new(Pace::new(concurrency)),
        }
    }

    /// Returns the next chunk that is complete; `None` when each item has had its outcome.
    pub async fn next(&mut self) -> Option<Chunk<O>> {
        poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// Returns the part to send next; `None` when none is left, or when a refused call waits for the calls that run.
    fn part(&mut self) -> Option<Part<O>> {
        if let Some(part) = self.parts.pop() {
            return Some(part);
        }
        match self.refused.pop() {
            Some((part, _)) if self.client.budget.take() => {
                debug!(operation = O::INFO.id, items = part.call.items().len(), "a refused chunk is sent in halves");
                let [left, right] = part.halves();
                self.parts.push(right);
                Some(left)
            }
            Some(waiting) => {
                self.refused.push(waiting);
                None
            }
            None => self.chunk(),
        }
    }

    /// Takes the next items. A chunk ends before an item whose id it already has, unless the operation allows that.
    fn chunk(&mut self) -> Option<Part<O>> {
        let mut items = mem::take(&mut self.held);
        items.extend(self.items.by_ref().take(self.chunk_items - items.len()));
        self.held = items.split_off(without_duplicate::<O>(&items));
        if items.is_empty() {
            return None;
        }
        let first = self.chunked;
        self.chunked += items.len();
        Some(Part { first, call: self.call.with_items(items), is_split: false })
    }

    fn start(&mut self, part: Part<O>, round: u64) {
        let (client, pace) = (self.client.clone(), Arc::clone(&self.pace));
        self.running.push(Box::pin(async move {
            let note = |error: &Error| {
                if error.is_throttled() {
                    pace.throttled(round);
                }
            };
            let result = client.send_noting(&part.call, note).await;
            if result.is_ok() {
                pace.went_through(round);
            }
            (part, result)
        }));
    }
}

/// Returns the number of items before the first one whose id an earlier one has.
fn without_duplicate<O: Batch>(items: &[O::Item]) -> usize {
    let mut seen = HashSet::with_capacity(items.len());
    let mut ids = items.iter().map(O::item_id);
    let duplicate = ids.position(|id| !O::BATCH.repeats && id.is_some_and(|id| !seen.insert(id)));
    duplicate.unwrap_or(items.len())
}

impl<O: Batch> Stream for Chunks<O> {
    type Item = Chunk<O>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Chunk<O>>> {
        loop {
            loop {
                let (allowed, round) = self.pace.now();
                if self.running.len() >= allowed {
                    break;
                }
                let Some(part) = self.part() else { break };
                self.start(part, round);
            }
            let Some((part, result)) = ready!(Pin::new(&mut self.running).poll_next(context)) else {
                // Nothing runs that could give back a retry.
                let given_up = self.refused.pop();
                return Poll::Ready(given_up.map(|(part, error)| Chunk::failed(part.first, &part.call, error)));
            };
            match result {
                Ok(reply) => {
                    if part.is_split {
                        self.client.budget.give_back();
                    }
                    return Poll::Ready(Some(Chunk::reported(part.first, &part.call, reply)));
                }
                Err(error) if part.call.items().len() > 1 && may_be_one_item(&error) => {
                    self.refused.push((part, error));
                }
                Err(error) => return Poll::Ready(Some(Chunk::failed(part.first, &part.call, error))),
            }
        }
    }
}

/// No field is pinned in place.
impl<O: Batch> Unpin for Chunks<O> {}

impl<O: Batch> fmt::Debug for Chunks<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { chunked, running, pace, .. } = self;
        f.debug_struct("Chunks")
            .field("chunked", chunked)
            .field("running", &running.len())
            .field("pace", pace)
            .finish_non_exhaustive()
    }
}

impl<O: Batch> Part<O> {
    fn halves(self) -> [Self; 2] {
        let Self { first, call, .. } = self;
        let (left, right) = call.items().split_at(call.items().len() / 2);
        [(first, left), (first + left.len(), right)].map(|(first, items)| Self {
            first,
            call: call.with_items(items.to_vec()),
            is_split: true,
        })
    }
}
