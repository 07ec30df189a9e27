//! The scenario of an emulator: the name of a ready one, or a file.

use std::path::Path;

use drs_emulator::Scenario;

use crate::files;

/// The help of the option.
pub(crate) fn help(first: &str) -> String {
    let ready: Vec<&str> = Scenario::ready().map(|(name, _)| name).collect();
    format!("{first}: a file, or one of {}", ready.join(", "))
}

/// Finds the scenario with a name, or reads the one in a file.
///
/// # Errors
/// There is no such scenario, or the file has a mistake.
pub(crate) fn scenario(given: &str) -> Result<Scenario, String> {
    if let Some(ready) = Scenario::find(given) {
        return Ok(ready);
    }
    let is_file = Path::new(given).exists() || given.ends_with(".json") || given.contains(['/', '\\']);
    if is_file {
        let (json, name) =
            files::read(Path::new(given)).map_err(|(name, problem)| format!("cannot read {name}: {problem}"))?;
        return Scenario::parse(&name, &json).map_err(|error| error.to_string());
    }
    let meant = Scenario::nearest(given).map_or(String::new(), |nearest| format!(" did you mean {nearest}?"));
    let listed: String = Scenario::ready().map(|(name, title)| format!("\n  {name:<14} {title}")).collect();
    Err(format!("there is no such scenario, and no such file;{meant} The ready scenarios:{listed}"))
}

/// Names a scenario, and says that it is made up.
pub(crate) fn named(scenario: &Scenario) -> String {
    format!("the synthetic scenario {}: {}", scenario.name(), scenario.title())
}
