//! Ids: texts that we check when a user gives them and never when a server does.

use std::fmt;

/// A text that cannot be the id it was given for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InvalidId {
    pub(crate) kind: &'static str,
    pub(crate) found: String,
    pub(crate) min: usize,
    pub(crate) max: usize,
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, found, min, max } = self;
        if found.is_empty() {
            return write!(f, "a {kind} cannot be empty");
        }
        write!(f, "a {kind} has at least {min} character(s)")?;
        if *max < usize::MAX {
            write!(f, " and at most {max}")?;
        }
        write!(f, ", found {found:?}")
    }
}

impl std::error::Error for InvalidId {}

/// Defines an id. `FromStr` holds our own input to the documented length; decoding accepts any text.
macro_rules! text_id {
    ($(#[$attribute:meta])* pub struct $name:ident($min:literal..=$max:expr);) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::InvalidId;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                let (min, max): (usize, usize) = ($min, $max);
                if (min..=max).contains(&value.chars().count()) {
                    Ok(Self(value.to_owned()))
                } else {
                    Err(crate::InvalidId { kind: stringify!($name), found: value.to_owned(), min, max })
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl crate::check::Check for $name {
            fn check(&self, at: &crate::check::Place<'_>, found: &mut Vec<crate::Violation>) {
                let (min, max): (u64, usize) = ($min, $max);
                crate::check::length(&self.0, min..=max as u64, at, found);
            }
        }
    };
}
