//! Explanations for people.

use std::io::{self, IsTerminal as _, Write};

use comfy_table::ContentArrangement;
use drs_gate::catalogue::{self, Item, Reason, Side, Source, Step};
use drs_types::Retry;
use drs_types::common::ErrorCode;
use drs_validate::Code;
use owo_colors::OwoColorize as _;

use super::text::{table, width};
use crate::commands::explain::{List, Subject};

/// Writes the explanation of one subject.
pub(crate) fn subject(out: &mut dyn Write, subject: &Subject) -> io::Result<()> {
    match subject {
        Subject::Item(item) => self::item(out, item),
        Subject::Reason(reason) => self::reason(out, reason),
        Subject::ErrorCode(code) => error_code(out, code),
        Subject::Finding(code) => finding(out, *code),
    }
}

fn item(out: &mut dyn Write, item: &Item) -> io::Result<()> {
    let kind = if item.is_topic { "check without a known name" } else { "check item" };
    title(out, item.name, kind)?;
    paragraph(out, item.checks)?;
    if item.is_topic {
        paragraph(out, "The name is ours: no source says under which name the service reports this check.")?;
    }
    if let Some(trap) = item.trap {
        paragraph(out, &format!("Note: {trap}"))?;
    }
    heading(out, "Why it fails", item.caution)?;
    if item.causes.is_empty() {
        bullet(out, "Not documented.")?;
    }
    item.causes.iter().try_for_each(|cause| bullet(out, cause))?;
    heading(out, "How to fix it", item.caution)?;
    if item.fix.is_empty() {
        bullet(out, "Not documented.")?;
    }
    item.fix.iter().try_for_each(|step| self::step(out, step))?;
    heading(out, "Why any check fails", None)?;
    catalogue::shared_causes().iter().try_for_each(|cause| bullet(out, &format!("{} {}", cause.why, cause.fix)))?;
    heading(out, "Facts", None)?;
    let side = match item.side {
        Side::Source => "at the source",
        Side::Target => "at the target",
        Side::Both => "at source and target",
        _ => "at the network",
    };
    let engines: Vec<&str> = item.engines.iter().map(|engine| engine.title).collect();
    fact(out, "Checked", side)?;
    fact(out, "Engines", &engines.join(", "))?;
    fact(out, "Tasks", item.scope.unwrap_or_default())?;
    fact(out, "Group", item.group.unwrap_or_default())?;
    let results = if item.results.is_empty() { "not known".to_owned() } else { item.results.join(" or ") };
    fact(
        out,
        "Fails as",
        &[Some(results.as_str()), item.results_note].into_iter().flatten().collect::<Vec<_>>().join(". "),
    )?;
    if !item.seen.is_empty() {
        fact(out, "Documented", &format!("payloads show it as {}", item.seen.join(", ")))?;
    }
    fact(out, "Reasons", &item.reasons.join(", "))?;
    fact(out, "Skippable", if item.is_skippable { "yes, in version 5 of the API" } else { "not known" })?;
    fact(out, "Confidence", &format!("{}: {}", item.confidence, item.confidence.meaning()))?;
    for note in item.notes {
        fact(out, "Note", note)?;
    }
    fact(out, "See also", &item.see.join(", "))?;
    sources(out, item.sources)
}

fn step(out: &mut dyn Write, step: &Step) -> io::Result<()> {
    let engine = step.engine.map(|engine| format!("{}: ", engine.title)).unwrap_or_default();
    let caution = step.caution.map(|caution| format!(" ({})", caution.trim_end_matches('.'))).unwrap_or_default();
    bullet(out, &format!("{engine}{}{caution}", step.text))?;
    // Unwrapped, to be copied.
    step.lines().try_for_each(|line| writeln!(out, "      {}", line.cyan()))
}

fn reason(out: &mut dyn Write, reason: &Reason) -> io::Result<()> {
    title(out, reason.code, "failed reason")?;
    paragraph(out, reason.means)?;
    for sentence in [reason.caution, reason.trap, reason.note].into_iter().flatten() {
        paragraph(out, sentence)?;
    }
    heading(out, "Facts", None)?;
    fact(out, "Items", &reason.items.join(", "))?;
    fact(out, "Result", &reason.results.join(" or "))?;
    let fix = reason.fix.map(|fix| format!("{fix} For other reasons: ")).unwrap_or_default();
    fact(out, "How to fix", &format!("{fix}drs explain {}", reason.explained_by))?;
    if reason.is_documented {
        fact(out, "Documented", "a documented payload has it")?;
    }
    sources(out, reason.sources)
}

