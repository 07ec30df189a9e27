//! Checks that operations that consist only of files compile, and the expected output of every case.

mod bodies;
mod compat;

use expected_output::operations::v3::show_weather::{ShowWeather, ShowWeatherResponse, Sky};
use expected_output::operations::v9;
use expected_output::{OPERATIONS, Operation};

#[test]
fn operations_that_were_added_by_files_only_can_be_used() -> Result<(), Box<dyn std::error::Error>> {
    let mut call = ShowWeather::new("Zürich".to_owned());
    call.days = Some(3);
    let info = ShowWeather::INFO;
    assert!(OPERATIONS.iter().any(|known| known.id == info.id));
    assert!(info.retry_safe && info.request.is_none());
    let parts = call.parts()?;
    assert_eq!((parts.parameter("days"), parts.body.as_ref()), (Some("3"), None));
    let path = info.fill_path(|name| parts.parameter(name).or((name == "project_id").then_some("p")))?;
    assert_eq!((info.method.as_str(), path.as_str()), ("GET", "/v3/p/cities/Z%C3%BCrich/weather"));

    // Parameters are checked against their limits, like bodies. A typed call may send an unlisted value.
    call.sky = Some(Sky::from("GREEN"));
    assert_eq!(call.check(), []);
    call.days = Some(15);
    call.city = "x".repeat(21);
    let broken: Vec<String> = call.check().iter().map(ToString::to_string).collect();
    let length = "path parameter city: expected at most 20 characters, found 21";
    assert_eq!(broken, [length, "query parameter days: expected 1 to 14, found 15"]);
    let given = [("city", "a/b"), ("days", "abc"), ("sky", "GREEN"), ("brief", "maybe"), ("limit", "1")];
    let broken = info.check_parameters(given.map(|(name, value)| (None, name, value)));
    let broken: Vec<String> = broken.iter().map(ToString::to_string).collect();
    let expected = [
        r#"path parameter city: "a/b" does not match ^[^/]+$"#,
        r#"query parameter days: expected an integer, found "abc""#,
        r#"query parameter sky: expected "CLEAR" or "CLOUDY", found "GREEN""#,
        r#"query parameter brief: expected true or false, found "maybe""#,
        r#"parameter "limit": show_weather has no such parameter; found "1""#,
    ];
    assert_eq!(broken, expected);

    let answer: ShowWeatherResponse = serde_json::from_str(r#"{ "sky": "GREEN", "wind": null }"#)?;
    assert!(answer.wind().is_empty());
    assert_eq!(answer.sky, Some(Sky::from("GREEN")));
    assert!(!answer.sky.is_some_and(|sky| sky.is_listed()));

    // The operation with the same name in another version has different types with the same names.
    let request = v9::show_weather::ShowWeatherReq::new(vec!["Zürich".to_owned()]);
    let call = v9::show_weather::ShowWeather::new(request).with_sky(v9::show_weather::Sky::Blue);
    assert_eq!(call.check(), []);
    assert_eq!(v9::show_weather::INFO.id, "v9.show_weather");
    let schema = v9::show_weather::INFO.request.as_ref().map(|body| body.schema);
    assert_eq!(schema, Some("v9.ShowWeatherReq"));
    let answer: v9::show_weather::ShowWeatherResponse = serde_json::from_str(r#"{ "cities": [{ "sky": "GREY" }] }"#)?;
    assert_eq!(answer.cities()[0].sky, Some(v9::show_weather::Sky::Grey));
    Ok(())
}
