//! Regular expressions as generated tables, so that no crate needs a regex engine to check a string.

/// A regular expression as a table: for each state and class of bytes, the next state.
#[derive(Debug)]
pub struct Pattern {
    /// The expression, as in the schema.
    pub source: &'static str,
    /// The class of each byte.
    pub classes: &'static [u8; 256],
    /// The number of classes.
    pub width: usize,
    /// The next state, by state and class; 0 is the dead state.
    pub next: &'static [u8],
    /// Whether a state accepts.
    pub accepting: &'static [bool],
}

impl Pattern {
    /// Whether a string matches.
    #[inline]
    #[must_use]
    pub fn matches(&self, text: &[u8]) -> bool {
        let mut state = 1_usize;
        for byte in text {
            let class = usize::from(self.classes[usize::from(*byte)]);
            state = self.next.get(state * self.width + class).map_or(0, |next| usize::from(*next));
            if state == 0 {
                return false;
            }
        }
        self.accepting.get(state).is_some_and(|accepts| *accepts)
    }
}
