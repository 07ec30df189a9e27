//! The catalogue of check items: what each checks, why it fails, and how to fix it.
//!
//! It is data: `schemas/checks/` has it, and code generation writes it into this crate. The list is open. A service may
//! report items and reasons that are not in it, so a missing entry says nothing about the item.
//!
//! ```
//! use drs_gate::catalogue;
//!
//! let item = catalogue::find("dbServerUuidConsistency").unwrap();
//! assert_eq!((item.group, item.fix.is_empty()), (Some("db_params"), false));
//! assert!(catalogue::find("itemOfTomorrow").is_none());
//! ```

mod item;
mod short;

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::generated::{GROUPS, REASONS, SHARED_CAUSES};

pub use item::{Confidence, Engine, Group, GroupKind, Item, Reason, SharedCause, Side, Source, Step};
pub use short::{Short, explain_short};

/// The groups, those of the service first.
#[must_use]
pub fn groups() -> &'static [Group] {
    GROUPS
}

/// All items, in the order of the groups.
pub fn items() -> impl Iterator<Item = &'static Item> {
    GROUPS.iter().flat_map(|group| group.items)
}

/// The failed reasons that were seen.
#[must_use]
pub fn reasons() -> &'static [Reason] {
    REASONS
}

/// The causes that every page of the vendor lists, whatever it checks.
#[must_use]
pub fn shared_causes() -> &'static [SharedCause] {
    SHARED_CAUSES
}

/// All names that [`find`] and [`find_reason`] know, without aliases.
pub fn names() -> impl Iterator<Item = &'static str> {
    items().map(|item| item.name).chain(REASONS.iter().map(|reason| reason.code))
}

/// Finds an item by its name or an alias. Case and separators do not count.
#[must_use]
pub fn find(name: &str) -> Option<&'static Item> {
    static ITEMS: LazyLock<HashMap<String, &'static Item>> = LazyLock::new(|| {
        let names = |item: &'static Item| [item.name].into_iter().chain(item.aliases.iter().copied());
        items().flat_map(|item| names(item).map(move |name| (folded(name), item))).collect()
    });
    ITEMS.get(&folded(name)).copied()
}

/// Finds a failed reason by its code. Case and separators do not count.
#[must_use]
pub fn find_reason(code: &str) -> Option<&'static Reason> {
    static BY_CODE: LazyLock<HashMap<String, &'static Reason>> =
        LazyLock::new(|| REASONS.iter().map(|reason| (folded(reason.code), reason)).collect());
    BY_CODE.get(&folded(code)).copied()
}

/// The form in which names are compared. Code generation makes sure that no two names have the same.
fn folded(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}
