//! The sources of credentials: variables, files, flags, and their order.

use drs_auth::iam::Project;
use drs_auth::sources::{
    Configuration, CredentialConfig, Setting, SourceError, Sources, clouds_yaml_paths, credentials_file_path,
};

use crate::{SECRET, TOKEN, shown};

type Variables<'a> = &'a [(&'a str, &'a str)];

fn lookup(variables: Variables<'_>) -> impl Fn(&str) -> Option<String> {
    |name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
}

fn resolve(
    variables: Variables<'_>,
    with: impl FnOnce(Sources<'_>) -> Result<Configuration, SourceError>,
) -> Result<Configuration, SourceError> {
    with(Sources::new(&lookup(variables)))
}

fn resolved(variables: Variables<'_>) -> Result<Configuration, SourceError> {
    Sources::new(&lookup(variables)).resolve()
}

/// Lists the settings of variables.
fn listed(variables: Variables<'_>) -> String {
    resolved(variables).unwrap().to_string()
}

const KEY: Variables<'_> = &[("HW_ACCESS_KEY", "AK1"), ("HW_SECRET_KEY", SECRET)];

const CLOUDS: &str = "
clouds:
  otc:
    auth: &auth
      auth_url: https://iam.eu-de.otc.t-systems.com/v3
      username: me
      password: 0123
      project_name: eu-de_mine
      user_domain_name: ours
    interface: public
  token: { auth: { token: t0k3n+/=% }, region_name: eu-nl }
  key: { auth: { ak: AK1, sk: 's3cr3t-k3y/+%', security_token: 't0k3n+/=%' }, region_name: eu-de }
";

fn cloud(name: &str) -> Result<Configuration, SourceError> {
    resolve(&[("OS_CLOUD", name)], |sources| sources.clouds_yaml("clouds.yaml", CLOUDS).resolve())
}

fn credentials_file(text: &str) -> Result<Configuration, SourceError> {
    resolve(&[], |sources| sources.credentials_file("credentials", text).resolve())
}

#[test]
fn every_source_is_listed_with_the_origin_of_each_value() {
    let sources = [
        listed(&[
            ("HUAWEICLOUD_SDK_AK", "AK1"),
            ("HUAWEICLOUD_SDK_SK", SECRET),
            ("HUAWEICLOUD_SDK_SECURITY_TOKEN", TOKEN),
            ("HUAWEICLOUD_SDK_PROJECT_ID", "p1"),
            ("HUAWEICLOUD_SDK_IAM_ENDPOINT", "https://iam.example"),
            ("HUAWEICLOUD_SDK_REGION_DRS_CN_NORTH_4", "https://drs.example, https://other.example"),
            ("HW_REGION_NAME", "cn-north-4"),
        ]),
        listed(&[("HW_ACCESS_KEY", "AK1"), ("HW_SECRET_KEY", SECRET), ("HW_REGION_NAME", "eu-west-101")]),
        listed(&[
            ("HW_USER_NAME", "me"),
            ("HW_USER_PASSWORD", SECRET),
            ("HW_DOMAIN_NAME", "ours"),
            ("HW_PROJECT_NAME", "mine"),
            ("HW_AUTH_URL", "https://iam.myhuaweicloud.com/v3"),
        ]),
        listed(&[
            ("OS_USERNAME", "me"),
            ("OS_PASSWORD", SECRET),
            ("OS_USER_DOMAIN_NAME", "ours"),
            ("OS_TENANT_NAME", "eu-de_mine"),
            ("OS_AUTH_URL", "https://iam.eu-de.otc.t-systems.com:443/v3"),
        ]),
        listed(&[("OS_TOKEN", TOKEN), ("OS_PROJECT_ID", "p1"), ("DRS_ENDPOINT", "drs.example")]),
        listed(&[("OS_ACCESS_KEY", "AK1"), ("OS_SECRET_KEY", SECRET), ("OS_REGION_NAME", "eu-nl")]),
        credentials_file("[basic]\nak = AK1\nsk = s3cr3t-k3y/+%\nproject_id=p1\niam_endpoint: https://iam.example\n")
            .unwrap()
            .to_string(),
        credentials_file("; ours\n[global]\r\nAK = AK1\r\nSK = s3cr3t-k3y/+%\r\n").unwrap().to_string(),
        cloud("otc").unwrap().to_string(),
        cloud("token").unwrap().to_string(),
        cloud("key").unwrap().to_string(),
        listed(&[]),
    ];
    let sources = sources.join("---\n");
    assert!(!sources.contains(SECRET) && !sources.contains(TOKEN), "a secret leaked: {sources}");
    insta::assert_snapshot!(sources);
}

#[test]
fn a_secret_of_the_credentials_file_is_taken_as_it_is() {
    for secret in ["a%b%(c)s", "\"quoted\"", "'q", "a#b;c", "a = b : c", r"a\nb\\", "a b", "%", "ü", "[x]"] {
        let text = format!("[basic]\nak = AK1\nsk = {secret}\n\n[other]\nsk = other\n");
        let key = credentials_file(&text).unwrap().credentials.unwrap().access_key().unwrap();
        assert_eq!(key.secret.expose(), secret);
    }
}

#[test]
fn a_string_of_clouds_yaml_is_taken_as_it_is_written() {
    let login = cloud("otc").unwrap().credentials.unwrap().login().unwrap();
    assert_eq!((login.password.expose(), login.user.as_str(), login.domain.as_str()), ("0123", "me", "ours"));
}

#[test]
fn flags_come_before_variables_and_variables_before_files() {
    let all: Vec<(&str, &str)> = KEY
        .iter()
        .copied()
        .chain([("OS_TOKEN", "os"), ("OS_CLOUD", "otc"), ("HW_REGION_NAME", "cn-north-4"), ("OS_REGION_NAME", "eu-nl")])
        .collect();
    let files = |sources: Sources<'_>| sources.credentials_file("credentials", "[basic]\nak=AK2\nsk=x\n").resolve();
    let kind = |found: Configuration| match found.credentials {
        Some(CredentialConfig::Token(token)) => format!("token {}", token.value.expose()),
        Some(credentials) => match credentials.access_key() {
            Some(key) => format!("key {}", key.access),
            None => format!("user {}", credentials.login().unwrap().user),
        },
        None => "nobody".to_owned(),
    };
    let with = |variables: Variables<'_>, flag: Option<&str>| {
        let environment = lookup(variables);
        let mut sources = Sources::new(&environment).clouds_yaml("clouds.yaml", CLOUDS);
        if let Some(token) = flag {
            sources = sources.flag(Setting::Token, "--token-file", token);
        }
        kind(files(sources).unwrap())
    };
    assert_eq!(with(&all, Some("flag")), "token flag");
    assert_eq!(with(&all, None), "key AK1");
    assert_eq!(with(&all[2..], None), "token os");
    assert_eq!(with(&all[3..], None), "key AK2");
    assert_eq!(kind(cloud("otc").unwrap()), "user me");
    let found = resolve(&all, |sources| sources.clouds_yaml("clouds.yaml", CLOUDS).resolve()).unwrap();
    assert_eq!(found.region.unwrap().value, "cn-north-4");
    assert_eq!(found.iam_endpoint.unwrap().value.as_str(), "https://iam.cn-north-4.myhuaweicloud.com/");
}

