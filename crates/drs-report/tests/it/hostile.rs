//! Values that are markup, commands of a terminal, or links.

use drs_gate::{Assessment, Policy, Snapshot, assess};
use drs_report::{Format, Options};
use pulldown_cmark::{Event, Parser, Tag};
use serde_json::json;

use crate::{plain, rendered, reported};

const ODD: &str = "</script><!--]]>&amp;<img src=x onerror=alert(1)>|`a`` **b** [c](http://d) @everyone #1 www.e.f \u{1b}[2J\u{202e}\u{fffe}\n# g\n- h\t\"'{{ i }}";

fn hostile() -> Assessment {
    let item = json!({
        "item": ODD, "group": ODD, "result": ODD, "reason": ODD, "message": ODD, "data": ODD,
        "subtasks": [{ "id": ODD, "name": ODD, "result": ODD }],
    });
    let failed =
        json!({ "item": ODD, "group": ODD, "result": "FAILED", "reason": ODD, "data": format!("{{{ODD:?}:{ODD:?}}}") });
    let report = json!({
        "progress": ODD, "result": true, "pass_rate": ODD, "instance": ODD, "direction": ODD, "error_message": ODD,
        "items": [item, failed],
    });
    let refusal = json!({ "refusal": { "code": ODD, "message": ODD, "meaning": ODD } });
    let tasks = vec![(ODD.to_owned(), reported(&report)), (format!("{ODD}2"), reported(&refusal))];
    let mut snapshot = Snapshot::new(tasks);
    snapshot.source.endpoint = Some(ODD.to_owned());
    snapshot.source.synthetic = Some(ODD.to_owned());
    snapshot.source.file = Some(ODD.to_owned());
    snapshot.unrequested = vec![serde_json::from_value(json!({ "task": ODD, "refusal": { "code": ODD } })).unwrap()];
    let policy = format!("[[waivers]]\nitem = {0}\nreason = {0}\nowner = {0}\nexpires = 2026-12-31", json!(ODD));
    assess(snapshot, &Policy::parse(&policy).unwrap(), "2026-11-26".parse().unwrap())
}

#[test]
fn no_invisible_character_is_in_any_format() {
    for format in Format::ALL {
        for options in [Options::default(), Options::default().with_all(true)] {
            let text = rendered(format, &hostile(), &options);
            let odd = |character: &char| *character != '\n' && drs_types::text::is_invisible(*character);
            assert_eq!(text.chars().find(odd), None, "{format}");
        }
    }
}

#[test]
fn markdown_has_no_markup_link_or_mention_of_a_value() {
    for options in [Options::default(), Options::default().with_all(true)] {
        let text = rendered(Format::Markdown, &hostile(), &options);
        for event in Parser::new_ext(&text, pulldown_cmark::Options::all()) {
            match event {
                Event::Html(html) | Event::InlineHtml(html) => panic!("HTML {html:?} in {text}"),
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    panic!("link {dest_url} in {text}")
                }
                Event::Start(Tag::Table(_) | Tag::HtmlBlock | Tag::CodeBlock(_)) => panic!("a block in {text}"),
                Event::Text(plain) => assert!(!plain.contains(['@', '#']), "{plain:?} in {text}"),
                _ => {}
            }
        }
        let headings = Parser::new(&text).filter(|event| matches!(event, Event::Start(Tag::Heading { .. }))).count();
        assert_eq!(headings, 3, "{text}");
    }
}

#[test]
fn html_and_xml_have_no_element_of_a_value() {
    for format in [Format::Html, Format::Junit] {
        let text = plain(format, &hostile());
        assert!(!text.contains("<img") && !text.contains("]]>") && !text.contains("<!--"), "{format}: {text}");
        assert!(text.contains("&lt;img src=x onerror=alert(1)&gt;"), "{format}");
    }
    quick_junit::Report::deserialize_from_str(&plain(Format::Junit, &hostile())).unwrap();
}

#[test]
fn text_lines_are_ours() {
    let text = plain(Format::Text, &hostile());
    assert!(!text.lines().any(|line| line.starts_with("# g") || line.starts_with("- h")), "{text}");
}
