//! Credentials for each request: given once, or asked of IAM and kept.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use drs_auth::iam::{IamError, IamToken, PasswordLogin, Project, SendRequest, TransportError, find_project};
use drs_auth::{AccessKey, Credentials, ProvideCredentials, verify};
use futures_util::future::{join_all, poll_immediate};
use http::{Request, Response};
use tokio::sync::Semaphore;
use url::Url;

use crate::{SECRET, key, now, shown};

fn iam() -> Url {
    drs_auth::endpoint::parse_iam("https://iam.example").unwrap()
}

/// An IAM that responds when it is let. Its tokens are `t1`, `t2`, …; they live for a day.
struct Iam {
    requests: AtomicUsize,
    let_through: Semaphore,
    failures: AtomicUsize,
    /// Seconds that have passed.
    clock: AtomicU64,
}

impl Iam {
    fn start(let_through: usize) -> (Arc<Self>, IamToken) {
        let iam_service = Arc::new(Self {
            requests: AtomicUsize::new(0),
            let_through: Semaphore::new(let_through),
            failures: AtomicUsize::new(0),
            clock: AtomicU64::new(0),
        });
        let (responding, clock) = (Arc::clone(&iam_service), Arc::clone(&iam_service));
        let send: SendRequest = Arc::new(move |_| {
            let iam = Arc::clone(&responding);
            let number = iam.requests.fetch_add(1, Ordering::SeqCst) + 1;
            Box::pin(async move {
                iam.let_through.acquire().await?.forget();
                if iam.failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok() {
                    return Err(TransportError::from("the connection was refused"));
                }
                let end = iam.time() + Duration::from_hours(24);
                let seconds = end.duration_since(SystemTime::UNIX_EPOCH)?.as_secs();
                let body =
                    serde_json::json!({ "token": { "expires_at": rfc3339(seconds), "project": { "id": "p1" } } });
                let response = Response::builder().status(201).header("X-Subject-Token", format!("t{number}"));
                Ok(response.body(body.to_string().into_bytes())?)
            })
        });
        let login = PasswordLogin { user: "me".to_owned(), password: SECRET.into(), domain: "ours".to_owned() };
        let project = Project::Name("eu-de".to_owned());
        (iam_service, IamToken::new(iam(), login, project, send, move || clock.time()))
    }

    fn time(&self) -> SystemTime {
        now() + Duration::from_secs(self.clock.load(Ordering::SeqCst))
    }

    fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

/// A time of January 2024.
fn rfc3339(seconds: u64) -> String {
    let since = seconds - 1_704_067_200;
    let (day, hour, minute) = (since / 86_400 + 1, since / 3_600 % 24, since / 60 % 60);
    format!("2024-01-{day:02}T{hour:02}:{minute:02}:{:02}.000000Z", since % 60)
}

async fn token(provider: &IamToken) -> String {
    provider.token().await.unwrap().value.expose().to_owned()
}

#[tokio::test]
async fn callers_share_one_request_and_the_token_is_kept() {
    let (iam, provider) = Iam::start(0);
    let mut all = join_all((0..50).map(|_| token(&provider)));
    assert_eq!(poll_immediate(&mut all).await, None);
    iam.let_through.add_permits(1);
    let tokens = all.await;
    assert!(tokens.iter().all(|token| token == "t1"));
    assert_eq!(token(&provider.clone()).await, "t1");
    assert_eq!(iam.requests(), 1);
    assert_eq!(provider.token().await.unwrap().project_id.unwrap(), "p1");
}

#[tokio::test]
async fn callers_share_a_failure_and_the_next_one_asks_again() {
    let (iam, provider) = Iam::start(0);
    iam.failures.store(1, Ordering::SeqCst);
    let mut all = join_all((0..50).map(|_| provider.token()));
    assert!(poll_immediate(&mut all).await.is_none());
    iam.let_through.add_permits(2);
    let results = all.await;
    assert!(results.iter().all(|result| matches!(result, Err(IamError::Transport(_)))));
    assert_eq!(iam.requests(), 1);
    assert_eq!(token(&provider).await, "t2");
}

#[tokio::test]
async fn a_token_is_renewed_shortly_before_it_expires() {
    let (iam, provider) = Iam::start(2);
    for (seconds, expected) in [(0, "t1"), (86_399 - 300, "t1"), (86_400 - 300, "t2")] {
        iam.clock.store(seconds, Ordering::SeqCst);
        assert_eq!(token(&provider).await, expected);
    }
}

#[tokio::test]
async fn a_rejected_token_is_replaced_once_for_all_callers() {
    let (iam, provider) = Iam::start(2);
    let rejected = provider.credentials().await.unwrap();
    assert_eq!(rejected, Credentials::token("t1"));
    assert!(provider.invalidate(&rejected));
    assert_eq!(token(&provider).await, "t2");
    // Callers that noticed later do not throw the new one away.
    assert!(provider.invalidate(&rejected));
    assert_eq!(token(&provider).await, "t2");
    assert_eq!(iam.requests(), 2);
    assert!(!provider.invalidate(&key().into()));
}

#[tokio::test]
async fn a_caller_that_gives_up_does_not_stop_the_others() {
    let (iam, provider) = Iam::start(0);
    let (mut first, mut second) = (Box::pin(token(&provider)), Box::pin(token(&provider)));
    assert_eq!((poll_immediate(&mut first).await, poll_immediate(&mut second).await), (None, None));
    drop(first);
    iam.let_through.add_permits(1);
    assert_eq!(second.await, "t1");
    assert_eq!(iam.requests(), 1);
}

#[tokio::test]
async fn a_request_that_nobody_waits_for_is_dropped() {
    let (iam, provider) = Iam::start(0);
    let mut only = Box::pin(token(&provider));
    assert_eq!(poll_immediate(&mut only).await, None);
    drop(only);
    iam.let_through.add_permits(1);
    assert_eq!(token(&provider).await, "t2");
}

#[tokio::test]
async fn given_credentials_stay_as_they_are() {
    for credentials in [Credentials::token(SECRET), key().into()] {
        assert_eq!(credentials.credentials().await.unwrap(), credentials);
        assert!(!credentials.invalidate(&credentials));
        assert!(!format!("{credentials:?}").contains(SECRET));
    }
}

#[test]
fn a_request_is_authorized_by_a_token_or_a_signature() {
    let request = || Request::get("https://drs.example/v3/p").body(Vec::new()).unwrap();
    let by_token = Credentials::token(SECRET).authorize(request(), Some("p"), now()).unwrap();
    assert!(by_token.headers()["x-auth-token"].is_sensitive() && !format!("{by_token:?}").contains(SECRET));
    let by_key = Credentials::from(key()).authorize(request(), Some("p"), now()).unwrap();
    assert_eq!(by_key.headers()["x-project-id"], "p");
    let (head, body) = by_key.into_parts();
    assert!(verify(&head, &body, |_| Some(key()), now()).is_ok());
    let error = Credentials::token("s3cr3t-k3y/+%\n").authorize(request(), None, now()).unwrap_err();
    assert!(shown(&error).contains("x-auth-token"));
}

#[tokio::test]
async fn the_project_of_a_region_is_asked_for_with_a_signature() {
    let seen: Arc<Mutex<Vec<Request<Vec<u8>>>>> = Arc::default();
    let keeping = Arc::clone(&seen);
    let send: SendRequest = Arc::new(move |request| {
        keeping.lock().unwrap().push(request);
        Box::pin(async { Ok(Response::new(br#"{"projects":[{"id":"p1","name":"eu-de"}]}"#.to_vec())) })
    });
    let credentials = Credentials::from(AccessKey::new("AKEXAMPLE", SECRET));
    let found = find_project(&iam(), "eu-de", &credentials, &send, now()).await.unwrap();
    assert_eq!(found, "p1");
    let (head, body) = seen.lock().unwrap().pop().unwrap().into_parts();
    assert!(verify(&head, &body, |_| credentials_key(&credentials), now()).is_ok());
}

fn credentials_key(credentials: &Credentials) -> Option<AccessKey> {
    match credentials {
        Credentials::AccessKey(key) => Some((**key).clone()),
        _ => None,
    }
}