#[test]
fn in_one_source_a_token_comes_before_a_key_and_a_key_before_a_password() {
    let all = [
        ("OS_TOKEN", TOKEN),
        ("OS_ACCESS_KEY", "AK1"),
        ("OS_SECRET_KEY", SECRET),
        ("OS_USERNAME", "me"),
        ("OS_PASSWORD", SECRET),
        ("OS_DOMAIN_NAME", "ours"),
    ];
    let kind = |from: usize| resolved(&all[from..]).unwrap().credentials.unwrap();
    assert!(matches!(kind(0), CredentialConfig::Token(_)));
    assert!(matches!(kind(1), CredentialConfig::AccessKey { .. }));
    assert!(matches!(kind(3), CredentialConfig::Password { .. }));
}

#[test]
fn an_endpoint_comes_before_a_region_unless_a_flag_names_the_region() {
    let variables = [
        ("DRS_ENDPOINT", "https://from.variable"),
        ("HW_REGION_NAME", "eu-de"),
        ("HUAWEICLOUD_SDK_REGION_DRS_EU_NL", "https://first,https://second"),
    ];
    let endpoint = |variables: Variables<'_>, flags: &[(Setting, &str)]| {
        let environment = lookup(variables);
        let mut sources = Sources::new(&environment);
        for (setting, value) in flags {
            sources = sources.flag(*setting, "--flag", *value);
        }
        sources.resolve().unwrap().endpoint.map(|found| found.value.to_string())
    };
    let flag = (Setting::Endpoint, "https://from.flag");
    assert_eq!(endpoint(&variables, &[flag, (Setting::Region, "eu-nl")]).unwrap(), "https://from.flag/");
    assert_eq!(endpoint(&variables, &[]).unwrap(), "https://from.variable/");
    assert_eq!(endpoint(&variables, &[(Setting::Region, "eu-nl")]).unwrap(), "https://first/");
    assert_eq!(endpoint(&variables, &[(Setting::Region, "eu-de")]).unwrap(), "https://drs.eu-de.otc.t-systems.com/");
    assert_eq!(endpoint(&variables[1..], &[]).unwrap(), "https://drs.eu-de.otc.t-systems.com/");
    assert_eq!(endpoint(&[], &[]), None);
}

