//! Every source of credentials, against an emulator that verifies signatures and plays IAM.

use std::fs;
use std::path::Path;

use drs_auth::sources::{Setting, variables};
use drs_emulator::{demo_access_key, demo_login, project_id};
use tempfile::TempDir;

use crate::serve::Serving;
use crate::{MYSQL, Run, drs, run};

/// Requests a result with these variables, in a folder.
fn asked(emulator: &Serving, folder: &Path, environment: &[(&str, &str)], more: &[&str]) -> Run {
    let endpoint = format!("http://{}", emulator.address);
    let mut command = drs(&[&["precheck", "results", MYSQL, "--endpoint", &endpoint], more].concat());
    run(command.envs(environment.iter().copied()).env("HOME", folder).current_dir(folder))
}

fn assert_passed(shown: &Run, source: &str) {
    assert_eq!(shown.code, 0, "{source}: {}", shown.stderr);
    assert!(shown.stdout.starts_with("PASSED"), "{source}: {}", shown.stdout);
}

/// The variables of each tool, in the order of their settings.
fn of_each_tool<const N: usize>(settings: [Setting; N]) -> Vec<[&'static str; N]> {
    let prefixes = ["HUAWEICLOUD_SDK_", "HW_", "OS_"];
    let of = |prefix: &str| {
        let names = settings.map(|setting| variables(setting).find(|name| name.starts_with(prefix)));
        names.iter().all(Option::is_some).then(|| names.map(Option::unwrap))
    };
    prefixes.into_iter().filter_map(of).collect()
}

#[test]
fn each_variable_can_hold_the_token() {
    let (emulator, folder) = (Serving::start(), TempDir::new().unwrap());
    for name in variables(Setting::Token) {
        assert_passed(&asked(&emulator, folder.path(), &[(name, "t")], &["--project-id", project_id()]), name);
    }
}

#[test]
fn the_access_key_of_each_tool_signs() {
    let (emulator, folder, key) = (Serving::start(), TempDir::new().unwrap(), demo_access_key());
    let tools = of_each_tool([Setting::AccessKey, Setting::SecretKey, Setting::SecurityToken, Setting::ProjectId]);
    assert_eq!(tools.len(), 3);
    for [access, secret, token, project] in tools {
        let pair = [(access, key.access.as_str()), (secret, key.secret.expose()), (project, project_id())];
        assert_passed(&asked(&emulator, folder.path(), &pair, &[]), access);
        let temporary = [&pair[..], &[(token, "any")]].concat();
        assert_passed(&asked(&emulator, folder.path(), &temporary, &[]), token);
        let wrong = [pair[0], (secret, "wrong"), pair[2]];
        let shown = asked(&emulator, folder.path(), &wrong, &[]);
        assert_eq!(shown.code, 3, "{}", shown.stderr);
        assert!(shown.stderr.contains("APIGW.0301"), "{}", shown.stderr);
    }
}

#[test]
fn a_user_with_a_password_gets_a_token_and_the_project_of_the_region() {
    let (emulator, folder, login) = (Serving::start(), TempDir::new().unwrap(), demo_login());
    let iam = format!("http://{}/v3", emulator.address);
    let settings = [Setting::User, Setting::Password, Setting::Domain, Setting::Region, Setting::IamEndpoint];
    let tools = of_each_tool(settings);
    assert_eq!(tools.len(), 2);
    for [user, password, domain, region, iam_endpoint] in tools {
        let all = [
            (user, login.user.as_str()),
            (password, login.password.expose()),
            (domain, login.domain.as_str()),
            (region, "eu-de"),
            (iam_endpoint, iam.as_str()),
        ];
        assert_passed(&asked(&emulator, folder.path(), &all, &[]), user);
        let mut wrong = all;
        wrong[1].1 = "wrong-password";
        let shown = asked(&emulator, folder.path(), &wrong, &[]);
        assert_eq!(shown.code, 3, "{}", shown.stderr);
        assert!(shown.stderr.contains("IAM refused: 401") && !shown.stderr.contains("wrong-"), "{}", shown.stderr);
    }
}

#[test]
fn the_project_of_an_access_key_or_a_token_is_looked_up() {
    let (emulator, folder, key) = (Serving::start(), TempDir::new().unwrap(), demo_access_key());
    let iam = format!("http://{}", emulator.address);
    let region = ["--region", "eu-de", "--iam-endpoint", &iam];
    let pair = [("HW_ACCESS_KEY", key.access.as_str()), ("HW_SECRET_KEY", key.secret.expose())];
    assert_passed(&asked(&emulator, folder.path(), &pair, &region), "access key");
    assert_passed(&asked(&emulator, folder.path(), &[("OS_TOKEN", "t")], &region), "token");
    let unknown = asked(&emulator, folder.path(), &[("OS_TOKEN", "t"), ("HW_PROJECT_NAME", "atlantis")], &region);
    assert_eq!(unknown.code, 2, "{}", unknown.stderr);
    assert!(unknown.stderr.contains("there is no project \"atlantis\""), "{}", unknown.stderr);
}

