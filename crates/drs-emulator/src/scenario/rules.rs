//! From the format of faults to the rules of an emulator.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::Value;

use super::fault::{self, Fault};
use super::plan::Mistake;
use crate::faults::{Effect, Rule, When};

/// Creates the rules of a scenario.
pub(super) fn rules(faults: Vec<Fault>) -> Result<Vec<Rule>, Mistake> {
    faults.into_iter().enumerate().map(|(number, fault)| rule(&format!("/faults/{number}"), fault)).collect()
}

fn rule(at: &str, fault: Fault) -> Result<Rule, Mistake> {
    let Fault { operation, when, effect } = fault;
    let info = operation.map(|name| name.0);
    let is_batch = info.is_some_and(|info| info.batch.is_some());
    if matches!(effect, fault::Effect::Rows(_)) && !is_batch {
        let found = info.map_or("none", |info| info.id);
        return Err((format!("{at}/operation"), format!("expected an operation with a batch, found {found}")));
    }
    let when = match when {
        None => When::Always,
        Some(fault::When::Calls(calls)) => When::Calls(calls.into_iter().map(u64::from).collect()),
        Some(fault::When::First(number)) => When::First(number),
        Some(fault::When::After(number)) => When::After(number),
        Some(fault::When::Every(number)) => When::Every(number.get()),
        Some(fault::When::Probability(probability)) => When::Probability(probability.0),
    };
    let time = |ms: u32| Duration::from_millis(ms.into());
    let size = |bytes: u32| usize::try_from(bytes).unwrap_or(usize::MAX);
    let effect = match effect {
        fault::Effect::Delay(delay) => Effect::Delay { time: time(delay.ms), body_only: delay.body_only },
        fault::Effect::Silence => Effect::Silence,
        fault::Effect::Slow(slow) => Effect::Slow { bytes: size(slow.bytes.get()), pause: time(slow.ms) },
        fault::Effect::Respond(respond) => response(&format!("{at}/effect/respond"), respond)?,
        fault::Effect::Throttled(throttled) => Effect::Throttled { retry_after: throttled.retry_after },
        fault::Effect::ExpiredToken => Effect::ExpiredToken,
        fault::Effect::ClockSkew(seconds) => Effect::ClockSkew(seconds),
        fault::Effect::Body(kind) => Effect::Body(kind),
        fault::Effect::LargeHead(bytes) => Effect::LargeHead(size(bytes.get())),
        fault::Effect::Reset(at) => Effect::Break { at, reset: true },
        fault::Effect::Close(at) => Effect::Break { at, reset: false },
        fault::Effect::Rows(fault) => Effect::Rows(fault),
    };
    Ok(Rule { operation: info.map(|info| info.id), when, effect })
}

fn response(at: &str, respond: fault::Respond) -> Result<Effect, Mistake> {
    let status = StatusCode::from_u16(respond.status).ok().filter(|_| (200..600).contains(&respond.status));
    let status = status.ok_or_else(|| {
        (format!("{at}/status"), format!("expected a status from 200 to 599, found {}", respond.status))
    })?;
    let mut headers = HeaderMap::new();
    for (name, value) in &respond.headers {
        let header = HeaderName::try_from(name).ok().zip(HeaderValue::try_from(value).ok());
        let header = header.ok_or_else(|| {
            let problem = format!("expected a name and value of a header, found {name:?}: {value:?}");
            (drs_types::pointer::join(&format!("{at}/headers"), name), problem)
        })?;
        headers.append(header.0, header.1);
    }
    let body = match respond.body {
        None => String::new(),
        Some(Value::String(text)) => text,
        Some(value) => {
            headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
            value.to_string()
        }
    };
    Ok(Effect::Respond { status, headers, body })
}
