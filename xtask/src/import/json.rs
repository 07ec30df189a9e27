//! JSON whose keys keep their order: the order of fields is a fact of the page.

use serde_json::Value;

/// A value with ordered keys.
#[derive(Clone, Debug)]
pub(super) enum Node {
    Object(Vec<(String, Node)>),
    Array(Vec<Node>),
    Leaf(Value),
}

/// A line of the schemas is at most this long.
const WIDTH: usize = 110;

impl Node {
    pub(super) fn string(text: impl Into<String>) -> Self {
        Self::Leaf(Value::String(text.into()))
    }

    pub(super) fn strings<T: Into<String>>(strings: impl IntoIterator<Item = T>) -> Self {
        Self::Array(strings.into_iter().map(Self::string).collect())
    }

    /// An object, from its keys in order.
    pub(super) fn object<K: Into<String>>(members: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Object(members.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    /// The text in the style of the files in `schemas/`: a short and flat value is one line.
    pub(super) fn write(&self) -> String {
        let mut out = String::new();
        self.lines(0, 0, &mut out);
        out.push('\n');
        out
    }

    /// Writes the value after `taken` characters of a line that is indented by `depth`.
    fn lines(&self, depth: usize, taken: usize, out: &mut String) {
        let inline = self.inline();
        if self.height() <= 2 && 2 * depth + taken + inline.len() <= WIDTH {
            return out.push_str(&inline);
        }
        let (open, close, members): (char, char, Vec<(String, &Self)>) = match self {
            Self::Object(members) => {
                ('{', '}', members.iter().map(|(key, value)| (format!("{}: ", quoted(key)), value)).collect())
            }
            Self::Array(items) => ('[', ']', items.iter().map(|item| (String::new(), item)).collect()),
            Self::Leaf(_) => return out.push_str(&inline),
        };
        out.push(open);
        for (index, (key, value)) in members.into_iter().enumerate() {
            out.push_str(if index == 0 { "\n" } else { ",\n" });
            out.extend(std::iter::repeat_n("  ", depth + 1));
            out.push_str(&key);
            value.lines(depth + 1, key.len(), out);
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
