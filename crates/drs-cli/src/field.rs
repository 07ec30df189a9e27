//! A field of a call, as in `--field`: `name=string`, or `name:=json`.

use std::str::FromStr;

use serde_json::{Map, Value, json};

/// A field and its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Field {
    /// A name, or a path such as `jobs.0.job_id`.
    pub(crate) name: String,
    value: Value,
}

impl FromStr for Field {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (name, value) = text.split_once('=').ok_or("write NAME=STRING or NAME:=JSON")?;
        let (name, value) = match name.strip_suffix(':') {
            Some(name) => {
                let json = serde_json::from_str(value).map_err(|error| format!("{value:?} is not JSON: {error}"))?;
                (name, json)
            }
            None => (name, value.into()),
        };
        if name.split('.').any(str::is_empty) {
            return Err(format!("{name:?} is not a path; write names with dots between them, such as jobs.0.job_id"));
        }
        Ok(Self { name: name.to_owned(), value })
    }
}

impl Field {
    /// Returns the value in the form of a parameter.
    pub(crate) fn text(&self) -> String {
        self.value.as_str().map_or_else(|| self.value.to_string(), str::to_owned)
    }

    /// Sets the field in a body; creates the objects and arrays on the way.
    ///
    /// # Errors
    /// A value on the way is not an object or array, or an index skips items.
    pub(crate) fn put_into(&self, body: &mut Value) -> Result<(), String> {
        let mut target = body;
        for part in self.name.split('.') {
            let index: Option<usize> = part.parse().ok();
            if target.is_null() {
                *target = if index.is_some() { json!([]) } else { Value::Object(Map::new()) };
            }
            target = match (target, index) {
                (Value::Array(items), Some(index)) => {
                    if index == items.len() {
                        items.push(Value::Null);
                    }
                    let next = items.len();
                    let Some(item) = items.get_mut(index) else {
                        return Err(format!("item {index} cannot come before item {next}"));
                    };
                    item
                }
                (Value::Object(members), _) => members.entry(part).or_insert(Value::Null),
                (Value::Array(_), None) => {
                    return Err(format!("{part:?} is not an index of an array; the first one is 0"));
                }
                _ => return Err(format!("{part:?} would be inside a value that has no fields")),
            };
        }
        *target = self.value.clone();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(fields: &[&str]) -> Result<Value, String> {
        let mut body = json!({});
        for field in fields {
            field.parse::<Field>()?.put_into(&mut body)?;
        }
        Ok(body)
    }

    #[test]
    fn fields_build_a_body_with_arrays_and_objects() {
        let built =
            body(&["jobs.0.job_id=a", "jobs.0.delete_type=delete", "jobs.1:={\"job_id\":\"b\"}", "n:=3", "t=3"]);
        let expected =
            json!({ "jobs": [{ "job_id": "a", "delete_type": "delete" }, { "job_id": "b" }], "n": 3, "t": "3" });
        assert_eq!(built.unwrap(), expected);
    }

    #[test]
    fn an_impossible_field_is_refused() {
        for wrong in
            [&["jobs"][..], &["=x"], &["a..b=x"], &["n:=nul"], &["jobs.1=x"], &["a=x", "a.b=y"], &["l:=[]", "l.x=y"]]
        {
            assert!(body(wrong).is_err(), "{wrong:?}");
        }
    }
}
