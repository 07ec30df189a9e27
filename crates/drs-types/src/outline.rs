//! The field names and JSON types of a body, as tables generated from `schemas/`.

/// A schema without its rules: which members an object has, and which JSON types a value may have.
///
/// ```
/// use drs_types::outline::Type;
/// use drs_types::OperationInfo;
///
/// let info = OperationInfo::find("batch_check_results").unwrap();
/// let outline = info.body(drs_types::Side::Response(200)).unwrap().outline;
/// assert_eq!(outline.types, [Type::Object]);
/// assert_eq!(outline.member("count").unwrap().types, [Type::Integer]);
/// assert!(outline.member("unheard_of").is_none());
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Outline {
    /// The types that a value may have. In a response, a member may also be null.
    pub types: &'static [Type],
    /// The documented members of an object, in the order of the page.
    pub members: &'static [(&'static str, &'static Outline)],
    /// The items of an array.
    pub items: Option<&'static Outline>,
    /// The members of a map.
    pub others: Option<&'static Outline>,
}

/// A JSON type, as JSON Schema names them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Type {
    /// `null`.
    Null,
    /// `true` or `false`.
    Boolean,
    /// A number without a fractional part.
    Integer,
    /// Any number.
    Number,
    /// A string.
    String,
    /// An array.
    Array,
    /// An object.
    Object,
}

impl Type {
    /// Its name in JSON Schema.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

/// A type that has a table of the names and JSON types in it.
pub trait Outlined {
    /// The table.
    const OUTLINE: &'static Outline;
}

/// A response without a body.
impl Outlined for () {
    const OUTLINE: &'static Outline = &Outline::NOTHING;
}

#[allow(dead_code, reason = "generated code uses it, depending on the schemas")]
impl Outline {
    /// A value with neither a type nor members.
    pub const NOTHING: Self = Self::leaf(&[]);
    pub(crate) const BOOLEAN: Self = Self::leaf(&[Type::Boolean]);
    pub(crate) const INTEGER: Self = Self::leaf(&[Type::Integer]);
    pub(crate) const NUMBER: Self = Self::leaf(&[Type::Number]);
    pub(crate) const STRING: Self = Self::leaf(&[Type::String]);

    const fn leaf(types: &'static [Type]) -> Self {
        Self { types, members: &[], items: None, others: None }
    }
}

impl Outline {
    /// Returns the documented member of this name.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<&'static Self> {
        self.members.iter().find(|(member, _)| *member == name).map(|(_, outline)| *outline)
    }
}
