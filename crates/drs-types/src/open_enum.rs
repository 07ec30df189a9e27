//! Open enums: the service may add a value at any time.

use std::fmt;

/// A value that the documentation does not list, kept unchanged.
///
/// Only this crate can create one, so it never holds a listed value.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Unlisted(String);

impl Unlisted {
    pub(crate) fn new(value: &str) -> Self {
        Self(value.to_owned())
    }

    /// The value on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The error of a string that is not a listed value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NotListed {
    pub(crate) kind: &'static str,
    pub(crate) found: String,
    pub(crate) listed: Vec<&'static str>,
}

impl fmt::Display for NotListed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is not a listed {}; expected {}", self.found, self.kind, self.listed.join(", "))
    }
}

impl std::error::Error for NotListed {}

impl fmt::Display for Unlisted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Defines an open enum: the listed values, and one variant that keeps every other string verbatim.
///
/// `Borrow<str>` is left out: values are ordered as the documentation lists them, not as strings.
macro_rules! open_enum {
    ($(#[$attribute:meta])* pub enum $name:ident { $($variant:ident = $value:literal => $text:literal,)* }) => {
        $(#[$attribute])*
        #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = concat!("`", $value, "`: ", $text)] $variant,)*
            /// A value that the documentation does not list.
            Unlisted(crate::Unlisted),
        }

        impl $name {
            /// The listed values, in the order of the documentation.
            pub const LISTED: &'static [Self] = &[$(Self::$variant,)*];

            /// The value on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)*
                    Self::Unlisted(unlisted) => unlisted.as_str(),
                }
            }

            /// The value on the wire.
            #[must_use]
            pub fn into_string(self) -> String {
                self.as_str().to_owned()
            }

            /// Parses a listed value.
            ///
            /// # Errors
            /// The documentation does not list the value.
            pub fn parse_listed(value: &str) -> Result<Self, crate::NotListed> {
                match Self::from(value) {
                    Self::Unlisted(_) => Err(crate::NotListed {
                        kind: stringify!($name),
                        found: value.to_owned(),
                        listed: Self::LISTED.iter().map(Self::as_str).collect(),
                    }),
                    listed => Ok(listed),
                }
            }

            /// Whether the documentation lists the value.
            #[must_use]
            pub fn is_listed(&self) -> bool {
                !matches!(self, Self::Unlisted(_))
            }

            /// The listed value that equals this one without regard to case and surrounding white space.
            ///
            /// Decisions take this value, not the value itself: a service that writes `failed ` means `FAILED`.
            #[must_use]
            pub fn listed(&self) -> Option<&'static Self> {
                let value = self.as_str().trim();
                Self::LISTED.iter().find(|known| known.as_str().eq_ignore_ascii_case(value))
            }

            /// The meaning of the value; `None` for one that the documentation does not list.
            #[must_use]
            pub fn meaning(&self) -> Option<&'static str> {
                match self {
                    $(Self::$variant => Some($text),)*
                    Self::Unlisted(_) => None,
                }
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $($value => Self::$variant,)*
                    other => Self::Unlisted(crate::Unlisted::new(other)),
                }
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self {
                Self::from(value.as_str())
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.as_str() == *other
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(value))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                std::borrow::Cow::<'de, str>::deserialize(deserializer).map(|value| Self::from(&*value))
            }
        }

        impl crate::check::Check for $name {
            /// An unlisted value may be sent: a user can know one that is newer than this crate.
            fn check(&self, _: &crate::check::Pointer<'_>, _: &mut Vec<crate::Violation>) {}
        }

        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "examples": [$($value),*] })
            }
        }
    };
}
