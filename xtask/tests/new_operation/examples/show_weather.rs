//! Uses an operation that was added by files only.
#![allow(clippy::print_stdout)]

use drs_types::show_weather::{ShowWeather, ShowWeatherResponse, Sky};
use drs_types::{OPERATIONS, Operation};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut call = ShowWeather::new("Zürich".to_owned());
    call.days = Some(3);
    let info = ShowWeather::INFO;
    assert!(OPERATIONS.iter().any(|known| known.id == info.id));
    assert!(info.retry_safe && info.request.is_none());
    let parts = call.parts()?;
    assert_eq!((parts.parameter("days"), parts.body.as_ref()), (Some("3"), None));
    let path = info.fill_path(|name| parts.parameter(name).or((name == "project_id").then_some("p")))?;
    println!("{} {path}", info.method);

    let answer: ShowWeatherResponse = serde_json::from_str(r#"{ "sky": "GREEN", "wind": null }"#)?;
    assert!(answer.wind().is_empty());
    assert_eq!(answer.sky, Some(Sky::from("GREEN")));
    assert!(!answer.sky.is_some_and(|sky| sky.is_listed()));
    Ok(())
}
