//! Work without a network: decoding and signing.

use std::hint::black_box;
use std::io;
use std::time::{Duration, UNIX_EPOCH};

use drs_auth::{AccessKey, Signer};
use drs_client::types::operations::v3::batch_check_results::BatchCheckResultsResponse;
use drs_client::types::reading;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use super::{Contender, TOKEN};
use crate::corpus::EXAMPLES;

/// The repetitions of one round.
pub(super) const TIMES: usize = 3_000;

/// The body as the client reads it, and by `serde_json` alone.
pub(super) fn decoding<'a>() -> Vec<Contender<'a>> {
    type Body = BatchCheckResultsResponse;
    let json = EXAMPLES[0].as_bytes();
    let times = |decode: fn(&[u8]) -> bool| {
        move || {
            let all = (0..TIMES).all(|_| decode(black_box(json)));
            if all { Ok(()) } else { Err(io::Error::other("the body cannot be read")) }
        }
    };
    let ours = |json: &[u8]| {
        let reading = reading::read::<Body>(json);
        // As in the client: a body without any documented field is no success.
        black_box(reading).is_ok_and(|reading| reading.body != Body::default())
    };
    let bare = |json: &[u8]| black_box(serde_json::from_slice::<Body>(json)).is_ok();
    vec![
        Contender::new("drs_types::reading, as the client", None, times(ours)),
        Contender::new("serde_json alone", Some(1.0 / 1.1), times(bare)),
    ]
}

/// A signature of a body of 4 KiB, and the hash and the code that it needs.
pub(super) fn signing<'a>() -> Vec<Contender<'a>> {
    const SECRET: &str = "sk-example-not-a-real-secret-0123456789";
    let body = vec![b'x'; 4096];
    let key = AccessKey::new("AKEXAMPLE000000000000", SECRET);
    let request = http::Request::post("https://drs.example.com/v3/p/jobs/batch-precheck-result")
        .header("content-type", "application/json")
        .header("x-project-id", TOKEN)
        .body(())
        .expect("the request is valid");
    let (head, ()) = request.into_parts();
    let now = UNIX_EPOCH + Duration::from_secs(1_704_164_645);
    let hashed = body.clone();
    vec![
        Contender::new("drs_auth::Signer", None, move || {
            let signer = Signer::new(&key);
            let is_signed = |_| signer.sign(black_box(&head), black_box(&body), now).is_ok();
            if (0..TIMES).all(is_signed) { Ok(()) } else { Err(io::Error::other("not signed")) }
        }),
        Contender::new("one SHA-256 and one HMAC of the body", None, move || {
            for _ in 0..TIMES {
                black_box(Sha256::digest(black_box(&hashed)));
                let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).map_err(io::Error::other)?;
                black_box(mac.chain_update(black_box(&hashed)).finalize());
            }
            Ok(())
        }),
    ]
}
