//! Bodies that are not what a client expects.

use std::convert::Infallible;
use std::io::Write as _;
use std::iter::repeat_n;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::stream;
use serde::Deserialize;

use super::line::{Line, Part};

/// A fault of the body of a response. The head says 200, unless the call is refused.
#[derive(Clone, Copy, Debug, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub(crate) enum BrokenBody {
    /// No body, with the status of the response.
    Empty,
    /// The login page of a portal, with status 200.
    LoginPage,
    /// The right body with the content type `text/html`.
    WrongType,
    /// A body in chunks, of which one has no valid size.
    BrokenChunks,
    /// A string that is not UTF-8, with status 200.
    InvalidUtf8,
    /// 256 MiB of white space, with status 200.
    Huge,
    /// The same, compressed with gzip to 256 KiB.
    GzipBomb,
}

/// The pieces of a huge body: the size of one, and their number.
const PIECE: usize = 1 << 20;
const PIECES: usize = 256;

const LOGIN_PAGE: &str = "<!DOCTYPE html>
<html><head><title>Sign in</title></head><body><form method=\"post\">Sign in to use the network.</form></body></html>
";

/// Replaces the body of a response.
pub(crate) fn body(kind: BrokenBody, response: Response, line: &Line) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json")];
    match kind {
        BrokenBody::Empty => replaced(response, Body::empty()),
        BrokenBody::LoginPage => Html(LOGIN_PAGE).into_response(),
        BrokenBody::WrongType => {
            let mut response = response;
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
            response
        }
        BrokenBody::BrokenChunks => {
            line.break_at(Part::Body, false, b"no size\r\n");
            let (head, body) = response.into_parts();
            let body = async move { to_bytes(body, usize::MAX).await };
            replaced(Response::from_parts(head, ()), Body::from_stream(stream::once(body)))
        }
        BrokenBody::InvalidUtf8 => (json, &b"{\"count\": 0, \"results\": [], \"x\": \"\xff\xfe\"}"[..]).into_response(),
        BrokenBody::Huge => (json, pieces(vec![b' '; PIECE])).into_response(),
        BrokenBody::GzipBomb => {
            let gzip = [(header::CONTENT_ENCODING, "gzip")];
            (json, gzip, pieces(compressed(&vec![b' '; PIECE]))).into_response()
        }
    }
}

/// Sends the head of a response at once, and its body after a time.
pub(crate) fn delayed(response: Response, time: Duration) -> Response {
    let (head, body) = response.into_parts();
    let body = async move {
        tokio::time::sleep(time).await;
        to_bytes(body, usize::MAX).await
    };
    replaced(Response::from_parts(head, ()), Body::from_stream(stream::once(body)))
}

fn replaced<T>(response: Response<T>, body: Body) -> Response {
    let (mut head, _) = response.into_parts();
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, body)
}

fn pieces(piece: Vec<u8>) -> Body {
    let pieces = repeat_n(Bytes::from(piece), PIECES).map(Ok::<_, Infallible>);
    Body::from_stream(stream::iter(pieces))
}

/// Compresses a piece. Pieces one after the other are one valid stream.
fn compressed(piece: &[u8]) -> Vec<u8> {
    let mut out = GzEncoder::new(Vec::new(), Compression::best());
    out.write_all(piece).and_then(|()| out.finish()).expect("memory takes every byte")
}
