//! What can be waited for: the items of a batch call, or what a single call reports on.

use std::fmt::Debug;
use std::sync::Arc;

use drs_types::{Batch, Operation, Progress};

use crate::batch::{BatchCall, Outcome};
use crate::{Client, Error};

/// A call that can be waited for: a [`BatchCall`] whose rows report progress, or a [`SingleCall`].
pub trait Subject: sealed::Sealed + Send + Sync {
    /// One thing that is waited for: the item of a batch, or `()`.
    type Item: Clone + Debug + Send + Sync;

    /// The report on one item.
    type Report: Progress + Clone + Debug + Send;

    /// All items.
    #[doc(hidden)]
    fn items(&self) -> Vec<Self::Item>;

    /// Queries the items at some positions.
    #[doc(hidden)]
    fn query(&self, positions: &[usize]) -> impl Future<Output = Result<sealed::Answer<Self::Report>, Error>> + Send;
}

/// A call that is not a batch, prepared by [`Client::wait`].
#[derive(Clone, Debug)]
pub struct SingleCall<O> {
    pub(super) client: Client,
    pub(super) call: O,
}

/// What nobody else can name, so that nobody else can implement [`Subject`].
pub(super) mod sealed {
    use crate::batch::Outcome;

    pub trait Sealed {}

    /// What one query says.
    #[derive(Debug)]
    pub struct Answer<R> {
        /// The outcomes of the queried items, in their order.
        pub outcomes: Vec<Outcome<R>>,
        /// The service's ids of the requests.
        pub request_ids: Vec<String>,
    }
}

use sealed::Answer;

impl<O> sealed::Sealed for BatchCall<O> {}

impl<O: Batch<Row: Progress>> Subject for BatchCall<O> {
    type Item = O::Item;
    type Report = O::Row;

    fn items(&self) -> Vec<O::Item> {
        self.call.items().to_vec()
    }

    async fn query(&self, positions: &[usize]) -> Result<Answer<O::Row>, Error> {
        let items = positions.iter().map(|position| self.call.items()[*position].clone()).collect();
        let outcomes = self.for_items(items).outcomes().await?;
        Ok(Answer {
            outcomes: outcomes.items.into_iter().map(|item| item.outcome).collect(),
            request_ids: outcomes.request_ids,
        })
    }
}

impl<O> sealed::Sealed for SingleCall<O> {}

impl<O> Subject for SingleCall<O>
where
    O: Operation<Response: Progress + Clone + Debug + Send> + Send + Sync,
{
    type Item = ();
    type Report = O::Response;

    fn items(&self) -> Vec<()> {
        vec![()]
    }

    async fn query(&self, _: &[usize]) -> Result<Answer<O::Response>, Error> {
        let (outcome, request_id) = match self.client.send(&self.call).await {
            Ok(reply) if reply.misfits.is_empty() => (Outcome::Done(reply.body), reply.request_id),
            Ok(reply) => (Outcome::Unclear { row: reply.body, misfits: reply.misfits }, reply.request_id),
            Err(error) if error.is_request_invalid() => return Err(error),
            Err(error) => {
                let request_id = error.request_id().map(str::to_owned);
                (Outcome::Failed(Arc::new(error)), request_id)
            }
        };
        Ok(Answer { outcomes: vec![outcome], request_ids: request_id.into_iter().collect() })
    }
}