#[test]
fn a_password_goes_to_the_iam_of_its_own_tool_only() {
    let mut variables = vec![("HW_AUTH_URL", "https://iam.other.example")];
    variables.extend([("OS_USERNAME", "me"), ("OS_PASSWORD", SECRET), ("OS_DOMAIN_NAME", "ours")]);
    assert_eq!(resolved(&variables).unwrap().iam_endpoint, None);
    let flagged =
        resolve(&variables, |sources| sources.flag(Setting::IamEndpoint, "--iam", "https://iam.flag").resolve())
            .unwrap();
    assert_eq!(flagged.iam_endpoint.unwrap().value.as_str(), "https://iam.flag/");
    variables.push(("OS_REGION_NAME", "eu-nl"));
    let found = resolved(&variables).unwrap();
    assert_eq!(found.iam_endpoint.unwrap().value.as_str(), "https://iam.eu-nl.otc.t-systems.com/");
}

#[test]
fn a_token_is_for_the_project_of_an_id_else_of_a_name_else_of_the_region() {
    let project = |variables: Variables<'_>| resolved(variables).unwrap().project();
    let all = [("HW_PROJECT_ID", "p1"), ("OS_PROJECT_NAME", "mine"), ("HW_REGION_NAME", "eu-de")];
    assert_eq!(project(&all), Some(Project::Id("p1".parse().unwrap())));
    assert_eq!(project(&all[1..]), Some(Project::Name("mine".to_owned())));
    assert_eq!(project(&all[2..]), Some(Project::Name("eu-de".to_owned())));
    assert_eq!(project(&[]), None);
}

#[test]
fn each_problem_says_what_is_wrong_and_where() {
    let of = |variables: Variables<'_>| resolved(variables).unwrap_err();
    let yaml = |text: &str| {
        let variables: Variables<'_> = &[("OS_CLOUD", "otc")];
        resolve(variables, |sources| sources.clouds_yaml("clouds.yaml", text).resolve()).unwrap_err()
    };
    let errors = [
        of(&KEY[..1]),
        of(&KEY[1..]),
        of(&[("HUAWEICLOUD_SDK_AK", "AK1"), ("HW_SECRET_KEY", SECRET)]),
        of(&[("OS_USERNAME", "me")]),
        of(&[("OS_USERNAME", "me"), ("OS_PASSWORD", SECRET)]),
        resolve(&[], |sources| sources.flag(Setting::AccessKey, "--access-key", "AK1").resolve()).unwrap_err(),
        credentials_file("[basic]\nsk = s3cr3t-k3y/+%\n").unwrap_err(),
        credentials_file("[basic]\nak = AK1\ns3cr3t-k3y/+%\n").unwrap_err(),
        credentials_file("[basic\nak = s3cr3t-k3y/+%").unwrap_err(),
        yaml("clouds:\n  otc:\n    auth:\n      password: [s3cr3t-k3y/+%]\n"),
        yaml("clouds:\n  otc: {auth: {password: 's3cr3t-k3y/+%}}\n"),
        yaml("s3cr3t-k3y/+%"),
        yaml("clouds: { a: {}, b: {} }"),
        of(&[("OS_CLOUD", "otc")]),
        of(&[("HW_REGION_NAME", "mars-1")]),
        of(&[("DRS_ENDPOINT", "https://me:s3cr3t-k3y/+%@drs.example")]),
        of(&[("OS_TOKEN", TOKEN), ("OS_AUTH_URL", "http://iam.example/v3")]),
    ];
    let messages: Vec<String> = errors.iter().map(|error| shown(error)).collect();
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn a_broken_file_matters_only_when_credentials_are_looked_for_in_it() {
    let variables: Vec<_> = KEY.iter().copied().chain([("OS_CLOUD", "missing")]).collect();
    let add = |sources: Sources<'_>| sources.credentials_file("credentials", "[broken").resolve();
    assert!(add(Sources::new(&lookup(&variables))).is_ok());
    assert!(add(Sources::new(&lookup(&[]))).is_err());
}

/// Anchors that multiply would fill the memory.
#[test]
fn a_yaml_bomb_is_refused() {
    let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..30 {
        let alias = format!("*a{},", level - 1).repeat(10);
        text.push_str(&format!("a{level}: &a{level} [{alias}]\n"));
    }
    text.push_str("clouds: { otc: { auth: { token: *a29 } } }\n");
    let error =
        resolve(&[("OS_CLOUD", "otc")], |sources| sources.clouds_yaml("clouds.yaml", &text).resolve()).unwrap_err();
    assert!(matches!(error, SourceError::Syntax { .. }), "{error:?}");
}

#[test]
fn files_are_looked_for_where_the_other_tools_look() {
    let paths = |variables: Variables<'_>| {
        let of = |path: &std::path::PathBuf| path.to_string_lossy().replace('\\', "/");
        let environment = lookup(variables);
        let clouds: Vec<String> = clouds_yaml_paths(&environment).iter().map(of).collect();
        (credentials_file_path(&environment).as_ref().map(of), clouds)
    };
    let (credentials, clouds) = paths(&[("HOME", "/h")]);
    assert_eq!(credentials.unwrap(), "/h/.huaweicloud/credentials");
    assert_eq!(clouds, ["clouds.yaml", "/h/.config/openstack/clouds.yaml", "/etc/openstack/clouds.yaml"]);
    let named = [("HOME", "/h"), ("HUAWEICLOUD_SDK_CREDENTIALS_FILE", "/c"), ("OS_CLIENT_CONFIG_FILE", "/o")];
    assert_eq!(paths(&named), (Some("/c".to_owned()), vec!["/o".to_owned()]));
    assert_eq!(paths(&[]), (None, vec!["clouds.yaml".to_owned(), "/etc/openstack/clouds.yaml".to_owned()]));
}

