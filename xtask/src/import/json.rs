//! JSON whose keys stay in the order in which they were said: the order of fields is a fact of the page.

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
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Leaf(Value::String(text.into()))
    }

    pub(super) fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::Array(texts.into_iter().map(Self::text).collect())
    }

    /// An object, from its keys in order.
    pub(super) fn object<K: Into<String>>(members: impl IntoIterator<Item = (K, Self)>) -> Self {
        Self::Object(members.into_iter().map(|(key, value)| (key.into(), value)).collect())
    }

    /// The text, in the style of the files in `schemas/`: what is short and flat stands in one line.
    pub(super) fn write(&self) -> String {
        let mut out = String::new();
        self.lines(0, 0, &mut out);
        out.push('\n');
        out
    }

    /// Writes the value behind `taken` signs of a line that is indented by `depth`.
    fn lines(&self, depth: usize, taken: usize, out: &mut String) {
        let inline = self.inline();
        if self.height() <= 2 && 2 * depth + taken + inline.len() <= WIDTH {
            return out.push_str(&inline);
        }
        let (open, close, members): (char, char, Vec<(String, &Self)>) = match self {
            Self::Object(members) => {
                ('{', '}', members.iter().map(|(key, value)| (format!("{}: ", quoted(key)), value)).collect())
            }
            Self::Array(elements) => ('[', ']', elements.iter().map(|element| (String::new(), element)).collect()),
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

    /// How deep values stand in each other.
    fn height(&self) -> usize {
        match self {
            Self::Object(members) => 1 + members.iter().map(|(_, value)| value.height()).max().unwrap_or(0),
            Self::Array(elements) => 1 + elements.iter().map(Self::height).max().unwrap_or(0),
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
            Self::Array(elements) => format!("[{}]", join(elements.iter().map(Self::inline).collect())),
            Self::Leaf(value) => value.to_string(),
        }
    }
}

fn quoted(key: &str) -> String {
    Value::String(key.to_owned()).to_string()
}
