use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Instance, InstanceError, LoginOptions, field, read_text};

/// The file: `[apps.<name>]` and their fields.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    apps: BTreeMap<String, Entry>,
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
        expected: "TOML with the fields of docs/configuration.md under [apps.<name>]",
    })?;
    file.apps.into_iter().map(|(name, entry)| instance(path, &name, entry)).collect()
}

fn instance(path: &Path, name: &str, entry: Entry) -> Result<Instance, InstanceError> {
    let wrong = |key: &str, expected| field(path, &format!("apps.{name}.{key}"), expected);
    let secret = match (entry.client_secret, &entry.client_secret_file) {
        (Some(secret), None) => secret,
        (None, Some(file)) => {
            read_text(&path.parent().unwrap_or(Path::new("")).join(file))?.trim().to_owned()
        }
        (Some(_), Some(_)) | (None, None) => {
            return Err(wrong("client_secret", "set, either itself or as client_secret_file"));
        }
    };
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
        name: name.to_owned().try_into().map_err(|_| {
            field(
                path,
                &format!("apps.{name}"),
                "a name of lower-case letters, digits, underscores and hyphens",
            )
        })?,
    })
}
