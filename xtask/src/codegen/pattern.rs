//! A regular expression as a table of a state machine, which a small loop can run.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use regex_automata::dfa::{Automaton, dense};
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;

/// The greatest number of states of a table; the full reading checks larger patterns.
const MOST_STATES: usize = 255;

/// A table for a whole pattern.
struct Table {
    classes: [u8; 256],
    width: usize,
    next: Vec<u8>,
    accepting: Vec<bool>,
}

/// Whether a table can hold a pattern.
#[must_use]
pub fn has_table(pattern: &str) -> bool {
    built(pattern).is_some()
}

/// Generates `static NAME: Pattern`. A pattern that no table can hold accepts nothing, which makes every string suspect.
#[must_use]
pub fn table(pattern: &str, name: &proc_macro2::Ident) -> TokenStream {
    let table = built(pattern).unwrap_or_else(|| {
        Arc::new(Table { classes: [0; 256], width: 1, next: vec![0, 0], accepting: vec![false, false] })
    });
    let classes = table.classes.iter().map(|class| Literal::u8_unsuffixed(*class));
    let next = table.next.iter().map(|state| Literal::u8_unsuffixed(*state));
    let (width, accepting) = (Literal::usize_unsuffixed(table.width), &table.accepting);
    let docs = format!(" `{pattern}`");
    quote! {
        #[doc = #docs]
        static #name: Pattern = Pattern {
            source: #pattern,
            classes: &[#(#classes),*],
            width: #width,
            next: &[#(#next),*],
            accepting: &[#(#accepting),*],
        };
    }
}

/// Returns the table of a pattern, built once: several generators need it, for many fields.
fn built(pattern: &str) -> Option<Arc<Table>> {
    static TABLES: LazyLock<Mutex<HashMap<String, Option<Arc<Table>>>>> = LazyLock::new(Mutex::default);
    let mut tables = TABLES.lock().unwrap_or_else(PoisonError::into_inner);
    tables.entry(pattern.to_owned()).or_insert_with(|| build(pattern).map(Arc::new)).clone()
}

fn build(pattern: &str) -> Option<Table> {
    // `\d` and similar classes match other characters here than in JSON Schema.
    let letters = pattern.as_bytes().windows(2).any(|pair| pair[0] == b'\\' && pair[1].is_ascii_alphanumeric());
    if letters {
        return None;
    }
    let config = dense::Config::new().minimize(true);
    let dfa = dense::Builder::new().configure(config).build(pattern).ok()?;
    let first = dfa.start_state(&start::Config::new()).ok()?;
    // State 0 is dead, state 1 is the start, and state 2 has matched already.
    let mut numbers: HashMap<StateID, u8> = HashMap::from([(first, 1)]);
    let mut open = vec![first];
    let mut rows: Vec<[u8; 256]> = vec![[0; 256], [0; 256], [2; 256]];
    let mut accepting = vec![false, false, true];
    while let Some(state) = open.pop() {
        let number = usize::from(numbers[&state]);
        accepting[number] = dfa.is_match_state(dfa.next_eoi_state(state));
        for byte in 0..=255_u8 {
            let next = dfa.next_state(state, byte);
            rows[number][usize::from(byte)] = if dfa.is_dead_state(next) {
                0
            } else if dfa.is_match_state(next) {
                2
            } else if let Some(known) = numbers.get(&next) {
                *known
            } else {
                let new = u8::try_from(rows.len()).ok().filter(|new| usize::from(*new) < MOST_STATES)?;
                numbers.insert(next, new);
                rows.push([0; 256]);
                accepting.push(false);
                open.push(next);
                new
            };
        }
    }
    let mut columns: Vec<Vec<u8>> = Vec::new();
    let mut classes = [0; 256];
    for byte in 0..256 {
        let column: Vec<u8> = rows.iter().map(|row| row[byte]).collect();
        let class = columns.iter().position(|known| *known == column).unwrap_or_else(|| {
            columns.push(column);
            columns.len() - 1
        });
        classes[byte] = u8::try_from(class).ok()?;
    }
    let next = (0..rows.len()).flat_map(|row| columns.iter().map(move |column| column[row])).collect();
    Some(Table { classes, width: columns.len(), next, accepting })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepts(table: &Table, text: &str) -> bool {
        let step = |state: usize, byte: u8| {
            usize::from(table.next[state * table.width + usize::from(table.classes[usize::from(byte)])])
        };
        table.accepting[text.bytes().fold(1, step)]
    }

    #[test]
    fn a_table_accepts_what_its_pattern_does() {
        let percent = build(r"^(100(\.0+)?|[1-9]?[0-9](\.[0-9]+)?)%$").unwrap();
        for (text, expected) in [("100%", true), ("7.25%", true), ("101%", false), ("", false), ("9%%", false)] {
            assert_eq!(accepts(&percent, text), expected, "{text}");
        }
        let anywhere = build("a.c").unwrap();
        for (text, expected) in [("abc", true), ("xxaäcxx", true), ("ac", false)] {
            assert_eq!(accepts(&anywhere, text), expected, "{text}");
        }
        assert!(accepts(&build("^$|^x").unwrap(), ""));
    }

    #[test]
    fn what_means_something_else_elsewhere_has_no_table() {
        assert!(build(r"^\d+$").is_none());
        assert!(build("^a{1000}$").is_none());
    }
}
