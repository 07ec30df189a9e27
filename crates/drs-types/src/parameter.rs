//! Parameters of path, query and header, and the one function that checks their values.

use std::fmt;

use crate::OperationInfo;
use crate::check::{self, Limit, Pointer, Violation};
use crate::operation::Parts;
use crate::pattern::Pattern;

/// A path, query or header parameter.
#[derive(Debug)]
#[non_exhaustive]
pub struct ParameterInfo {
    /// The name on the wire.
    pub name: &'static str,
    /// The part of the request that holds it.
    pub location: Location,
    /// Whether it is required.
    pub required: bool,
    /// The listed values; empty when every value is allowed.
    pub values: &'static [&'static str],
    /// The type of its value, with the limits.
    pub kind: ParameterKind,
    /// A documented example.
    pub example: Option<&'static str>,
}

/// The part of a request that holds a parameter.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Location {
    /// The path.
    Path,
    /// The query string.
    Query,
    /// A header.
    Header,
}

/// The type of a parameter.
#[derive(Debug)]
pub enum ParameterKind {
    /// A string.
    String {
        /// The smallest number of characters.
        min_length: Option<u64>,
        /// The largest number of characters.
        max_length: Option<u64>,
        /// The pattern that it must match.
        pattern: Option<&'static Pattern>,
    },
    /// An integer.
    Integer {
        /// The smallest value.
        minimum: Option<i64>,
        /// The largest value.
        maximum: Option<i64>,
    },
    /// `true` or `false`.
    Boolean,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Path => "path parameter",
            Self::Query => "query parameter",
            Self::Header => "header",
        })
    }
}

impl ParameterInfo {
    /// Returns every documented limit that a value breaks. A value that is not listed breaks [`Limit::Values`].
    #[must_use]
    pub fn check(&self, value: &str) -> Vec<Violation> {
        let mut found = Vec::new();
        let at = &Pointer::Root;
        if !self.values.is_empty() && !self.values.contains(&value) {
            check::listed(value, self.values, at, &mut found);
        }
        match &self.kind {
            ParameterKind::String { min_length, max_length, pattern } => {
                check::length(value, (bound(*min_length), bound(*max_length)), at, &mut found);
                if let Some(pattern) = pattern {
                    check::form(value, pattern, at, &mut found);
                }
            }
            ParameterKind::Integer { minimum, maximum } => match integer(value) {
                Some(number) => check::range(number, (bound(*minimum), bound(*maximum)), at, &mut found),
                None => check::type_of(value, "an integer", at, &mut found),
            },
            ParameterKind::Boolean if matches!(value, "true" | "false") => {}
            ParameterKind::Boolean => check::type_of(value, "true or false", at, &mut found),
        }
        found.into_iter().map(|violation| Violation { parameter: Some(self.label()), ..violation }).collect()
    }

    /// The violation of a required parameter without a value.
    #[must_use]
    pub fn missing(&self) -> Violation {
        violation(self.label(), Limit::Missing, "required, but not given")
    }

    fn label(&self) -> String {
        format!("{} {}", self.location, self.name)
    }
}

impl OperationInfo {
    /// Returns every documented limit that the parameters of a call break. Each is given with its location, where that
    /// is known, its name and its value. Missing parameters are not reported.
    #[must_use]
    pub fn check_parameters<'a>(
        &self,
        given: impl IntoIterator<Item = (Option<Location>, &'a str, &'a str)>,
    ) -> Vec<Violation> {
        let mut seen: Vec<&ParameterInfo> = Vec::new();
        let mut found = Vec::new();
        for (location, name, value) in given {
            let fits =
                |info: &&ParameterInfo| info.name == name && location.is_none_or(|location| location == info.location);
            let Some(parameter) = self.parameters.iter().find(fits) else {
                let place = location.map_or_else(|| "parameter".to_owned(), |location| location.to_string());
                let message = format!("{} has no such parameter; found {value:?}", self.id);
                found.push(violation(format!("{place} {name:?}"), Limit::Unknown, message));
                continue;
            };
            if seen.iter().any(|known| std::ptr::eq(*known, parameter)) {
                found.push(violation(parameter.label(), Limit::Unique, "expected one value, found several"));
            }
            seen.push(parameter);
            found.extend(parameter.check(value));
        }
        found
    }

    /// Returns every documented limit that the parameters of a call break.
    #[must_use]
    pub fn check_parts(&self, parts: &Parts) -> Vec<Violation> {
        self.check_parameters(parts.parameters.iter().map(|(name, value)| (None, *name, value.as_str())))
    }
}

fn violation(place: String, limit: Limit, message: impl Into<String>) -> Violation {
    Violation { pointer: String::new(), parameter: Some(place), limit, message: message.into() }
}

