//! `cargo xtask checks`: how much of the pre-check the catalogue explains, and how sure it is.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use crate::count;
use crate::schema::catalogue::{Catalogue, Confidence, GroupKind};
use crate::schema::{Sources, check, listed};

/// The levels of confidence, with the word for each.
const LEVELS: [(Confidence, &str); 3] =
    [(Confidence::High, "high"), (Confidence::Medium, "medium"), (Confidence::Low, "low")];

/// Renders the figures of coverage.
///
/// # Errors
/// The catalogue has a mistake, or does not explain an item or a reason of a documented payload.
pub fn report(schemas: &Path) -> Result<String, String> {
    let sources = Sources::load(schemas).map_err(|problems| listed(&problems))?;
    let (catalogue, mut problems) = Catalogue::read(&sources);
    let Some(catalogue) = catalogue else {
        let missing = format!("{}/checks has no catalogue", schemas.display());
        return Err(if problems.is_empty() { missing } else { listed(&problems) });
    };
    problems.extend(check::check_catalogue(&sources, &catalogue));
    if problems.is_empty() { Ok(figures(&catalogue)) } else { Err(listed(&problems)) }
}

fn figures(catalogue: &Catalogue) -> String {
    let documented: BTreeSet<&str> = catalogue.seen.iter().map(|seen| seen.item.as_str()).collect();
    let reasons: BTreeSet<&str> = catalogue.seen.iter().filter_map(|seen| seen.reason.as_deref()).collect();
    let mut out = format!("{}, by confidence:\n\n", count(catalogue.items().count(), "check item"));
    let _ = writeln!(out, "{:<44}{:>6}{:>8}{:>6}{:>7}", "", "high", "medium", "low", "total");
    let mut row = |title: &str, keep: &dyn Fn(GroupKind, &str) -> bool| {
        let mut levels: BTreeMap<Confidence, usize> = BTreeMap::new();
        for (_, _, item) in catalogue.items().filter(|(group, name, _)| keep(group.kind, name)) {
            *levels.entry(item.confidence).or_default() += 1;
        }
        let [high, medium, low] = LEVELS.map(|(level, _)| levels.get(&level).copied().unwrap_or(0));
        let _ = writeln!(out, "{title:<44}{high:>6}{medium:>8}{low:>6}{:>7}", high + medium + low);
    };
    row("items of documented payloads", &|_, name| documented.contains(name));
    row("other names of the SDK or of reports", &|kind, name| kind != GroupKind::Topics && !documented.contains(name));
    row("pages without a known name", &|kind, _| kind == GroupKind::Topics);
    row("all", &|_, _| true);
    let undocumented = catalogue.items().filter(|(_, _, item)| item.basis != "page" || item.fix.is_empty()).count();
    let _ = writeln!(
        out,
        "\n{} of documented payloads: all explained\n{}: {} in documented payloads, all explained\n{} without a documented fix",
        count(documented.len(), "item"),
        count(catalogue.shared.reasons.len(), "failed reason"),
        reasons.len(),
        count(undocumented, "item"),
    );
    out
}
