//! A setting, its value, and where the value comes from.

use std::fmt;

use drs_types::Redacted;

/// A setting that a source may have.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
#[non_exhaustive]
pub enum Setting {
    /// A token from IAM.
    Token,
    /// The id of an access key (AK).
    AccessKey,
    /// The secret of an access key (SK).
    SecretKey,
    /// The security token of a temporary access key.
    SecurityToken,
    /// The name of an IAM user.
    User,
    /// The password of an IAM user.
    Password,
    /// The name of the domain, or account, of an IAM user.
    Domain,
    /// The id of the project.
    ProjectId,
    /// The name of the project.
    ProjectName,
    /// The region.
    Region,
    /// The address of the service.
    Endpoint,
    /// The address of IAM.
    IamEndpoint,
    /// The PEM file of the certificate authorities that are trusted instead of those of this machine.
    CaFile,
}

impl Setting {
    /// Returns its name for users.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::AccessKey => "access key",
            Self::SecretKey => "secret key",
            Self::SecurityToken => "security token",
            Self::User => "user",
            Self::Password => "password",
            Self::Domain => "domain",
            Self::ProjectId => "project id",
            Self::ProjectName => "project name",
            Self::Region => "region",
            Self::Endpoint => "endpoint",
            Self::IamEndpoint => "IAM endpoint",
            Self::CaFile => "CA file",
        }
    }

    /// Whether its value must not be shown.
    #[must_use]
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Token | Self::SecretKey | Self::SecurityToken | Self::Password)
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The origin of a value.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Origin {
    /// An option of the command line, or an argument of a call, by its name.
    Flag(String),
    /// A variable of the environment, by its name.
    Variable(String),
    /// A file.
    File {
        /// The path of the file.
        path: String,
        /// The section and key in it, such as `[basic] ak` or `clouds.otc.auth.password`.
        place: String,
    },
    /// The documented address of a region.
    Region(String),
    /// The documented region of an IAM endpoint, by the address.
    IamEndpoint(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) | Self::Variable(name) => f.write_str(name),
            Self::File { path, place } => write!(f, "{path}: {place}"),
            Self::Region(region) => write!(f, "the documented address of the region {region}"),
            Self::IamEndpoint(address) => write!(f, "the region of {address}"),
        }
    }
}

/// A value and where it comes from.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Found<T> {
    /// The value.
    pub value: T,
    /// The origin.
    pub origin: Origin,
}

impl<T> Found<T> {
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Found<U> {
        Found { value: change(self.value), origin: self.origin }
    }
}

/// One source: a group of variables, a file, or the flags. It says each setting once at most.
#[derive(Clone, Debug)]
pub(crate) struct Layer {
    /// Sources of one family are of one user of one cloud.
    pub(crate) family: Family,
    /// Redacted, because some are secrets.
    values: Vec<(Setting, Found<Redacted>)>,
    /// The place where this source would have a setting.
    places: Vec<(Setting, Origin)>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Family {
    Flags,
    Ours,
    VendorSdk,
    Terraform,
    OpenStack,
}

impl Layer {
    /// Creates a source whose settings have places, looked up one by one. Of two places of one setting, the first with
    /// a value counts. An empty value counts as none.
    pub(crate) fn new(family: Family, places: Vec<(Setting, Origin)>, mut values: Vec<Option<String>>) -> Self {
        let mut found: Vec<(Setting, Found<Redacted>)> = Vec::new();
        for ((setting, origin), value) in places.iter().zip(&mut values) {
            if let Some(value) = value.take().filter(|value| !value.is_empty())
                && !found.iter().any(|(known, _)| known == setting)
            {
                found.push((*setting, Found { value: value.into(), origin: origin.clone() }));
            }
        }
        Self { family, values: found, places }
    }

    pub(crate) fn get(&self, setting: Setting) -> Option<Found<Redacted>> {
        self.values.iter().find(|(known, _)| *known == setting).map(|(_, found)| found.clone())
    }

    /// The place where this source would have a setting.
    pub(crate) fn place(&self, setting: Setting) -> Option<Origin> {
        self.places.iter().find(|(known, _)| *known == setting).map(|(_, origin)| origin.clone())
    }
}
