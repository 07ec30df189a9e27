//! The evidence of a check item: its `data` string, decoded.

use drs_types::ItemData;
use serde::{Serialize, Serializer};
use serde_json::Value;

mod disk_space;
mod namespaces;

pub use disk_space::{DiskSpace, Factor, bytes};
pub use namespaces::{Namespace, Namespaces};

/// A decoded view of the `data` string of a check item. It never replaces the string, which it keeps.
///
/// ```
/// use drs_gate::Evidence;
///
/// let evidence = Evidence::of("{'size': '5263360', 'dstVolumeSize':'19089431762', 'diskSizeTimes':'1.5'}");
/// let disk = evidence.disk_space.as_ref().unwrap();
/// assert_eq!((disk.required(), disk.margin()), (7_895_040, 19_081_536_722));
/// assert_eq!(evidence.lines()[0], ("size".to_owned(), "5,263,360 B (5.0 MiB)".to_owned()));
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Evidence {
    /// The string, verbatim.
    pub raw: String,
    /// The form of the string.
    pub form: Form,
    /// The members of the string, in its order. The name is empty for a value that is not a member of an object.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Member>,
    /// The figures of a check of disk space.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disk_space: Option<DiskSpace>,
}

/// The form of a `data` string.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Form {
    /// An empty string, or only white space.
    Empty,
    /// JSON.
    Json,
    /// A dictionary in the style of Python.
    Dict,
    /// Any other string.
    Text,
}

/// A member of a `data` string.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Member {
    /// The name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The value.
    pub value: Value,
    /// The collections in the value, when the name says that it lists them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespaces: Option<Namespaces>,
}

impl Evidence {
    /// Decodes a `data` string. Every string has a view.
    #[must_use]
    pub fn of(data: &str) -> Self {
        let (form, entries) = match ItemData::parse(data) {
            ItemData::Json(entries) => (Form::Json, entries),
            ItemData::Dict(entries) => (Form::Dict, entries),
            ItemData::Empty => (Form::Empty, Vec::new()),
            _ => (Form::Text, Vec::new()),
        };
        let disk_space = DiskSpace::of(&entries);
        let members = entries.into_iter().map(|(name, value)| {
            let namespaces = value.as_str().filter(|_| namespaces::is_list(&name)).map(Namespaces::of);
            Member { name, value, namespaces }
        });
        Self { raw: data.to_owned(), form, members: members.collect(), disk_space }
    }

    /// Whether the string holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.form == Form::Empty
    }

    /// Returns labels and values for people. The label is empty where there is none.
    #[must_use]
    pub fn lines(&self) -> Vec<(String, String)> {
        if self.form == Form::Text {
            return vec![(String::new(), self.raw.clone())];
        }
        if let Some(disk) = &self.disk_space {
            let others = self.members.iter().filter(|member| !DiskSpace::has(&member.name));
            return disk.lines().into_iter().chain(others.map(Member::line)).collect();
        }
        self.members.iter().map(Member::line).collect()
    }
}

impl Member {
    fn line(&self) -> (String, String) {
        let value = match (&self.namespaces, &self.value) {
            (Some(namespaces), _) => namespaces.to_string(),
            (None, Value::String(text)) => text.clone(),
            (None, other) => other.to_string(),
        };
        (self.name.clone(), value)
    }
}

/// Writes a value with its `Display`.
fn as_string<S: Serializer>(value: &impl ToString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&value.to_string())
}