/// Parses an integer as JSON writes it. One beyond the range of `i64` becomes the end of that range.
fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let plain = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    let plain = plain && (digits == "0" || !digits.starts_with('0'));
    let end = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    plain.then(|| text.parse().unwrap_or(end))
}

/// A limit as the end of a range.
fn bound<T>(limit: Option<T>) -> std::ops::Bound<T> {
    limit.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Included)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: ParameterKind = ParameterKind::String { min_length: Some(1), max_length: Some(3), pattern: None };

    fn info(values: &'static [&'static str], kind: ParameterKind) -> ParameterInfo {
        ParameterInfo { name: "x", location: Location::Query, required: false, values, kind, example: None }
    }

    fn broken(parameter: &ParameterInfo, value: &str) -> Vec<(Limit, String)> {
        parameter.check(value).iter().map(|violation| (violation.limit, violation.to_string())).collect()
    }

    #[test]
    fn an_integer_is_checked_for_type_and_range() {
        let limit = info(&[], ParameterKind::Integer { minimum: Some(1), maximum: Some(100) });
        for good in ["1", "100", "42"] {
            assert_eq!(limit.check(good), [], "{good}");
        }
        for text in ["abc", "", " 1", "1 ", "+1", "01", "1.0", "1e1", "0x1", "--1", "-", "١"] {
            let message = format!("query parameter x: expected an integer, found {text:?}");
            assert_eq!(broken(&limit, text), [(Limit::Type, message)], "{text}");
        }
        for text in ["0", "101", "-5", "99999999999999999999", "-99999999999999999999"] {
            assert_eq!(broken(&limit, text)[0].0, Limit::Range, "{text}");
        }
        assert_eq!(broken(&limit, "500")[0].1, "query parameter x: expected 1 to 100, found 500");
        assert_eq!(info(&[], ParameterKind::Integer { minimum: None, maximum: None }).check("-7"), []);
    }

    #[test]
    fn a_string_is_checked_for_length_and_listed_values() {
        let text = info(&[], TEXT);
        assert_eq!(text.check("äöü"), []);
        assert_eq!(
            broken(&text, "")[0],
            (Limit::Length, "query parameter x: expected 1 to 3 characters, found 0".into())
        );
        assert_eq!(broken(&text, "abcd")[0].0, Limit::Length);
        let listed = info(
            &["up", "down", "non-dbs"],
            ParameterKind::String { min_length: None, max_length: None, pattern: None },
        );
        assert_eq!(listed.check("down"), []);
        let message = r#"query parameter x: expected "up", "down" or "non-dbs", found "Down""#;
        assert_eq!(broken(&listed, "Down"), [(Limit::Values, message.to_owned())]);
    }

    #[test]
    fn a_string_is_checked_for_its_pattern() {
        static DIGIT: Pattern = Pattern {
            source: "^[0-9]$",
            classes: &{
                let mut classes = [0; 256];
                let mut digit = b'0';
                while digit <= b'9' {
                    classes[digit as usize] = 1;
                    digit += 1;
                }
                classes
            },
            width: 2,
            next: &[0, 0, 0, 2, 0, 0],
            accepting: &[false, false, true],
        };
        let text = info(&[], ParameterKind::String { min_length: None, max_length: None, pattern: Some(&DIGIT) });
        assert_eq!(text.check("7"), []);
        assert_eq!(broken(&text, "77")[0].0, Limit::Pattern);
    }

    #[test]
    fn a_boolean_is_true_or_false() {
        let flag = info(&[], ParameterKind::Boolean);
        assert_eq!(flag.check("true"), []);
        for text in ["True", "1", "yes", ""] {
            assert_eq!(broken(&flag, text)[0].0, Limit::Type, "{text}");
        }
    }

    #[test]
    fn an_unknown_or_duplicate_parameter_is_reported() {
        let info = OperationInfo::find("show_job_list").unwrap();
        let said = |given: &[(Option<Location>, &str, &str)]| {
            info.check_parameters(given.iter().copied()).iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert!(said(&[(Some(Location::Header), "X-Language", "en-us"), (None, "project_id", "p")]).is_empty());
        assert_eq!(
            said(&[(Some(Location::Query), "limit", "abc")]),
            [r#"query parameter "limit": show_job_list has no such parameter; found "abc""#]
        );
        assert_eq!(said(&[(None, "job_type", "weird")]).len(), 1);
        // A header of this name is not a query parameter.
        assert_eq!(said(&[(Some(Location::Query), "X-Language", "en-us")]).len(), 1);
        let twice = said(&[(None, "X-Language", "en-us"), (None, "X-Language", "zh-cn")]);
        assert_eq!(twice, ["header X-Language: expected one value, found several"]);
        assert_eq!(
            said(&[(None, "project_id", "")]),
            ["path parameter project_id: expected at least 1 character, found 0"]
        );
    }
}
