//! The files in which users keep credentials, and how they are read.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ini::{Ini, ParseOption};
use serde::Deserialize;

use super::error::SourceError;
use super::setting::{Family, Found, Layer, Origin, Setting};

/// A file that the caller has read.
#[derive(Clone, Copy)]
pub(super) struct File<'a> {
    pub(super) path: &'a str,
    pub(super) text: &'a str,
}

/// Returns the path of the credentials file of the vendor's SDKs: the value of `HUAWEICLOUD_SDK_CREDENTIALS_FILE`, else
/// `.huaweicloud/credentials` in the home folder.
pub fn credentials_file_path(environment: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let named = set(&environment, "HUAWEICLOUD_SDK_CREDENTIALS_FILE").map(PathBuf::from);
    named.or_else(|| Some(home(&environment)?.join(".huaweicloud").join("credentials")))
}

/// Where `clouds.yaml` may be; the first of these files that exists counts: what `OS_CLIENT_CONFIG_FILE` names, else in
/// the working folder, in `openstack` of the folder for configuration, or in `/etc/openstack`.
pub fn clouds_yaml_paths(environment: impl Fn(&str) -> Option<String>) -> Vec<PathBuf> {
    if let Some(named) = set(&environment, "OS_CLIENT_CONFIG_FILE") {
        return vec![named.into()];
    }
    let config = set(&environment, "XDG_CONFIG_HOME").map(PathBuf::from);
    let config = config.or_else(|| Some(home(&environment)?.join(".config")));
    let folders = [Some(PathBuf::new()), config.map(|folder| folder.join("openstack")), Some("/etc/openstack".into())];
    folders.into_iter().flatten().map(|folder| folder.join("clouds.yaml")).collect()
}

/// Returns the path of the regions file of the vendor's SDKs: the value of `HUAWEICLOUD_SDK_REGIONS_FILE`, else
/// `.huaweicloud/regions.yaml` in the home folder.
pub fn regions_file_path(environment: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let named = set(&environment, "HUAWEICLOUD_SDK_REGIONS_FILE").map(PathBuf::from);
    named.or_else(|| Some(home(&environment)?.join(".huaweicloud").join("regions.yaml")))
}

fn set(environment: &impl Fn(&str) -> Option<String>, name: &str) -> Option<String> {
    environment(name).filter(|value| !value.is_empty())
}

fn home(environment: &impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    set(environment, "HOME").or_else(|| set(environment, "USERPROFILE")).map(PathBuf::from)
}

/// The credentials file of the vendor's SDKs. Its values are taken as they are: `%`, quotes, `#` and `\` mean themselves.
/// The section `[basic]` is for services of a region, such as this one; `[global]` counts where there is no other.
pub(super) fn credentials_file(file: File<'_>) -> Result<Layer, SourceError> {
    const KEYS: [(Setting, &str); 5] = [
        (Setting::AccessKey, "ak"),
        (Setting::SecretKey, "sk"),
        (Setting::SecurityToken, "security_token"),
        (Setting::ProjectId, "project_id"),
        (Setting::IamEndpoint, "iam_endpoint"),
    ];
    let options = ParseOption { enabled_quote: false, enabled_escape: false, ..ParseOption::default() };
    let ini = Ini::load_from_str_opt(file.text, options).map_err(|error| SourceError::Syntax {
        path: file.path.to_owned(),
        // The library notices some mistakes after the last line.
        line: error.line.min(file.text.lines().count()),
        // The message of the library may quote a secret.
        expected: "sections such as `[basic]`, with lines such as `ak = …`",
    })?;
    let section = ["basic", "global"].into_iter().find(|name| ini.section(Some(*name)).is_some()).unwrap_or("basic");
    let value = |key: &str| {
        let mut properties = ini.section(Some(section))?.iter();
        properties.rfind(|(name, _)| name.trim().eq_ignore_ascii_case(key)).map(|(_, value)| value.to_owned())
    };
    let origin = |key: &str| Origin::File { path: file.path.to_owned(), place: format!("[{section}] {key}") };
    let places = KEYS.iter().map(|(setting, key)| (*setting, origin(key))).collect();
    Ok(Layer::new(Family::VendorSdk, places, KEYS.iter().map(|(_, key)| value(key)).collect()))
}

