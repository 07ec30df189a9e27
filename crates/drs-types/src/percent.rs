//! Percentages. The service writes them as strings.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A percentage as the service wrote it, such as `100%`.
///
/// The string is kept unchanged; it has a number only when it is a percentage.
///
/// ```
/// use drs_types::Percent;
/// assert_eq!(Percent::from("62.5%").value(), Some(62.5));
/// assert_eq!(Percent::from("done").value(), None);
/// assert_eq!(Percent::from("120%").value(), None);
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Percent(String);

impl Percent {
    /// The string on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number, from 0 to 100; `None` when the string is not a percentage in that range.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        let number = self.number();
        let plain = number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        let value: f64 = number.parse().ok().filter(|_| plain)?;
        (0.0..=100.0).contains(&value).then_some(value)
    }

    /// Whether it is exactly a hundred percent. A number that only rounds to a hundred is not.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let (whole, fraction) = self.number().split_once('.').unwrap_or((self.number(), ""));
        self.value().is_some() && whole.trim_start_matches('0') == "100" && fraction.bytes().all(|digit| digit == b'0')
    }

    /// The string without its percent sign and the white space around both.
    fn number(&self) -> &str {
        let text = self.0.trim();
        text.strip_suffix('%').map_or(text, str::trim_end)
    }
}

impl From<&str> for Percent {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_number_from_0_to_100_is_a_percentage() {
        for (text, value) in [
            ("100%", Some(100.0)),
            (" 0% ", Some(0.0)),
            ("100 %", Some(100.0)),
            ("1 00%", None),
            ("100 % %", None),
            ("99.99%", Some(99.99)),
            ("100", Some(100.0)),
            ("100.0%", Some(100.0)),
            ("100.1%", None),
            ("-1%", None),
            ("1e1%", None),
            ("NaN%", None),
            ("inf%", None),
            ("50%%", None),
            ("%", None),
            ("", None),
            ("half", None),
        ] {
            assert_eq!(Percent::from(text).value(), value, "{text:?}");
        }
    }

    #[test]
    fn only_a_whole_hundred_is_complete() {
        for text in ["100%", "100 %", " 100% ", "100", "100.00%", "0100%"] {
            assert!(Percent::from(text).is_complete(), "{text:?}");
        }
        for text in ["99.99999999999999999999%", "100.00000000000000000001%", "10%", "1000%", "100%%", "", "done"] {
            assert!(!Percent::from(text).is_complete(), "{text:?}");
        }
    }
}
