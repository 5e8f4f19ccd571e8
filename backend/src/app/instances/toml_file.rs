use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Instance, InstanceError, LoginOptions, field, read_text};
use crate::app::AppName;

/// The file: `[apps.<name>]`, for third-party apps `[suites.<name>]`, and their fields.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    apps: BTreeMap<String, Entry>,
    #[cfg(feature = "platform")]
    #[serde(default)]
    suites: BTreeMap<String, super::suite::Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    title: Option<String>,
    client_id: String,
    client_secret: Option<String>,
    client_secret_file: Option<PathBuf>,
    corp_id: Option<String>,
    agent_id: Option<i64>,
    org_type: Option<String>,
    #[serde(default)]
    exclusive_login: bool,
    exclusive_corp_id: Option<String>,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}

pub(super) fn read(path: &Path) -> Result<Vec<Instance>, InstanceError> {
    let text = read_text(path)?;
    // What the reader says of a mistake would repeat the line.
    let file: File = toml::from_str(&text).map_err(|_| InstanceError::Form {
        path: path.to_owned(),
        expected: "TOML with the fields of docs/configuration.md under [apps.<name>] and [suites.<name>]",
    })?;
    let apps = file.apps.into_iter().map(|(name, entry)| instance(path, &name, entry));
    #[cfg(feature = "platform")]
    let apps = apps.chain(file.suites.into_iter().map(|(name, entry)| entry.instance(path, &name)));
    apps.collect()
}

fn instance(path: &Path, name: &str, entry: Entry) -> Result<Instance, InstanceError> {
    let wrong = |key: &str, expected| field(path, &format!("apps.{name}.{key}"), expected);
    let secret = one_of(path, entry.client_secret, entry.client_secret_file.as_deref())?
        .ok_or_else(|| wrong("client_secret", "set, either itself or as client_secret_file"))?;
    Ok(Instance {
        title: entry.title,
        client_id: entry.client_id.try_into().map_err(|_| wrong("client_id", "a client id"))?,
        client_secret: secret.try_into().map_err(|_| wrong("client_secret", "a client secret"))?,
        corp_id: entry.corp_id,
        agent_id: entry.agent_id,
        options: LoginOptions {
            org_type: entry.org_type,
            exclusive_login: entry.exclusive_login,
            exclusive_corp_id: entry.exclusive_corp_id,
        },
        #[cfg(feature = "platform")]
        callback: None,
        name: named(path, "apps", name)?,
    })
}

/// Returns a secret that stands in the file, or in one beside it; none if it is neither or both.
pub(super) fn one_of(
    path: &Path,
    text: Option<String>,
    file: Option<&Path>,
) -> Result<Option<String>, InstanceError> {
    Ok(match (text, file) {
        (Some(secret), None) => Some(secret),
        (None, Some(file)) => {
            Some(read_text(&path.parent().unwrap_or(Path::new("")).join(file))?.trim().to_owned())
        }
        (Some(_), Some(_)) | (None, None) => None,
    })
}

pub(super) fn named(path: &Path, table: &str, name: &str) -> Result<AppName, InstanceError> {
    let expected = "a name of lower-case letters, digits, underscores and hyphens";
    name.to_owned().try_into().map_err(|_| field(path, &format!("{table}.{name}"), expected))
}
