//! Regular expressions as tables, made by the generator, so that no crate needs an engine to check a text.

/// A regular expression as a table: for each state and class of bytes, the next state.
#[derive(Debug)]
pub struct Pattern {
    /// The expression, as the schema has it.
    pub source: &'static str,
    /// The class of each byte.
    pub classes: &'static [u8; 256],
    /// How many classes there are.
    pub width: usize,
    /// The next state, by state and class; 0 is the state that nothing leaves and nothing accepts.
    pub next: &'static [u8],
    /// Whether a text may end in a state.
    pub accepting: &'static [bool],
}

impl Pattern {
    /// Whether a text matches.
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