#[test]
fn the_credentials_file_is_in_the_home_folder_or_where_a_variable_says() {
    let (emulator, folder, key) = (Serving::start(), TempDir::new().unwrap(), demo_access_key());
    let text = format!("[basic]\nak = {}\nsk = {}\nproject_id = {}\n", key.access, key.secret.expose(), project_id());
    let elsewhere = folder.path().join("elsewhere");
    fs::write(&elsewhere, &text).unwrap();
    let named = [("HUAWEICLOUD_SDK_CREDENTIALS_FILE", elsewhere.to_str().unwrap())];
    assert_passed(&asked(&emulator, folder.path(), &named, &[]), "the variable");
    assert_eq!(asked(&emulator, folder.path(), &[], &[]).code, 2);
    fs::create_dir(folder.path().join(".huaweicloud")).unwrap();
    fs::write(folder.path().join(".huaweicloud/credentials"), text).unwrap();
    assert_passed(&asked(&emulator, folder.path(), &[], &[]), "the home folder");
}

#[test]
fn a_cloud_of_clouds_yaml_may_have_a_token_a_password_or_an_access_key() {
    let (emulator, folder, key, login) = (Serving::start(), TempDir::new().unwrap(), demo_access_key(), demo_login());
    let (ak, sk, project, address) = (key.access, key.secret, project_id(), &emulator.address);
    let (user, password, domain) = (login.user, login.password, login.domain);
    let text = format!(
        "clouds:\n  with-token:\n    auth: {{ token: t, project_id: {project} }}\n  \
         with-key:\n    auth: {{ ak: {ak}, sk: {}, project_id: {project} }}\n  \
         with-password:\n    region_name: eu-de\n    auth: {{ username: {user}, password: {}, \
         user_domain_name: {domain}, auth_url: \"http://{address}/v3\" }}\n",
        sk.expose(),
        password.expose()
    );
    let configuration = folder.path().join(".config/openstack");
    fs::create_dir_all(&configuration).unwrap();
    for place in [configuration.as_path(), folder.path()] {
        fs::write(place.join("clouds.yaml"), &text).unwrap();
        for cloud in ["with-token", "with-key", "with-password"] {
            assert_passed(&asked(&emulator, folder.path(), &[("OS_CLOUD", cloud)], &[]), cloud);
        }
    }
    let unknown = asked(&emulator, folder.path(), &[("OS_CLOUD", "none")], &[]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("it has: with-key, with-password, with-token"), "{}", unknown.stderr);
}

#[test]
fn half_of_the_credentials_is_a_usage_error_that_names_the_missing_half() {
    let refused = |environment: &[(&str, &str)]| {
        let shown = run(drs(&["precheck", "results", MYSQL, "--region", "eu-de"]).envs(environment.iter().copied()));
        assert_eq!((shown.code, shown.stdout.as_str()), (2, ""));
        shown.stderr
    };
    assert_eq!(
        refused(&[("HW_ACCESS_KEY", "k"), ("OS_TOKEN", "t")]),
        "error: the access key comes from HW_ACCESS_KEY, but the secret key is missing; set HW_SECRET_KEY\n"
    );
    let said = refused(&[("OS_SECRET_KEY", "never-shown")]);
    assert!(said.contains("the access key is missing; set OS_ACCESS_KEY") && !said.contains("never"), "{said}");
    let said = refused(&[("OS_USERNAME", "u"), ("OS_PASSWORD", "never-shown")]);
    assert!(said.contains("the domain is missing") && !said.contains("never"), "{said}");
}

#[test]
fn a_file_that_cannot_be_read_matters_only_without_other_credentials() {
    let (emulator, folder) = (Serving::start(), TempDir::new().unwrap());
    fs::create_dir_all(folder.path().join(".huaweicloud/credentials")).unwrap();
    let project = ["--project-id", project_id()];
    let shown = asked(&emulator, folder.path(), &[], &project);
    assert_eq!(shown.code, 2);
    assert!(shown.stderr.contains("credentials cannot be read: "), "{}", shown.stderr);
    let shown = asked(&emulator, folder.path(), &[("OS_TOKEN", "t")], &project);
    assert_passed(&shown, "token");
    assert!(shown.stderr.starts_with("note: "), "{}", shown.stderr);
    let empty = folder.path().join("token");
    fs::write(&empty, "\n").unwrap();
    let shown = asked(&emulator, folder.path(), &[], &["--token-file", empty.to_str().unwrap(), "--project-id", "p"]);
    assert_eq!(shown.code, 2);
    assert!(shown.stderr.contains("token has no token"), "{}", shown.stderr);
}
