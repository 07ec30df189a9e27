//! The combined configuration of all sources.

use std::fmt;

use drs_types::Redacted;
use drs_types::common::ProjectId;
use url::Url;

use super::setting::{Found, Origin, Setting};
use crate::AccessKey;
use crate::iam::{PasswordLogin, Project};

/// The combined configuration of all sources; a setting that no source has is `None`.
///
/// `Display` lists every value with its origin, with secrets masked.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Configuration {
    /// The credentials.
    pub credentials: Option<CredentialConfig>,
    /// The id of the project.
    pub project_id: Option<Found<ProjectId>>,
    /// The name of the project.
    pub project_name: Option<Found<String>>,
    /// The region.
    pub region: Option<Found<String>>,
    /// The address of the service.
    pub endpoint: Option<Found<Url>>,
    /// The address of IAM, without the version of its API.
    pub iam_endpoint: Option<Found<Url>>,
    /// The path of the PEM file of the certificate authorities that are trusted instead of those of this machine.
    pub ca_file: Option<Found<String>>,
}

/// The kind of credentials, with their values.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum CredentialConfig {
    /// A token from IAM.
    Token(Found<Redacted>),
    /// An access key that signs requests.
    AccessKey {
        /// The id of the key (AK).
        access: Found<String>,
        /// The secret of the key (SK).
        secret: Found<Redacted>,
        /// The security token of a temporary key.
        security_token: Option<Found<Redacted>>,
    },
    /// A user and a password, for which IAM gives a token.
    Password {
        /// The name of the user.
        user: Found<String>,
        /// The password.
        password: Found<Redacted>,
        /// The name of the domain.
        domain: Found<String>,
    },
}

impl CredentialConfig {
    /// The access key, if it is one.
    #[must_use]
    pub fn access_key(&self) -> Option<AccessKey> {
        let Self::AccessKey { access, secret, security_token } = self else { return None };
        let key = AccessKey::new(access.value.clone(), secret.value.expose());
        Some(match security_token {
            Some(token) => key.with_security_token(token.value.expose()),
            None => key,
        })
    }

    /// The user and the password, if they are given.
    #[must_use]
    pub fn login(&self) -> Option<PasswordLogin> {
        let Self::Password { user, password, domain } = self else { return None };
        let (user, password) = (user.value.clone(), password.value.clone());
        Some(PasswordLogin { user, password, domain: domain.value.clone() })
    }
}

/// A line of [`Configuration::entries`].
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Entry {
    /// The setting.
    pub setting: Setting,
    /// Its value; a secret is masked.
    pub value: String,
    /// The origin of the value.
    pub origin: Origin,
}

impl Configuration {
    /// The project that a token is asked for: by its id, else by its name, else the project that every region has.
    #[must_use]
    pub fn project(&self) -> Option<Project> {
        if let Some(id) = &self.project_id {
            return Some(Project::Id(id.value.clone()));
        }
        self.project_name.as_ref().or(self.region.as_ref()).map(|name| Project::Name(name.value.clone()))
    }

    /// Every value with its origin, in the order of [`Setting`]. Secrets are masked.
    #[must_use]
    pub fn entries(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        let mut add = |setting, value: &str, origin: &Origin| {
            entries.push(Entry { setting, value: value.to_owned(), origin: origin.clone() });
        };
        match &self.credentials {
            Some(CredentialConfig::Token(token)) => add(Setting::Token, Redacted::MASK, &token.origin),
            Some(CredentialConfig::AccessKey { access, secret, security_token }) => {
                add(Setting::AccessKey, &access.value, &access.origin);
                add(Setting::SecretKey, Redacted::MASK, &secret.origin);
                if let Some(token) = security_token {
                    add(Setting::SecurityToken, Redacted::MASK, &token.origin);
                }
            }
            Some(CredentialConfig::Password { user, password, domain }) => {
                add(Setting::User, &user.value, &user.origin);
                add(Setting::Password, Redacted::MASK, &password.origin);
                add(Setting::Domain, &domain.value, &domain.origin);
            }
            None => {}
        }
        if let Some(id) = &self.project_id {
            add(Setting::ProjectId, id.value.as_str(), &id.origin);
        }
        for (setting, name) in [(Setting::ProjectName, &self.project_name), (Setting::Region, &self.region)] {
            if let Some(name) = name {
                add(setting, &name.value, &name.origin);
            }
        }
        for (setting, url) in [(Setting::Endpoint, &self.endpoint), (Setting::IamEndpoint, &self.iam_endpoint)] {
            if let Some(url) = url {
                add(setting, url.value.as_str().trim_end_matches('/'), &url.origin);
            }
        }
        if let Some(file) = &self.ca_file {
            add(Setting::CaFile, &file.value, &file.origin);
        }
        entries
    }
}

impl fmt::Display for Configuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Entry { setting, value, origin } in self.entries() {
            writeln!(f, "{:<15} {value}  ({origin})", setting.name())?;
        }
        Ok(())
    }
}
