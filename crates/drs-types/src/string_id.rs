//! Ids: strings that are checked when a user gives them, but not when a server does.

use std::fmt;

/// The error of a string that is not an id.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InvalidId {
    pub(crate) kind: &'static str,
    pub(crate) found: String,
    pub(crate) problem: String,
}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, found, problem } = self;
        if found.is_empty() {
            write!(f, "a {kind} cannot be empty")
        } else {
            write!(f, "{found:?} is not a valid {kind}: {problem}")
        }
    }
}

impl std::error::Error for InvalidId {}

/// Defines an id. `FromStr` checks the documented length; decoding accepts every string.
macro_rules! string_id {
    ($(#[$attribute:meta])* pub struct $name:ident($length:expr);) => {
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

            /// The id on the wire.
            #[must_use]
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl TryFrom<String> for $name {
            type Error = crate::InvalidId;

            fn try_from(value: String) -> Result<Self, Self::Error> {
                value.parse()
            }
        }

        impl TryFrom<&str> for $name {
            type Error = crate::InvalidId;

            fn try_from(value: &str) -> Result<Self, Self::Error> {
                value.parse()
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::InvalidId;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                let mut found = Vec::new();
                crate::check::length(value, $length, &crate::check::Pointer::Root, &mut found);
                match found.pop() {
                    None => Ok(Self(value.to_owned())),
                    Some(violation) => Err(crate::InvalidId {
                        kind: stringify!($name),
                        found: value.to_owned(),
                        problem: violation.message,
                    }),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl crate::check::Check for $name {
            fn check(&self, at: &crate::check::Pointer<'_>, found: &mut Vec<crate::Violation>) {
                crate::check::length(&self.0, $length, at, found);
            }
        }
    };
}
