//! The places where users keep credentials, and their order. Nothing is read here: a caller passes a lookup of variables, and
//! the contents of files.
//!
//! The order is: flags, then variables, then files. More exactly:
//!
//! 1. flags, which the caller names;
//! 2. our own variable `DRS_ENDPOINT`;
//! 3. the variables of the vendor's SDKs, `HUAWEICLOUD_SDK_…`;
//! 4. those of the vendor's Terraform provider, `HW_…`;
//! 5. those of OpenStack, `OS_…`;
//! 6. the credentials file of the vendor's SDKs;
//! 7. the cloud of `clouds.yaml` that `OS_CLOUD` names.
//!
//! [`variables()`] lists the names. Credentials come whole from the first source that has any; a source with half of an
//! access key is an error, and never filled up from another source. In one source, a token comes before an access key,
//! and an access key before a user with a password. A file that cannot be read is an error when no source before it has
//! credentials.
//!
//! Region, project and endpoint come from the first source that has them. A region that is given by a flag has its own
//! address: the one of `HUAWEICLOUD_SDK_REGION_DRS_…`, else of the regions file of the vendor's SDKs, else the documented
//! one. Without such a flag, `DRS_ENDPOINT` comes
//! first. The address of IAM is taken from a flag, or from sources of the same tool as the credentials, so that a password
//! never goes to another cloud; else it is the documented one of the region. The certificate authorities are those of the
//! tool of the credentials, too; with credentials of a flag, those of any source.

mod configuration;
mod error;
mod files;
mod setting;
mod variables;

pub use configuration::{Configuration, CredentialConfig, Entry};
pub use error::SourceError;
pub use files::{clouds_yaml_paths, credentials_file_path, regions_file_path};
pub use setting::{Found, Origin, Setting};
pub use variables::{endpoint_variable, variables};

use drs_types::common::ProjectId;
use drs_types::operation::ServerInfo;
use drs_types::{Redacted, SERVERS};
use url::Url;

use crate::endpoint::{EndpointError, parse, parse_iam};
use files::File;
use setting::{Family, Layer};

/// All sources of one run. See the [module](self) for their order.
///
/// ```
/// use drs_auth::sources::{CredentialConfig, Setting, Sources};
///
/// let environment = |name: &str| match name {
///     "HW_ACCESS_KEY" => Some("AKEXAMPLE".to_owned()),
///     "HW_SECRET_KEY" => Some("hunter2".to_owned()),
///     _ => None,
/// };
/// let found = Sources::new(&environment).flag(Setting::Region, "--region", "eu-de").resolve()?;
/// assert!(matches!(found.credentials, Some(CredentialConfig::AccessKey { .. })));
/// assert_eq!(found.endpoint.as_ref().unwrap().value.as_str(), "https://drs.eu-de.otc.t-systems.com/");
/// assert_eq!(
///     found.to_string(),
///     "access key      AKEXAMPLE  (HW_ACCESS_KEY)\n\
///      secret key      •••  (HW_SECRET_KEY)\n\
///      region          eu-de  (--region)\n\
///      endpoint        https://drs.eu-de.otc.t-systems.com  (the documented address of the region eu-de)\n\
///      IAM endpoint    https://iam.eu-de.otc.t-systems.com  (the documented address of the region eu-de)\n"
/// );
/// # Ok::<(), drs_auth::sources::SourceError>(())
/// ```
#[must_use]
pub struct Sources<'a> {
    environment: &'a dyn Fn(&str) -> Option<String>,
    flags: Vec<(Setting, Origin)>,
    flag_values: Vec<Option<String>>,
    credentials_file: Option<File<'a>>,
    clouds_yaml: Option<File<'a>>,
    regions_file: Option<File<'a>>,
}

impl<'a> Sources<'a> {
    /// Sources without flags and files. An empty variable counts as missing.
    pub fn new(environment: &'a dyn Fn(&str) -> Option<String>) -> Self {
        let (flags, flag_values) = (Vec::new(), Vec::new());
        Self { environment, flags, flag_values, credentials_file: None, clouds_yaml: None, regions_file: None }
    }

    /// Adds what a user says in this very call. `name` is what the user knows it by, such as `--region`.
    pub fn flag(mut self, setting: Setting, name: &str, value: impl Into<String>) -> Self {
        self.flags.push((setting, Origin::Flag(name.to_owned())));
        self.flag_values.push(Some(value.into()));
        self
    }