fn error_code(out: &mut dyn Write, code: &ErrorCode) -> io::Result<()> {
    title(out, code.as_str(), "error code")?;
    paragraph(out, code.meaning().unwrap_or_default())?;
    heading(out, "Facts", None)?;
    fact(out, "Status", &code.status().map_or_else(|| "not documented".to_owned(), |status| format!("HTTP {status}")))?;
    fact(out, "Send again", code.retry().map_or("not known", retry))
}

/// Whether a caller may send the request again, in words.
fn retry(retry: Retry) -> &'static str {
    match retry {
        Retry::Never => "no, it would fail again",
        Retry::Later => "yes, after a while",
        Retry::AfterNewToken => "yes, with a new token",
        Retry::AfterAction => "yes, after another action",
        _ => "not known",
    }
}

fn finding(out: &mut dyn Write, code: Code) -> io::Result<()> {
    title(out, code.as_str(), &format!("finding of drs validate: {}", code.title()))?;
    paragraph(out, code.meaning())?;
    heading(out, "Facts", None)?;
    fact(out, "Severity", "an error in a request, and where the payload cannot be read; otherwise drift")?;
    fact(out, "Example", "docs/findings.md")
}

/// Writes the list of what can be explained.
pub(crate) fn list(out: &mut dyn Write, list: &List) -> io::Result<()> {
    for (group, items) in list.groups() {
        let title = format!("{}  {}", group.name, group.title);
        rows(out, &title, items.into_iter().map(|item| (item.name, item.checks)))?;
    }
    if list.is_filtered() {
        return Ok(());
    }
    rows(out, "Failed reasons", catalogue::reasons().iter().map(|reason| (reason.code, reason.means)))?;
    let errors = ErrorCode::LISTED.iter().map(|code| (code.as_str(), code.meaning().unwrap_or_default()));
    rows(out, "Error codes", errors)?;
    rows(out, "Findings of drs validate", Code::ALL.iter().map(|code| (code.as_str(), code.meaning())))
}

fn rows<'a>(out: &mut dyn Write, title: &str, rows: impl Iterator<Item = (&'a str, &'a str)>) -> io::Result<()> {
    let mut table = table(["Name", "Meaning"]);
    if !io::stdout().is_terminal() {
        // Scripts read the list line by line.
        table.set_content_arrangement(ContentArrangement::Disabled);
    }
    for (name, meaning) in rows {
        table.add_row([name, meaning]);
    }
    writeln!(out, "{}\n{table}\n", title.bold())
}

fn title(out: &mut dyn Write, name: &str, kind: &str) -> io::Result<()> {
    writeln!(out, "{}  {kind}", name.bold())
}

fn paragraph(out: &mut dyn Write, text: &str) -> io::Result<()> {
    writeln!(out)?;
    wrapped(out, text, "  ", "  ")
}

fn heading(out: &mut dyn Write, title: &str, caution: Option<&str>) -> io::Result<()> {
    writeln!(out, "\n{}", title.bold())?;
    caution.map_or(Ok(()), |caution| wrapped(out, caution, "  ", "  "))
}

fn bullet(out: &mut dyn Write, text: &str) -> io::Result<()> {
    wrapped(out, text, "  - ", "    ")
}

/// Writes a fact beside its name, if there is one.
fn fact(out: &mut dyn Write, name: &str, text: &str) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    wrapped(out, text, &format!("  {name:<12}"), &" ".repeat(14))
}

fn sources(out: &mut dyn Write, sources: &[Source]) -> io::Result<()> {
    for source in sources {
        fact(out, "Source", source.title)?;
        if let Some(url) = source.url {
            writeln!(out, "              {url}")?;
        }
    }
    Ok(())
}

fn wrapped(out: &mut dyn Write, text: &str, first: &str, next: &str) -> io::Result<()> {
    let options = textwrap::Options::new(width().into())
        .initial_indent(first)
        .subsequent_indent(next)
        .break_words(false)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    textwrap::wrap(text, options).iter().try_for_each(|line| writeln!(out, "{line}"))
}
