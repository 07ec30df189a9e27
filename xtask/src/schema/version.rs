//! The version of the API: a folder of `schemas/`, and a prefix of names.

/// The version whose names have no prefix: the first one in `schemas/`.
const FIRST: &str = "v3";

/// The folder `<version>/<operation>` of an operation.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Folder {
    /// The version, such as `v3`.
    pub version: String,
    /// The vendor's name of the operation.
    pub operation: String,
}

impl Folder {
    /// Returns the folder of a path below `schemas/`.
    #[must_use]
    pub fn of(path: &str) -> Option<Self> {
        let mut parts = path.split('/');
        let version = parts.next().filter(|part| is_version(part))?;
        let operation = parts.next()?;
        Some(Self { version: version.to_owned(), operation: operation.to_owned() })
    }

    /// Returns the id of the operation, unique over all versions.
    #[must_use]
    pub fn id(&self) -> String {
        qualified(&self.version, &self.operation)
    }

    /// Returns the path of a file of the folder, below `schemas/`.
    #[must_use]
    pub fn file(&self, name: &str) -> String {
        format!("{}/{}/{name}", self.version, self.operation)
    }
}

/// Whether a word is `v` followed by a number.
#[must_use]
pub fn is_version(word: &str) -> bool {
    word.strip_prefix('v').is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Makes a name that is unique per version unique over all versions: `ShowThing` of `v9` is `v9.ShowThing`.
#[must_use]
pub fn qualified(version: &str, name: &str) -> String {
    if version == FIRST { name.to_owned() } else { format!("{version}.{name}") }
}

/// Splits a unique name into the version and the vendor's name.
#[must_use]
pub fn split(unique: &str) -> (&str, &str) {
    unique.split_once('.').filter(|(version, _)| is_version(version)).unwrap_or((FIRST, unique))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_outside_of_the_first_version_has_its_version_before_it() {
        for (version, name, unique) in [("v3", "show_thing", "show_thing"), ("v9", "show_thing", "v9.show_thing")] {
            assert_eq!(qualified(version, name), unique);
            assert_eq!(split(unique), (version, name));
        }
    }

    #[test]
    fn only_a_v_with_a_number_is_a_version() {
        let found = ["v9/a/schema.json", "v/a/schema.json", "v9a/a/schema.json", "common/ids.json"].map(Folder::of);
        let v9 = Folder { version: "v9".into(), operation: "a".into() };
        assert_eq!(found, [Some(v9), None, None, None]);
    }
}
