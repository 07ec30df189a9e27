//! What a value must be besides its JSON type, as far as that helps to tell bodies apart.

use drs_types::__private::Pattern;

/// The required fields, listed values and patterns of a value and of all that it holds.
#[derive(Debug)]
pub(crate) struct Demands {
    /// The required members of an object.
    pub(crate) required: &'static [&'static str],
    /// The members of an object that have demands.
    pub(crate) members: &'static [(&'static str, &'static Demands)],
    /// The items of an array.
    pub(crate) items: Option<&'static Demands>,
    /// The members of a map.
    pub(crate) others: Option<&'static Demands>,
    /// The listed values of a string; empty when any will do.
    pub(crate) listed: &'static [&'static str],
    /// The patterns that a string must match.
    pub(crate) patterns: &'static [&'static Pattern],
}

impl Demands {
    /// Anything will do.
    pub(crate) const NONE: Self =
        Self { required: &[], members: &[], items: None, others: None, listed: &[], patterns: &[] };

    /// The demands on a member of an object.
    pub(crate) fn member(&self, name: &str) -> &'static Self {
        self.members.iter().find(|(member, _)| *member == name).map_or(&Self::NONE, |(_, demands)| demands)
    }

    /// How many of the demands on a string are not met.
    pub(crate) fn unmet(&self, text: &str) -> usize {
        let unlisted = !self.listed.is_empty() && !self.listed.contains(&text);
        usize::from(unlisted) + self.patterns.iter().filter(|pattern| !pattern.matches(text.as_bytes())).count()
    }
}