/// One cloud of `clouds.yaml`.
pub(super) fn cloud(file: Option<File<'_>>, name: &str) -> Result<Layer, SourceError> {
    let Some(file) = file else { return Err(SourceError::NoCloudsFile { cloud: name.to_owned() }) };
    let read: Result<Clouds, _> = serde_saphyr::from_str(file.text);
    let mut clouds = read.map_err(|error| SourceError::Syntax {
        path: file.path.to_owned(),
        line: error.location().map_or(0, |at| usize::try_from(at.line()).unwrap_or(0)),
        expected: "YAML with an object `clouds`, and in it for each cloud an object `auth` of strings",
    })?;
    let Some(Cloud { auth, region_name, cacert, verify }) = clouds.clouds.remove(name) else {
        let known = clouds.clouds.into_keys().collect();
        return Err(SourceError::NoCloud { cloud: name.to_owned(), path: file.path.to_owned(), known });
    };
    let origin = |key: &str| Origin::File { path: file.path.to_owned(), place: format!("clouds.{name}.{key}") };
    if verify == Some(false) {
        return Err(SourceError::Unverified { origin: origin("verify") });
    }
    let rows = [
        (Setting::Token, "auth.token", auth.token),
        (Setting::AccessKey, "auth.ak", auth.ak),
        (Setting::SecretKey, "auth.sk", auth.sk),
        (Setting::SecurityToken, "auth.security_token", auth.security_token),
        (Setting::User, "auth.username", auth.username),
        (Setting::Password, "auth.password", auth.password),
        (Setting::Domain, "auth.user_domain_name", auth.user_domain_name),
        (Setting::Domain, "auth.domain_name", auth.domain_name),
        (Setting::ProjectId, "auth.project_id", auth.project_id),
        (Setting::ProjectName, "auth.project_name", auth.project_name),
        (Setting::Region, "region_name", region_name),
        (Setting::IamEndpoint, "auth.auth_url", auth.iam),
        (Setting::CaFile, "cacert", cacert),
    ];
    let (places, values) = rows.into_iter().map(|(setting, key, value)| ((setting, origin(key)), value)).unzip();
    Ok(Layer::new(Family::OpenStack, places, values))
}

#[derive(Deserialize)]
struct Clouds {
    clouds: BTreeMap<String, Cloud>,
}

#[derive(Deserialize)]
struct Cloud {
    #[serde(default)]
    auth: Auth,
    region_name: Option<String>,
    cacert: Option<String>,
    verify: Option<bool>,
}

#[derive(Default, Deserialize)]
struct Auth {
    token: Option<String>,
    ak: Option<String>,
    sk: Option<String>,
    security_token: Option<String>,
    username: Option<String>,
    password: Option<String>,
    user_domain_name: Option<String>,
    domain_name: Option<String>,
    project_id: Option<String>,
    project_name: Option<String>,
    #[serde(rename = "auth_url")]
    iam: Option<String>,
}

/// Returns the address of the service in a region, from the regions file of the vendor's SDKs. Of several, the first counts.
pub(super) fn endpoint_of(file: File<'_>, region: &str) -> Result<Option<Found<String>>, SourceError> {
    let read: Result<Regions, _> = serde_saphyr::from_str(file.text);
    let regions = read.map_err(|error| SourceError::Syntax {
        path: file.path.to_owned(),
        line: error.location().map_or(0, |at| usize::try_from(at.line()).unwrap_or(0)),
        expected: "YAML with an array `DRS` of objects with `id`, and `endpoint` or `endpoints`",
    })?;
    let named = regions.drs.into_iter().find(|known| known.id == region);
    let endpoint = named.and_then(|region| region.endpoint.or_else(|| region.endpoints.into_iter().next()));
    let place = format!("DRS.{region}");
    Ok(endpoint.map(|value| Found { value, origin: Origin::File { path: file.path.to_owned(), place } }))
}

#[derive(Deserialize)]
struct Regions {
    #[serde(default, rename = "DRS")]
    drs: Vec<Region>,
}

#[derive(Deserialize)]
struct Region {
    id: String,
    endpoint: Option<String>,
    #[serde(default)]
    endpoints: Vec<String>,
}