#[test]
fn the_certificate_authorities_are_those_of_the_tool_of_the_credentials() {
    let file = |variables: Variables<'_>, credentials: Variables<'_>| {
        let found = resolved(&[variables, credentials].concat()).unwrap();
        found.ca_file.map(|found| format!("{} from {}", found.value, found.origin))
    };
    let openstack = &[("OS_TOKEN", TOKEN)];
    assert_eq!(file(&[("OS_CACERT", "ca.pem")], openstack).as_deref(), Some("ca.pem from OS_CACERT"));
    assert_eq!(file(&[("OS_CACERT", "ca.pem")], KEY), None, "the key is of another cloud");
    let of_flag =
        resolve(&[("OS_CACERT", "ca.pem")], |sources| sources.flag(Setting::Token, "--token-file", TOKEN).resolve());
    assert_eq!(of_flag.unwrap().ca_file.unwrap().value, "ca.pem");
    let clouds = "clouds: { own: { auth: { token: t }, cacert: own.pem, verify: true } }";
    let named = resolve(&[("OS_CLOUD", "own")], |sources| sources.clouds_yaml("clouds.yaml", clouds).resolve());
    assert!(named.unwrap().to_string().ends_with("CA file         own.pem  (clouds.yaml: clouds.own.cacert)\n"));
}

#[test]
fn a_cloud_whose_certificates_are_not_to_be_checked_is_refused() {
    let clouds = "clouds: { own: { auth: { token: t }, verify: false } }";
    let refused = resolve(&[("OS_CLOUD", "own")], |sources| sources.clouds_yaml("clouds.yaml", clouds).resolve());
    assert_eq!(
        refused.unwrap_err().to_string(),
        "clouds.yaml: clouds.own.verify turns off the check of certificates, and then anyone can read the credentials: \
         remove it, and name the certificate authority of the cloud in `cacert`"
    );
}

#[test]
fn a_regions_file_has_addresses_after_the_variable_and_before_the_documentation() {
    const FILE: &str = "
        DRS:
          - { id: eu-de, endpoint: drs.one.example }
          - { id: moon-1, endpoints: [https://drs.moon.example, https://other.example] }
        ECS: [{ id: eu-de, endpoint: ecs.example }]
    ";
    let endpoint = |region: &str, variables: Variables<'_>, file: &str| {
        let found = resolve(variables, |sources| {
            sources.regions_file("regions.yaml", file).flag(Setting::Region, "--region", region).resolve()
        });
        found.map(|found| found.endpoint.map(|found| format!("{} {}", found.value, found.origin)).unwrap())
    };
    assert_eq!(endpoint("eu-de", &[], FILE).unwrap(), "https://drs.one.example/ regions.yaml: DRS.eu-de");
    assert_eq!(endpoint("moon-1", &[], FILE).unwrap(), "https://drs.moon.example/ regions.yaml: DRS.moon-1");
    let variable = &[("HUAWEICLOUD_SDK_REGION_DRS_EU_DE", "drs.two.example")];
    assert!(endpoint("eu-de", variable, FILE).unwrap().starts_with("https://drs.two.example/"));
    assert!(endpoint("eu-nl", &[], FILE).unwrap().starts_with("https://drs.eu-nl.otc"));
    assert!(matches!(endpoint("moon-2", &[], FILE), Err(SourceError::UnknownRegion { .. })));
    let broken = endpoint("eu-de", &[], "DRS: [{ id: eu-de,\n endpoint: }").unwrap_err();
    assert!(matches!(broken, SourceError::Syntax { .. }), "{broken}");
}
