//! A token that is asked for when it is needed, and kept as long as it is good.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use futures_util::FutureExt as _;
use futures_util::future::{Shared, WeakShared};
use url::Url;

use super::{IamError, PasswordLogin, Project, SendRequest, Token, read_token, token_request};
use crate::{BoxFuture, Credentials, CredentialsError, ProvideCredentials, Secrets};

/// A token is renewed so long before it expires, but not before nine tenths of its life are over.
const MARGIN: Duration = Duration::from_mins(5);

/// A token from IAM for a user and a password. It is asked for at the first use, kept until shortly before it expires,
/// and asked for again when the service rejects it. Any number of callers at a time share one request. Cheap to clone;
/// clones share their token.
///
/// No task runs in the background: the request goes on as long as one of the callers waits for it.
///
/// ```
/// use std::sync::Arc;
/// use std::time::SystemTime;
///
/// use drs_auth::iam::{IamToken, PasswordLogin, Project, SendRequest};
///
/// let login = PasswordLogin { user: "me".into(), password: "hunter2".into(), domain: "ours".into() };
/// let iam = drs_auth::endpoint::parse_iam("https://iam.eu-de.otc.t-systems.com")?;
/// // In the place of an HTTP client.
/// let send: SendRequest = Arc::new(|_request| {
///     Box::pin(async { Ok(http::Response::builder().header("X-Subject-Token", "t").body(Vec::new())?) })
/// });
/// let provider = IamToken::new(iam, login, Project::Name("eu-de".into()), send, SystemTime::now);
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// assert_eq!(provider.token().await?.value.expose(), "t");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct IamToken {
    inner: Arc<Inner>,
}

struct Inner {
    iam: Url,
    login: PasswordLogin,
    project: Project,
    send: SendRequest,
    now: Box<dyn Fn() -> SystemTime + Send + Sync>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    held: Option<Held>,
    /// The request that runs, if anybody still waits for it.
    pending: Option<WeakShared<Pending>>,
}

struct Held {
    token: Token,
    received_at: SystemTime,
}

type Pending = BoxFuture<'static, Result<Token, IamError>>;

impl IamToken {
    /// Nothing is sent yet. `now` is the clock, such as `SystemTime::now`.
    pub fn new(
        iam: Url,
        login: PasswordLogin,
        project: Project,
        send: SendRequest,
        now: impl Fn() -> SystemTime + Send + Sync + 'static,
    ) -> Self {
        let (now, state) = (Box::new(now), Mutex::default());
        Self { inner: Arc::new(Inner { iam, login, project, send, now, state }) }
    }

    /// The token, with the id of its project.
    ///
    /// # Errors
    /// See [`IamError`]. The next call asks IAM again.
    pub async fn token(&self) -> Result<Token, IamError> {
        let pending = {
            let mut state = self.inner.state();
            let now = (self.inner.now)();
            if let Some(held) = state.held.as_ref().filter(|held| held.is_fresh(now)) {
                return Ok(held.token.clone());
            }
            match state.pending.as_ref().and_then(WeakShared::upgrade) {
                Some(pending) => pending,
                None => start(&self.inner, &mut state),
            }
        };
        pending.await
    }
}

fn start(inner: &Arc<Inner>, state: &mut State) -> Shared<Pending> {
    let inner = Arc::clone(inner);
    let ask = async move {
        let asked = inner.ask().await;
        let mut state = inner.state();
        state.pending = None;
        if let Ok(token) = &asked {
            state.held = Some(Held { token: token.clone(), received_at: (inner.now)() });
        }
        drop(state);
        asked
    };
    let pending = ask.boxed().shared();
    state.pending = pending.downgrade();
    pending
}

impl Inner {
    async fn ask(&self) -> Result<Token, IamError> {
        let request = token_request(&self.iam, &self.login, &self.project);
        let response = (self.send)(request).await.map_err(|error| IamError::Transport(error.into()))?;
        read_token(&response, &Secrets::new([self.login.password.expose()]))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Held {
    fn is_fresh(&self, now: SystemTime) -> bool {
        // A token without a known end is kept until it is rejected.
        let Some(end) = self.token.expires_at else { return true };
        let life = end.duration_since(self.received_at).unwrap_or_default();
        end.checked_sub(MARGIN.min(life / 10)).is_some_and(|renewal| now < renewal)
    }
}

impl ProvideCredentials for IamToken {
    fn credentials(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>> {
        Box::pin(async { Ok(Credentials::Token(self.token().await?.value)) })
    }

    fn invalidate(&self, rejected: &Credentials) -> bool {
        let Credentials::Token(rejected) = rejected else { return false };
        let mut state = self.inner.state();
        // Another caller may have a new token already.
        if state.held.as_ref().is_some_and(|held| held.token.value == *rejected) {
            state.held = None;
        }
        true
    }
}

impl fmt::Debug for IamToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { iam, login, project, .. } = &*self.inner;
        let mut shown = f.debug_struct("IamToken");
        shown.field("iam", &iam.as_str()).field("login", login).field("project", project).finish_non_exhaustive()
    }
}
