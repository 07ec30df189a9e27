//! Why the service refuses a call that changes nothing: one line for each cause.

use std::fmt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use drs_auth::iam::{IamError, find_project};
use drs_auth::sources::{Configuration, CredentialConfig};
use drs_auth::{AccessKey, MAX_CLOCK_SKEW, Signer, canonical_difference};
use drs_client::Error;
use drs_types::common::ErrorCode;
use http::HeaderValue;
use http::request::Parts;

use crate::connect::{fixed, iam_sender, project_name};
use crate::settings::Network;

/// The beginnings of access keys of other vendors.
const OTHER_VENDORS: [(&str, &str); 5] = [
    ("AKIA", "Amazon Web Services"),
    ("ASIA", "Amazon Web Services"),
    ("LTAI", "Alibaba Cloud"),
    ("AKID", "Tencent Cloud"),
    ("GOOG", "Google Cloud"),
];

/// The word before the canonical request that a gateway echoes.
const ECHO: &str = "canonicalRequest";

/// A request as it was sent, and when its response came.
pub(crate) struct Exchange {
    pub(crate) head: Parts,
    pub(crate) body: Bytes,
    /// The time of the service.
    pub(crate) date: Option<HeaderValue>,
    pub(crate) received_at: SystemTime,
}

/// Shows nothing of the request, which has secrets.
impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange").finish_non_exhaustive()
    }
}

/// A refused call, and what is known of it.
pub(crate) struct Diagnosis<'a> {
    pub(crate) error: &'a Error,
    pub(crate) exchange: Option<&'a Exchange>,
    pub(crate) configuration: &'a Configuration,
}

impl Diagnosis<'_> {
    /// Returns what is wrong with the settings; `None` when the error says it best.
    pub(crate) async fn explain(&self, network: &Network) -> Option<String> {
        let status = self.error.status()?.as_u16();
        match self.error.code() {
            Some(ErrorCode::DrsM00101 | ErrorCode::DrsM00102 | ErrorCode::DrsM00103 | ErrorCode::DrsM00105) => {
                return Some(self.rights());
            }
            Some(ErrorCode::DrsM00261) => return Some(self.another_project()),
            _ => {}
        }
        let is_of_the_service = self.error.code().is_some_and(|code| code.meaning().is_some());
        match status {
            401 | 403 => {}
            404 if !is_of_the_service => return Some(self.region()),
            _ => return None,
        }
        let key = self.configuration.credentials.as_ref().and_then(CredentialConfig::access_key);
        let of_key = key.as_ref().and_then(|key| self.clock().or_else(|| of_other_vendor(key)));
        if let Some(found) = of_key.or_else(|| self.signature(key.as_ref()?)) {
            return Some(found);
        }
        match self.project(network).await {
            Some(found) => Some(found),
            None if status == 403 => Some(self.rights()),
            None => Some(self.credentials()),
        }
    }

    /// Compares the clock of this machine with the `Date` of the response.
    fn clock(&self) -> Option<String> {
        let Exchange { date, received_at, .. } = self.exchange?;
        let theirs = httpdate::parse_http_date(date.as_ref()?.to_str().ok()?).ok()?;
        let (skew, direction) = match received_at.duration_since(theirs) {
            Ok(ahead) => (ahead, "ahead of"),
            Err(behind) => (behind.duration(), "behind"),
        };
        let minutes = |time: Duration| time.as_secs() / 60;
        (skew > MAX_CLOCK_SKEW).then(|| {
            format!(
                "clock: this machine is {} minutes {direction} the service, and a signature is valid for {}",
                minutes(skew),
                minutes(MAX_CLOCK_SKEW)
            )
        })
    }

    /// Compares the signed request with the one that the gateway echoes.
    fn signature(&self, key: &AccessKey) -> Option<String> {
        let Error::Refused { message: Some(message), .. } = self.error else { return None };
        let (_, echo) = message.split_once(ECHO)?;
        let echo = echo.trim_start_matches([':', '=', ' ', '"']).trim_end_matches(['"', ' ', '.']);
        let Exchange { head, body, received_at, .. } = self.exchange?;
        let ours = Signer::new(key).sign(head, body, *received_at).ok()?.canonical_request;
        Some(match canonical_difference(&ours, echo) {
            Some(difference) => format!("signature: something on the way changes the request: {difference}"),
            None => format!(
                "secret key: it is not the one of the access key {} ({})",
                key.access,
                self.origin_of_secret().unwrap_or_default()
            ),
        })
    }

    fn origin_of_secret(&self) -> Option<String> {
        match &self.configuration.credentials {
            Some(CredentialConfig::AccessKey { secret, .. }) => Some(secret.origin.to_string()),
            _ => None,
        }
    }

    /// Asks IAM for the project with the same credentials.
    async fn project(&self, network: &Network) -> Option<String> {
        let Configuration { credentials, project_id, endpoint, iam_endpoint, .. } = self.configuration;
        let (iam, name) = (iam_endpoint.as_ref()?, project_name(self.configuration)?);
        let credentials = fixed(credentials.as_ref()?)?;
        let send = iam_sender(self.configuration, iam.value.as_str(), network).ok()?;
        match find_project(&iam.value, name, &credentials, &send, SystemTime::now()).await {
            Ok(id) => match project_id {
                Some(given) if given.value != id => Some(format!(
                    "project: the project {name:?} has the id {id}, and {} ({}) is another one",
                    given.value, given.origin
                )),
                _ if self.error.status()? == 401 => Some(format!(
                    "region: IAM accepts the credentials for {name:?}, but the endpoint {} ({}) does not",
                    endpoint.as_ref()?.value,
                    endpoint.as_ref()?.origin
                )),
                _ => None,
            },
            Err(error @ (IamError::NoProject { .. } | IamError::SeveralProjects { .. })) => {
                Some(format!("project: {error}"))
            }
            Err(_) => None,
        }
    }

    fn another_project(&self) -> String {
        match &self.configuration.project_id {
            Some(given) => {
                format!("project: the credentials are not of the project {} ({})", given.value, given.origin)
            }
            None => "project: the credentials are not of the project that IAM names".to_owned(),
        }
    }

    fn rights(&self) -> String {
        let meaning = self.error.code().and_then(ErrorCode::meaning);
        format!("rights: {}", meaning.unwrap_or("the user may not list tasks in this project; IAM policies allow it"))
    }

    fn region(&self) -> String {
        let endpoint = self.configuration.endpoint.as_ref();
        let shown = endpoint.map(|endpoint| format!("{} ({})", endpoint.value, endpoint.origin));
        format!("region: there is no such API at the endpoint {}", shown.unwrap_or_default())
    }

    fn credentials(&self) -> String {
        match &self.configuration.credentials {
            Some(CredentialConfig::AccessKey { access, .. }) => format!(
                "access key: the service does not know {} ({}), or it is of another region or vendor",
                access.value, access.origin
            ),
            Some(CredentialConfig::Token(token)) => format!(
                "token: it ({}) is expired, or of another project or region; a token is valid for 24 hours",
                token.origin
            ),
            _ => "token: the service does not accept the token of IAM; is its endpoint of the same region?".to_owned(),
        }
    }
}

fn of_other_vendor(key: &AccessKey) -> Option<String> {
    let (_, vendor) = OTHER_VENDORS.iter().find(|(start, _)| key.access.starts_with(start))?;
    Some(format!("access key: {} has the form of a key of {vendor}, not of this cloud", key.access))
}