    /// Adds the credentials file of the vendor's SDKs: see [`credentials_file_path`].
    pub fn credentials_file(mut self, path: &'a str, text: &'a str) -> Self {
        self.credentials_file = Some(File { path, text });
        self
    }

    /// Adds `clouds.yaml`: see [`clouds_yaml_paths`].
    pub fn clouds_yaml(mut self, path: &'a str, text: &'a str) -> Self {
        self.clouds_yaml = Some(File { path, text });
        self
    }

    /// Adds the regions file of the vendor's SDKs: see [`regions_file_path`].
    pub fn regions_file(mut self, path: &'a str, text: &'a str) -> Self {
        self.regions_file = Some(File { path, text });
        self
    }

    /// Combines the sources.
    ///
    /// # Errors
    /// See [`SourceError`].
    pub fn resolve(self) -> Result<Configuration, SourceError> {
        let Self { environment, flags, flag_values, credentials_file, clouds_yaml, regions_file } = self;
        let flags = Layer::new(Family::Flags, flags, flag_values);
        let mut layers: Vec<Result<Layer, SourceError>> = vec![Ok(flags)];
        layers.extend(variables::layers(environment).into_iter().map(Ok));
        layers.extend(credentials_file.map(files::credentials_file));
        let cloud = environment("OS_CLOUD").filter(|cloud| !cloud.is_empty());
        layers.extend(cloud.map(|cloud| files::cloud(clouds_yaml, &cloud)));

        let chosen = credentials(&layers)?;
        let family = chosen.as_ref().map(|(family, _)| *family);
        let readable: Vec<&Layer> = layers.iter().filter_map(|layer| layer.as_ref().ok()).collect();
        let first = |setting| readable.iter().find_map(|layer| layer.get(setting)).map(shown);
        let related = |layer: &&&Layer| layer.family == Family::Flags || Some(layer.family) == family;
        let given_iam = readable.iter().filter(related).find_map(|layer| layer.get(Setting::IamEndpoint)).map(shown);
        let given_iam = given_iam.map(|found| address(Setting::IamEndpoint, found, parse_iam)).transpose()?;
        let region = first(Setting::Region).or_else(|| region_of(given_iam.as_ref()?));
        let iam_endpoint = match given_iam {
            Some(given) => Some(given),
            None => region.as_ref().and_then(iam_of_region),
        };
        let endpoint = endpoint(environment, regions_file, &readable, region.as_ref())?;
        // The authority of one cloud says nothing about another one.
        let is_of_tool = |layer: &&&Layer| match family {
            None | Some(Family::Flags) => true,
            Some(tool) => layer.family == tool,
        };
        let ca_file = readable.iter().filter(is_of_tool).find_map(|layer| layer.get(Setting::CaFile)).map(shown);
        Ok(Configuration {
            credentials: chosen.map(|(_, credentials)| credentials),
            project_id: first(Setting::ProjectId).map(project_id).transpose()?,
            project_name: first(Setting::ProjectName),
            region,
            endpoint: endpoint.map(|found| address(Setting::Endpoint, found, parse)).transpose()?,
            iam_endpoint,
            ca_file,
        })
    }
}

/// The credentials of the first source that has any, and its family.
fn credentials(layers: &[Result<Layer, SourceError>]) -> Result<Option<(Family, CredentialConfig)>, SourceError> {
    for layer in layers {
        let layer = layer.as_ref().map_err(Clone::clone)?;
        if let Some(found) = of_layer(layer)? {
            return Ok(Some((layer.family, found)));
        }
    }
    Ok(None)
}

fn of_layer(layer: &Layer) -> Result<Option<CredentialConfig>, SourceError> {
    if let Some(token) = layer.get(Setting::Token) {
        return Ok(Some(CredentialConfig::Token(token)));
    }
    if let Some([access, secret]) = all(layer, [Setting::AccessKey, Setting::SecretKey])? {
        let (access, security_token) = (shown(access), layer.get(Setting::SecurityToken));
        return Ok(Some(CredentialConfig::AccessKey { access, secret, security_token }));
    }
    if let Some([user, password]) = all(layer, [Setting::User, Setting::Password])?
        && let Some([_, domain]) = all(layer, [Setting::User, Setting::Domain])?
    {
        return Ok(Some(CredentialConfig::Password { user: shown(user), password, domain: shown(domain) }));
    }
    Ok(None)
}

