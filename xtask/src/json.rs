//! The one writer of JSON: the keys of an object keep their order.

use serde_json::Value;

/// A value with ordered keys.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Object(Vec<(String, Node)>),
    Array(Vec<Node>),
    Leaf(Value),
}

/// The longest line of a file in `schemas/`.
pub(crate) const WIDTH: usize = 110;

impl Node {
    pub(crate) fn string(text: impl Into<String>) -> Self {
        Self::Leaf(Value::String(text.into()))
    }

    pub(crate) fn strings<T: Into<String>>(strings: impl IntoIterator<Item = T>) -> Self {
        Self::Array(strings.into_iter().map(Self::string).collect())
    }

    /// An object, from its keys in order.
    pub(crate) fn object<K: Into<String>>(members: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Object(members.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    /// Renders the value, indented by two spaces, with a line feed at the end. A short and flat value is one line if the line
    /// fits into `width`; with a width of 0, each member has a line of its own.
    pub(crate) fn write(&self, width: usize) -> String {
        let mut out = String::new();
        self.lines(width, 0, 0, &mut out);
        out.push('\n');
        out
    }

    /// Writes the value after `taken` characters of a line that is indented by `depth`.
    fn lines(&self, width: usize, depth: usize, taken: usize, out: &mut String) {
        if width > 0 && self.height() <= 2 {
            let inline = self.inline();
            if 2 * depth + taken + inline.len() <= width {
                return out.push_str(&inline);
            }
        }
        let (open, close, members): (char, char, Vec<(String, &Self)>) = match self {
            Self::Object(members) if !members.is_empty() => {
                ('{', '}', members.iter().map(|(key, value)| (format!("{}: ", quoted(key)), value)).collect())
            }
            Self::Array(items) if !items.is_empty() => {
                ('[', ']', items.iter().map(|item| (String::new(), item)).collect())
            }
            flat => return out.push_str(&flat.inline()),
        };
        out.push(open);
        for (index, (key, value)) in members.into_iter().enumerate() {
            out.push_str(if index == 0 { "\n" } else { ",\n" });
            out.extend(std::iter::repeat_n("  ", depth + 1));
            out.push_str(&key);
            value.lines(width, depth + 1, key.len(), out);
        }
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", depth));
        out.push(close);
    }

    /// How deeply values are nested.
    fn height(&self) -> usize {
        match self {
            Self::Object(members) => 1 + members.iter().map(|(_, value)| value.height()).max().unwrap_or(0),
            Self::Array(items) => 1 + items.iter().map(Self::height).max().unwrap_or(0),
            Self::Leaf(_) => 0,
        }
    }

    fn inline(&self) -> String {
        let join = |parts: Vec<String>| parts.join(", ");
        match self {
            Self::Object(members) if members.is_empty() => "{}".to_owned(),
            Self::Object(members) => {
                let parts = members.iter().map(|(key, value)| format!("{}: {}", quoted(key), value.inline()));
                format!("{{ {} }}", join(parts.collect()))
            }
            Self::Array(items) => format!("[{}]", join(items.iter().map(Self::inline).collect())),
            Self::Leaf(value) => value.to_string(),
        }
    }
}

fn quoted(key: &str) -> String {
    Value::String(key.to_owned()).to_string()
}
