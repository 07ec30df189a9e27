//! The ids of a batch, which are compared with each other, and then with those of the other side.

use super::Scanner;
use crate::fast_path::text::are_distinct;

impl<'a> Scanner<'a> {
    /// Whether the ids noted since then are all different; they are kept.
    #[inline]
    pub(crate) fn distinct_ids(&mut self, since: usize) -> Option<()> {
        let distinct = are_distinct(self.noted.get_mut(since..)?);
        self.ids(since)?;
        distinct.then_some(())
    }

    /// Keeps the strings noted since then as the ids of a batch.
    #[inline]
    pub(crate) fn ids(&mut self, since: usize) -> Option<()> {
        self.ids = Some(self.noted.get(since..)?.to_vec());
        self.noted.truncate(since);
        Some(())
    }

    /// The ids of a batch, if a list of them was read.
    pub(crate) fn take_ids(&mut self) -> Option<Vec<&'a [u8]>> {
        self.ids.take()
    }
}
