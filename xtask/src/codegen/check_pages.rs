//! `docs/checks/`: a page for each check item, one for all failed reasons, and an index.

use std::path::{Path, PathBuf};

use super::{Files, GENERATED};
use crate::schema::Catalogue;
use crate::schema::catalogue::{Cited, Confidence, Group, GroupKind, Item, Origin, Step};

/// The folder of the pages.
pub const FOLDER: &str = "docs/checks";

/// The page of an item, relative to the repository.
#[must_use]
pub fn path(item: &str) -> String {
    format!("{FOLDER}/{item}.md")
}

/// The address of a page of a source.
#[must_use]
pub fn url(origin: &Origin, cited: &Cited) -> Option<String> {
    Some(format!("{}{}", origin.url.as_ref()?, cited.path.as_ref()?))
}

/// Renders all pages.
#[must_use]
pub fn files(catalogue: &Catalogue) -> Files {
    let folder = Path::new(FOLDER);
    let mut files: Files = catalogue
        .items()
        .map(|(group, name, item)| (PathBuf::from(path(name)), page(catalogue, group, name, item)))
        .collect();
    files.insert(folder.join("README.md"), index(catalogue));
    files.insert(folder.join("reasons.md"), reasons(catalogue));
    files
}

fn head(title: &str) -> String {
    format!("<!-- {GENERATED} -->\n\n# {title}\n\n")
}

fn index(catalogue: &Catalogue) -> String {
    let mut out = head("Check items of a pre-check");
    out.push_str(
        "What each item checks, why it fails, and how to fix it. `drs explain NAME` prints a page. The source of these pages \
         is [`schemas/checks/`](../../schemas/README.md#the-catalogue-of-check-items), in our own words.\n\n\
         Confidence: *high*, a page of the vendor explains the item; *medium*, a page explains what is probably the item; \
         *low*, no page explains it, and what is said comes from its name, one line of the SDK, reports of users or general \
         knowledge.\n\n[Failed reasons](reasons.md) are on one page.\n",
    );
    for group in &catalogue.groups {
        let name = if group.kind == GroupKind::Group { format!(" (`{}`)", group.name) } else { String::new() };
        out.push_str(&format!(
            "\n## {}{name}\n\n{}\n\n| item | side | engines | confidence | checks |\n|---|---|---|---|---|\n",
            group.title, group.description
        ));
        for (name, item) in &group.items {
            let engines = engines(catalogue, item);
            let confidence = confidence(item.confidence);
            out.push_str(&format!(
                "| [{name}]({name}.md) | {} | {engines} | {confidence} | {} |\n",
                item.side, item.checks
            ));
        }
    }
    out
}

fn page(catalogue: &Catalogue, group: &Group, name: &str, item: &Item) -> String {
    let mut out = head(name);
    out.push_str(&item.checks);
    out.push_str("\n\n");
    if group.kind == GroupKind::Topics {
        out.push_str("The name is ours: no source says under which name the service reports this check.\n\n");
    }
    if let Some(trap) = &item.trap {
        out.push_str(&format!("> **Note:** {trap}\n\n"));
    }
    let mut row = |key: &str, value: &str| out.push_str(&format!("| {key} | {value} |\n"));
    row("", "");
    row("---", "---");
    row("Side", &item.side);
    row("Engines", &engines(catalogue, item));
    if let Some(scope) = &item.scope {
        row("Tasks", scope);
    }
    if group.kind == GroupKind::Group {
        row("Group", &format!("`{}`", group.name));
    }
    row("Fails as", &fails_as(item));
    let seen: Vec<&str> = catalogue.results_seen(name).into_iter().collect();
    if !seen.is_empty() {
        row("In documented payloads", &seen.join(", "));
    }
    let codes: Vec<String> =
        catalogue.reasons_of(name).map(|code| format!("[`{code}`](reasons.md#{})", code.to_lowercase())).collect();
    if !codes.is_empty() {
        row("Reasons seen", &codes.join(", "));
    }
    row("Skippable in v5", if item.skippable { "yes" } else { "not known" });
    row("Confidence", confidence(item.confidence));
    section(
        &mut out,
        "Why it fails",
        &item.causes.iter().map(|cause| format!("- {cause}\n")).collect::<String>(),
        catalogue.caution(&item.basis),
    );
    out.push_str("\n[Causes of every check](reasons.md#causes-of-every-check) add to these.\n");
    let steps = item.fix.iter().map(|step| self::step(catalogue, item, step));
    section(&mut out, "How to fix it", &steps.collect::<String>(), catalogue.caution(&item.basis));
    if !item.notes.is_empty() {
        let notes: String = item.notes.iter().map(|note| format!("- {note}\n")).collect();
        out.push_str(&format!("\n## Notes\n\n{notes}"));
    }
    if !item.see.is_empty() {
        let see: Vec<String> = item.see.iter().map(|other| format!("[{other}]({other}.md)")).collect();
        out.push_str(&format!("\n## See also\n\n{}\n", see.join(", ")));
    }
    let sources: String = item.sources.iter().map(|cited| format!("- {}\n", self::cited(catalogue, cited))).collect();
    out.push_str(&format!("\n## Sources\n\n{sources}"));
    out
}

