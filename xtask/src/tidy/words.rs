//! Phrases that the glossary in CONTRIBUTING.md replaces, each with the words to use instead.

use std::sync::LazyLock;

use regex::{Regex, RegexBuilder};

/// Regular expressions, without regard to case, and their replacements.
const PHRASES: [(&str, &str); 24] = [
    (r"\bhalf a character\b", "unpaired surrogate"),
    (r"\b(name|key) twice\b", "duplicate key"),
    (r"\bwhole numbers?\b", "integer"),
    (r"\bempty texts?\b", "empty string"),
    (r"\b(list|array)s? of texts\b", "array of strings"),
    (r"\b(is|are) (never )?mandatory\b", "required"),
    (r"\bjudg(e|es|ing)\b", "validate"),
    (r"\b(an|the|each|every) answers?\b", "response"),
    (r"\banswer(s|ed)? with\b", "respond with"),
    (r"\b(it|this|that|which) (is|are) no json\b", "is not JSON"),
    (r"\bnothing stands\b", "there is nothing"),
    (r"\bstands (at|in|behind|beside|there|here|twice)\b", "is in, is at"),
    (r"\blies (in|behind|below)\b", "is in, is below"),
    (r"\bwhoever\b", "the person or program"),
    (r"^\W*what of\b", "start with the subject"),
    (r"^\W*so (deep|it is)\b", "start with the subject"),
    (r"\b(goes|does|do|go) without\b", "does not have, omits"),
    (r"\bin spite of\b", "despite"),
    (r"\bpass(es|ed)? over\b", "skip, ignore"),
    (r"\bmend(s|ed|ing)?\b", "correct, fix"),
    (r"\bother hands\b", "third-party"),
    (r"\bthing by thing\b", "for each item"),
    (r"\bfall together\b", "collide"),
    (r"\b(one|each) a line\b", "one per line"),
];

static COMPILED: LazyLock<Vec<(Regex, &str)>> = LazyLock::new(|| {
    let compile = |(pattern, instead)| {
        let regex = RegexBuilder::new(pattern).case_insensitive(true).build();
        (regex.expect("a phrase is a regular expression"), instead)
    };
    PHRASES.map(compile).into()
});

/// Returns a message for each phrase in a line.
pub(super) fn check(line: &str) -> impl Iterator<Item = String> {
    COMPILED.iter().filter_map(move |(regex, instead)| {
        let found = regex.find(line)?.as_str();
        Some(format!("`{}`; say: {instead}", found.trim_start_matches(|c: char| !c.is_alphanumeric())))
    })
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn each_phrase_is_refused_with_the_words_to_use_instead() {
        let lines = [
            "half a character in a string",
            "the name twice in one object",
            "a whole number from 1 to 9",
            "an empty text for the id",
            "a list of texts",
            "the field is mandatory",
            "judges each payload",
            "an answer with two answers",
            "the service answers with 202",
            "a body that is no JSON",
            "Nothing stands at this pointer.",
            "the id stands in the body",
            "the file lies below schemas",
            "a promise to whoever edits it",
            "/// What of a body may be shown.",
            "// So deep no documented body is.",
            "the example goes without it",
            "In spite of its name, it pauses a task.",
            "folders that are passed over",
            "Mend the schema.",
            "two clients of other hands",
            "a response thing by thing",
            "two names that fall together",
            "findings, one a line",
        ];
        let found: Vec<String> = lines.into_iter().flat_map(check).collect();
        insta::assert_snapshot!(found.join("\n"));
    }

    #[test]
    fn the_words_of_the_glossary_are_accepted() {
        let lines =
            ["no longer", "it is no longer JSON", "`answers` has the responses", "the text of a page", "recommend"];
        assert_eq!(lines.into_iter().flat_map(check).collect::<Vec<_>>(), [""; 0]);
    }
}
