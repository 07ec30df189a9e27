//! The figures of the check of disk space.

use std::fmt;

use drs_types::Entry;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::as_string;

/// The figures of the check whether the target has room for the data. All sizes are in bytes; that they are bytes is
/// inferred from documented payloads, no page says so.
///
/// `dstVolumeSize` is the size of the volume or its free space: no source says which.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(into = "Row")]
#[cfg_attr(feature = "schemars", schemars(with = "Row"))]
#[non_exhaustive]
pub struct DiskSpace {
    /// The size of the source's data, in bytes.
    pub size: u64,
    /// The volume of the target, in bytes.
    pub volume: u64,
    /// How many times the size of the data has to fit.
    pub factor: Factor,
}

/// The most bytes beside the size of the data that the check wants: 200 GB. Whether the service counts by 1000 or 1024
/// is not documented; this is the larger one, so that a margin is never too large.
const HEADROOM: u64 = 200 << 30;

const NAMES: [&str; 3] = ["size", "dstVolumeSize", "diskSizeTimes"];

impl DiskSpace {
    /// Reads the figures; `None` when one is missing, duplicate or not a number.
    pub(super) fn of(members: &[Entry]) -> Option<Self> {
        let [size, volume, factor] = NAMES.map(|name| {
            let mut values = members.iter().filter(|(key, _)| key == name).map(|(_, value)| value);
            values.next().filter(|_| values.next().is_none())
        });
        let bytes = |value: &Value| number(value).and_then(|text| digits(&text)?.parse().ok());
        Some(Self { size: bytes(size?)?, volume: bytes(volume?)?, factor: Factor::parse(&number(factor?)?)? })
    }

    /// Whether a member of this name is one of the figures.
    pub(super) fn has(name: &str) -> bool {
        NAMES.contains(&name)
    }

    /// The bytes that the documented rule wants: the size times the factor, but at most 200 GB more than the size.
    #[must_use]
    pub fn required(&self) -> u128 {
        self.factor.times(self.size).min(self.most())
    }

    /// Whether the limit of 200 GB decides.
    #[must_use]
    pub fn is_limited(&self) -> bool {
        self.factor.times(self.size) > self.most()
    }

    /// The bytes of the volume beyond those that are required; negative when they are too few.
    #[must_use]
    pub fn margin(&self) -> i128 {
        let required = i128::try_from(self.required()).unwrap_or(i128::MAX);
        i128::from(self.volume).saturating_sub(required)
    }

    fn most(&self) -> u128 {
        u128::from(self.size) + u128::from(HEADROOM)
    }

    /// Returns labels and values for people.
    pub(super) fn lines(&self) -> Vec<(String, String)> {
        let required = bytes(signed(self.required()));
        let rule = if self.is_limited() {
            format!("{required}, size + 200 GB taken as GiB")
        } else {
            format!("{required}, {} × size", self.factor)
        };
        let line = |label: &str, value: String| (label.to_owned(), value);
        vec![
            line("size", bytes(self.size.into())),
            line("required", rule),
            line("volume", bytes(self.volume.into())),
            line("margin", bytes(self.margin())),
        ]
    }
}

fn signed(size: u128) -> i128 {
    i128::try_from(size).unwrap_or(i128::MAX)
}

/// The figures in JSON.
#[derive(Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema), schemars(rename = "DiskSpace"))]
struct Row {
    /// The size of the source's data, in bytes.
    size: u64,
    /// The volume of the target, in bytes. No source says whether it is the whole volume or what is free of it.
    volume: u64,
    /// How many times the size of the data has to fit: a decimal number.
    #[serde(serialize_with = "as_string")]
    #[cfg_attr(feature = "schemars", schemars(with = "String"))]
    factor: Factor,
    /// The bytes that the documented rule wants: the size times the factor, but at most 200 GB more than the size.
    required: u128,
    /// The bytes of the volume beyond those that are required; negative when they are too few.
    margin: i128,
}

impl From<DiskSpace> for Row {
    fn from(disk: DiskSpace) -> Self {
        let (required, margin) = (disk.required(), disk.margin());
        Self { size: disk.size, volume: disk.volume, factor: disk.factor, required, margin }
    }
}

/// A decimal number without a sign, such as 1.5. It is exact.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Factor {
    /// The digits, without the point.
    digits: u64,
    /// How many of the digits are decimals.
    decimals: u32,
}

impl Factor {
    /// The most decimals. A product with a size of 64 bits has to fit 128 bits.
    const DECIMALS: usize = 9;

    fn parse(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        if fraction.len() > Self::DECIMALS {
            return None;
        }
        let digits = format!("{}{}", digits(whole)?, digits(fraction)?).parse().ok()?;
        Some(Self { digits, decimals: u32::try_from(fraction.len()).ok()? })
    }

    /// Returns the product with a number of bytes, rounded up.
    fn times(self, bytes: u64) -> u128 {
        (u128::from(self.digits) * u128::from(bytes)).div_ceil(10_u128.pow(self.decimals))
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = 10_u64.pow(self.decimals);
        let fraction = format!("{:0width$}", self.digits % unit, width = self.decimals as usize);
        match fraction.trim_end_matches('0') {
            "" => write!(f, "{}", self.digits / unit),
            fraction => write!(f, "{}.{fraction}", self.digits / unit),
        }
    }
}

impl Serialize for Factor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        as_string(self, serializer)
    }
}

/// The string of a number, which is a number or a string in the same object.
fn number(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.trim().to_owned()),
        _ => None,
    }
}

/// Returns a string of one or more ASCII digits.
fn digits(text: &str) -> Option<&str> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())).then_some(text)
}

const UNITS: [(&str, u32); 6] = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40), ("PiB", 50), ("EiB", 60)];

/// Renders a number of bytes: all digits, and rounded down in a unit that people read.
///
/// ```
/// use drs_gate::bytes;
///
/// assert_eq!(bytes(512), "512 B");
/// assert_eq!(bytes(19_089_431_762), "19,089,431,762 B (17.7 GiB)");
/// assert_eq!(bytes(-1536), "-1,536 B (-1.5 KiB)");
/// ```
#[must_use]
pub fn bytes(number: i128) -> String {
    let digits = number.unsigned_abs().to_string();
    let first = digits.len() % 3;
    let sign = if number < 0 { "-" } else { "" };
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && index % 3 == first {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let unit = UNITS.iter().rev().find(|(_, shift)| number.unsigned_abs() >> shift > 0);
    match unit {
        None => format!("{sign}{grouped} B"),
        Some((unit, shift)) => {
            let tenths = number.unsigned_abs().saturating_mul(10) >> shift;
            format!("{sign}{grouped} B ({sign}{}.{} {unit})", tenths / 10, tenths % 10)
        }
    }
}
