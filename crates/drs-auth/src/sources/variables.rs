//! The variables of the environment, and who else reads them.

use super::setting::{Family, Layer, Origin, Setting};

type Table = &'static [(Setting, &'static str)];

/// Our own variables.
const OURS: Table = &[(Setting::Endpoint, "DRS_ENDPOINT")];

/// Those of the vendor's SDKs.
const VENDOR_SDK: Table = &[
    (Setting::AccessKey, "HUAWEICLOUD_SDK_AK"),
    (Setting::SecretKey, "HUAWEICLOUD_SDK_SK"),
    (Setting::SecurityToken, "HUAWEICLOUD_SDK_SECURITY_TOKEN"),
    (Setting::ProjectId, "HUAWEICLOUD_SDK_PROJECT_ID"),
    (Setting::IamEndpoint, "HUAWEICLOUD_SDK_IAM_ENDPOINT"),
];

/// Those of the vendor's Terraform provider.
const TERRAFORM: Table = &[
    (Setting::Token, "HW_AUTH_TOKEN"),
    (Setting::AccessKey, "HW_ACCESS_KEY"),
    (Setting::SecretKey, "HW_SECRET_KEY"),
    (Setting::SecurityToken, "HW_SECURITY_TOKEN"),
    (Setting::User, "HW_USER_NAME"),
    (Setting::Password, "HW_USER_PASSWORD"),
    (Setting::Domain, "HW_DOMAIN_NAME"),
    (Setting::ProjectId, "HW_PROJECT_ID"),
    (Setting::ProjectName, "HW_PROJECT_NAME"),
    (Setting::Region, "HW_REGION_NAME"),
    (Setting::IamEndpoint, "HW_AUTH_URL"),
];

/// Those of OpenStack, which Open Telekom Cloud reads.
const OPENSTACK: Table = &[
    (Setting::Token, "OS_TOKEN"),
    (Setting::Token, "OS_AUTH_TOKEN"),
    (Setting::AccessKey, "OS_ACCESS_KEY"),
    (Setting::SecretKey, "OS_SECRET_KEY"),
    (Setting::SecurityToken, "OS_SECURITY_TOKEN"),
    (Setting::User, "OS_USERNAME"),
    (Setting::Password, "OS_PASSWORD"),
    (Setting::Domain, "OS_USER_DOMAIN_NAME"),
    (Setting::Domain, "OS_DOMAIN_NAME"),
    (Setting::ProjectId, "OS_PROJECT_ID"),
    (Setting::ProjectId, "OS_TENANT_ID"),
    (Setting::ProjectName, "OS_PROJECT_NAME"),
    (Setting::ProjectName, "OS_TENANT_NAME"),
    (Setting::Region, "OS_REGION_NAME"),
    (Setting::IamEndpoint, "OS_AUTH_URL"),
    (Setting::CaFile, "OS_CACERT"),
];

const ALL: [(Family, Table); 4] = [
    (Family::Ours, OURS),
    (Family::VendorSdk, VENDOR_SDK),
    (Family::Terraform, TERRAFORM),
    (Family::OpenStack, OPENSTACK),
];

/// The variables of a setting, in the order in which they are read.
///
/// ```
/// use drs_auth::sources::{Setting, variables};
///
/// let names: Vec<_> = variables(Setting::Region).collect();
/// assert_eq!(names, ["HW_REGION_NAME", "OS_REGION_NAME"]);
/// ```
pub fn variables(setting: Setting) -> impl Iterator<Item = &'static str> {
    let rows = ALL.into_iter().flat_map(|(_, table)| table);
    rows.filter(move |(known, _)| *known == setting).map(|(_, name)| *name)
}

/// The variable of the vendor's SDKs with the addresses of the service in a region.
#[must_use]
pub fn endpoint_variable(region: &str) -> String {
    format!("HUAWEICLOUD_SDK_REGION_DRS_{}", region.to_uppercase().replace('-', "_"))
}

/// A source for each group of variables, in their order.
pub(super) fn layers(environment: &dyn Fn(&str) -> Option<String>) -> Vec<Layer> {
    let layer = |(family, table): (Family, Table)| {
        let places = table.iter().map(|(setting, name)| (*setting, Origin::Variable((*name).to_owned()))).collect();
        Layer::new(family, places, table.iter().map(|(_, name)| environment(name)).collect())
    };
    ALL.into_iter().map(layer).collect()
}
