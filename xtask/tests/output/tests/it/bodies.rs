//! Operations without bodies, and with an empty object for a response.

use expected_output::operations::v3::forget_weather::ForgetWeather;
use expected_output::operations::v3::send_weather::{SendWeather, SendWeatherReq};
use expected_output::{Operation, Side};

#[test]
fn an_operation_without_bodies_has_none_on_either_side() -> Result<(), Box<dyn std::error::Error>> {
    let call = ForgetWeather::new("Bonn".to_owned());
    assert!(call.check().is_empty() && call.parts()?.body.is_none());
    let info = ForgetWeather::INFO;
    assert_eq!((info.success().map(|success| success.status), info.bodies().count()), (Some(204), 0));
    assert!(info.response(204).is_some() && info.body(Side::Response(204)).is_none());
    assert!(info.body(Side::Response(400)).is_some(), "an error has a body");
    Ok(())
}

#[test]
fn an_empty_object_is_a_response_and_no_payload_is_documented() -> Result<(), Box<dyn std::error::Error>> {
    let info = SendWeather::INFO;
    let body = info.body(Side::Response(200)).ok_or("no body")?;
    assert_eq!(body.decode(b"{}")?.to_json()?, serde_json::json!({}));
    assert!(body.decode(b"[]").is_err());
    assert!(info.body(Side::Request).is_some());
    let call = SendWeather::new(SendWeatherReq::new("Bonn".to_owned()).with_degrees(20));
    assert_eq!(serde_json::to_value(&call.body)?, serde_json::json!({ "city": "Bonn", "degrees": 20 }));
    Ok(())
}
