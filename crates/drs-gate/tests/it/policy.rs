//! Policy files: what is accepted, what is refused, and that the schema says the same.

use drs_gate::{FailOn, Policy};
use serde_json::Value;

fn refusal(toml: &str) -> String {
    Policy::parse(toml).unwrap_err().to_string()
}

const WAIVER: &str = "[[waivers]]\nitem = 'a'\nreason = 'r'\nowner = 'o'\nexpires = 2026-12-31\n";

#[test]
fn an_empty_file_is_the_default_policy() {
    assert_eq!(Policy::parse("# nothing\n").unwrap(), Policy::default());
    assert_eq!(Policy::default().fail_on, FailOn::Failed);
}

#[test]
fn a_refusal_has_the_line_the_mistake_and_what_to_do() {
    let waiver = |old: &str, new: &str| refusal(&WAIVER.replace(old, new));
    let refusals = [
        refusal("\nfail_on = 'never'"),
        refusal("fail_on = "),
        refusal("\n\nfailon = 'alarm'"),
        waiver("owner = 'o'\n", ""),
        waiver("2026-12-31", "'soon'"),
        waiver("2026-12-31", "2026-12-31T10:00:00Z"),
        waiver("2026-12-31", "2026-02-30"),
        waiver("2026-12-31", "7"),
        waiver("'r'", "' '"),
        refusal(&format!("{WAIVER}\n{WAIVER}")),
    ];
    insta::assert_snapshot!(refusals.join("\n"));
}

#[test]
fn a_date_is_a_date_of_toml_or_a_string() {
    let dates = |expires: &str| Policy::parse(&WAIVER.replace("2026-12-31", expires)).unwrap().waivers[0].expires;
    assert_eq!(dates("2026-12-31"), dates("'2026-12-31'"));
}

#[test]
fn one_item_may_have_waivers_for_several_tasks_and_one_for_all() {
    let more = format!("{WAIVER}\n{WAIVER}task = 't1'\n{WAIVER}task = 't2'\n");
    assert_eq!(Policy::parse(&more).unwrap().waivers.len(), 3);
}

/// The JSON that an editor validates: dates are strings.
fn as_json(value: toml::Value) -> Value {
    match value {
        toml::Value::Datetime(date) => date.to_string().into(),
        toml::Value::Array(items) => items.into_iter().map(as_json).collect(),
        toml::Value::Table(members) => members.into_iter().map(|(name, value)| (name, as_json(value))).collect(),
        other => serde_json::to_value(other).unwrap(),
    }
}

#[test]
fn the_schema_accepts_and_refuses_what_the_parser_does() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../schemas/meta/policy.schema.json");
    let schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let options = jsonschema::draft202012::options().should_validate_formats(true);
    let validator = options.build(&schema).unwrap();
    let task = format!("{WAIVER}task = 't'\n");
    let string = WAIVER.replace("2026-12-31", "'2026-12-31'");
    let accepted = ["", "fail_on = 'failed'", "fail_on = 'alarm'", "waivers = []", WAIVER, &task, &string];
    let mut refused = vec!["fail_on = 'no'".to_owned(), "fail_on = 1".to_owned(), "other = 1".to_owned()];
    refused.extend(["waivers = {}", "waivers = [1]", "waivers = [{}]"].map(str::to_owned));
    for field in ["item", "reason", "owner", "expires"] {
        let without: Vec<&str> = WAIVER.lines().filter(|line| !line.starts_with(field)).collect();
        refused.push(without.join("\n"));
        for value in ["' '", "1"] {
            refused.push(format!("{}\n{field} = {value}\n", without.join("\n")));
        }
    }
    for more in ["task = ''", "task = 1", "until = 2026-12-31"] {
        refused.push(format!("{WAIVER}{more}\n"));
    }
    for expires in ["'soon'", "'2026-02-30'", "'2026-1-1'", "2026-12-31T10:00:00Z", "'+2026-12-3'"] {
        refused.push(WAIVER.replace("2026-12-31", expires));
    }
    for toml in accepted {
        assert!(Policy::parse(toml).is_ok(), "{toml}: {:?}", Policy::parse(toml));
        assert!(validator.is_valid(&as_json(toml.parse::<toml::Table>().unwrap().into())), "{toml}");
    }
    for toml in refused {
        assert!(Policy::parse(&toml).is_err(), "{toml}");
        assert!(!validator.is_valid(&as_json(toml.parse::<toml::Table>().unwrap().into())), "{toml}");
    }
}
