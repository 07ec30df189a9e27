//! Calendar days.

use std::fmt;
use std::time::SystemTime;

use chrono::{DateTime, NaiveDate, Utc};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A calendar day, such as 2026-12-31.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Date(NaiveDate);

impl Date {
    /// The day of a point in time, in UTC.
    ///
    /// ```
    /// assert_eq!(drs_gate::Date::of(std::time::SystemTime::UNIX_EPOCH).to_string(), "1970-01-01");
    /// ```
    #[must_use]
    pub fn of(time: SystemTime) -> Self {
        Self(DateTime::<Utc>::from(time).date_naive())
    }
}

impl std::str::FromStr for Date {
    type Err = InvalidDate;

    fn from_str(text: &str) -> Result<Self, InvalidDate> {
        let refused = || InvalidDate { found: text.to_owned() };
        let is_plain = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let date = is_plain.then(|| text.parse().ok()).flatten();
        date.map(Self).ok_or_else(refused)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The error of a string that is not a day.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("expected a date such as 2026-12-31, found {found:?}")]
pub struct InvalidDate {
    found: String,
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_string())
    }
}

/// Reads a date of TOML, or a string.
impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Text(String),
            Toml(toml::value::Datetime),
        }
        let text = match Written::deserialize(deserializer) {
            Ok(Written::Text(text)) => text,
            Ok(Written::Toml(date)) => date.to_string(),
            Err(_) => return Err(D::Error::custom("expected a date such as 2026-12-31")),
        };
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(feature = "schemars")]
impl schemars::JsonSchema for Date {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Date".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date" })
    }
}
