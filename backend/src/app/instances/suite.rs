use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::toml_file::{named, one_of};
use super::{Callback, Instance, InstanceError, LoginOptions, field};
use crate::dingtalk::SuiteApi;

/// A third-party app in the file: `[suites.<name>]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    title: Option<String>,
    suite_key: String,
    suite_secret: Option<String>,
    suite_secret_file: Option<PathBuf>,
    token: Option<String>,
    token_file: Option<PathBuf>,
    aes_key: Option<String>,
    aes_key_file: Option<PathBuf>,
    #[serde(default)]
    api: Api,
}

/// By which API it gets tokens.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Api {
    #[default]
    New,
    Old,
}

impl std::fmt::Debug for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Entry").field("suite_key", &self.suite_key).finish_non_exhaustive()
    }
}

impl Entry {
    pub(super) fn instance(self, path: &Path, name: &str) -> Result<Instance, InstanceError> {
        let wrong = |key: &str, expected| field(path, &format!("suites.{name}.{key}"), expected);
        let secret = one_of(path, self.suite_secret, self.suite_secret_file.as_deref())?
            .ok_or_else(|| wrong("suite_secret", "set, either itself or as suite_secret_file"))?;
        let token = one_of(path, self.token, self.token_file.as_deref())?
            .ok_or_else(|| wrong("token", "set, either itself or as token_file"))?;
        let aes_key = one_of(path, self.aes_key, self.aes_key_file.as_deref())?
            .ok_or_else(|| wrong("aes_key", "set, either itself or as aes_key_file"))?;
        Ok(Instance {
            name: named(path, "suites", name)?,
            title: self.title,
            client_id: self.suite_key.try_into().map_err(|_| wrong("suite_key", "a key"))?,
            client_secret: secret.try_into().map_err(|_| wrong("suite_secret", "a secret"))?,
            corp_id: None,
            agent_id: None,
            options: LoginOptions::default(),
            callback: Some(Callback {
                token: token.try_into().map_err(|_| wrong("token", "3 to 32 letters and digits"))?,
                key: aes_key.try_into().map_err(|_| wrong("aes_key", "43 letters and digits"))?,
                api: match self.api {
                    Api::New => SuiteApi::New,
                    Api::Old => SuiteApi::Old,
                },
            }),
        })
    }
}