/// A section of causes or steps, with what they rest on.
fn section(out: &mut String, title: &str, entries: &str, caution: Option<&str>) {
    out.push_str(&format!("\n## {title}\n\n"));
    if entries.is_empty() {
        out.push_str("Not documented.\n");
    } else if let Some(caution) = caution {
        out.push_str(&format!("{caution}\n\n{entries}"));
    } else {
        out.push_str(entries);
    }
}

fn step(catalogue: &Catalogue, item: &Item, step: &Step) -> String {
    let engine = step.engine.as_ref().map(|engine| format!("{}: ", catalogue.engine(engine))).unwrap_or_default();
    let doubt = step.basis.as_ref().filter(|basis| **basis != item.basis).and_then(|basis| catalogue.caution(basis));
    let doubt = doubt.map(|doubt| format!(" *{doubt}*")).unwrap_or_default();
    let mut out = format!("- {engine}{}{doubt}\n", step.text);
    for (language, lines) in [("sql", &step.sql), ("js", &step.mongo), ("ini", &step.config)] {
        if !lines.is_empty() {
            let lines: String = lines.iter().map(|line| format!("  {line}\n")).collect();
            out.push_str(&format!("\n  ```{language}\n{lines}  ```\n"));
        }
    }
    out
}

fn reasons(catalogue: &Catalogue) -> String {
    let mut out = head("Failed reasons");
    out.push_str(
        "The values of `failed_reason` that documented payloads and reports of users have. The list is open, one reason may \
         come with several items, and the words of a reason do not say how severe it is: only `result` does.\n",
    );
    for (code, reason) in &catalogue.shared.reasons {
        out.push_str(&format!("\n## {code}\n\n{}\n\n", reason.means));
        for sentence in
            [catalogue.caution(&reason.basis), reason.trap.as_deref(), reason.note.as_deref()].into_iter().flatten()
        {
            out.push_str(&format!("{sentence}\n\n"));
        }
        let items: Vec<String> = reason.items.iter().map(|item| format!("[{item}]({item}.md)")).collect();
        let fix = reason.fix.as_ref().map(|fix| format!("{fix} For other reasons, ")).unwrap_or_default();
        out.push_str(&format!("- Items: {}\n- Fix: {fix}see [{1}]({1}.md)\n", items.join(", "), reason.explained_by));
        if !reason.results.is_empty() {
            out.push_str(&format!("- Result: {}\n", reason.results.join(", ")));
        }
        let mut sources: Vec<String> = reason.sources.iter().map(|cited| self::cited(catalogue, cited)).collect();
        if catalogue.seen.iter().any(|seen| seen.reason.as_ref() == Some(code)) {
            sources.insert(0, "documented payload".to_owned());
        }
        out.push_str(&format!("- Source: {}\n", sources.join("; ")));
    }
    out.push_str("\n## Causes of every check\n\nEvery page of the vendor lists these causes, whatever it checks:\n\n");
    out.extend(catalogue.shared.causes.iter().map(|cause| format!("- {} {}\n", cause.why, cause.fix)));
    out
}

fn cited(catalogue: &Catalogue, cited: &Cited) -> String {
    let origin = &catalogue.shared.sources[&cited.origin];
    match (url(origin, cited), &cited.path) {
        (Some(url), Some(path)) => format!("{}: [{path}](<{url}>)", origin.title),
        _ => origin.title.clone(),
    }
}

fn engines(catalogue: &Catalogue, item: &Item) -> String {
    item.engines.iter().map(|engine| catalogue.engine(engine)).collect::<Vec<_>>().join(", ")
}

fn fails_as(item: &Item) -> String {
    let results = if item.results.is_empty() { "not known".to_owned() } else { item.results.join(" or ") };
    match &item.results_note {
        Some(note) => format!("{results}. {note}"),
        None => results,
    }
}

fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::High => "high",
        Confidence::Medium => "medium",
        Confidence::Low => "low",
    }
}