/// Both of two settings that mean nothing alone; `None` when there is neither.
fn all(layer: &Layer, [one, other]: [Setting; 2]) -> Result<Option<[Found<Redacted>; 2]>, SourceError> {
    let half = |present: Setting, found: Found<Redacted>, missing: Setting| {
        let place = layer.place(missing);
        Err(SourceError::Half { missing, place, present, origin: found.origin })
    };
    match (layer.get(one), layer.get(other)) {
        (Some(first), Some(second)) => Ok(Some([first, second])),
        (Some(found), None) => half(one, found, other),
        (None, Some(found)) => half(other, found, one),
        (None, None) => Ok(None),
    }
}

/// Converts a value that is not a secret.
fn shown(found: Found<Redacted>) -> Found<String> {
    found.map(|value| value.expose().to_owned())
}

fn project_id(found: Found<String>) -> Result<Found<ProjectId>, SourceError> {
    match found.value.parse() {
        Ok(value) => Ok(Found { value, origin: found.origin }),
        Err(problem) => Err(SourceError::ProjectId { origin: found.origin, problem }),
    }
}

fn address(
    setting: Setting,
    found: Found<String>,
    parse: fn(&str) -> Result<Url, EndpointError>,
) -> Result<Found<Url>, SourceError> {
    let Found { value, origin } = found;
    match parse(&value) {
        Ok(value) => Ok(Found { value, origin }),
        Err(problem) => Err(SourceError::Endpoint { setting, origin, problem }),
    }
}

/// The address of the service.
fn endpoint(
    environment: &dyn Fn(&str) -> Option<String>,
    regions_file: Option<File<'_>>,
    layers: &[&Layer],
    region: Option<&Found<String>>,
) -> Result<Option<Found<String>>, SourceError> {
    let given = layers.iter().find_map(|layer| Some((layer.family, shown(layer.get(Setting::Endpoint)?))));
    let flag_names_region = region.is_some_and(|region| matches!(region.origin, Origin::Flag(_)));
    match (given, region) {
        (Some((family, endpoint)), _) if family == Family::Flags || !flag_names_region => Ok(Some(endpoint)),
        (_, Some(region)) => of_region(environment, regions_file, region).map(Some),
        (_, None) => Ok(None),
    }
}

/// The address of the service in a region. The vendor's SDKs allow several in their variable; the first counts.
fn of_region(
    environment: &dyn Fn(&str) -> Option<String>,
    regions_file: Option<File<'_>>,
    region: &Found<String>,
) -> Result<Found<String>, SourceError> {
    let name = endpoint_variable(&region.value);
    let value = environment(&name)
        .and_then(|list| list.split(',').map(str::trim).find(|one| !one.is_empty()).map(str::to_owned));
    if let Some(value) = value {
        return Ok(Found { value, origin: Origin::Variable(name) });
    }
    if let Some(found) = regions_file.map(|file| files::endpoint_of(file, &region.value)).transpose()?.flatten() {
        return Ok(found);
    }
    let Found { value: region, origin } = region.clone();
    match ServerInfo::of(&region) {
        Some(server) => Ok(Found { value: server.endpoint(&region), origin: Origin::Region(region) }),
        None => {
            let known = SERVERS.iter().flat_map(|server| server.regions).copied().collect();
            Err(SourceError::UnknownRegion { region, origin, known })
        }
    }
}

fn iam_of_region(region: &Found<String>) -> Option<Found<Url>> {
    let value = parse_iam(&ServerInfo::of(&region.value)?.iam_endpoint(&region.value)).ok()?;
    Some(Found { value, origin: Origin::Region(region.value.clone()) })
}

/// The region whose documented IAM endpoint this is.
fn region_of(iam: &Found<Url>) -> Option<Found<String>> {
    let mut regions = SERVERS.iter().flat_map(|server| server.regions);
    let region = regions.find(|region| {
        let documented = ServerInfo::of(region).and_then(|server| parse_iam(&server.iam_endpoint(region)).ok());
        documented.as_ref() == Some(&iam.value)
    })?;
    Some(Found { value: (*region).to_owned(), origin: Origin::IamEndpoint(iam.value.to_string()) })
}
