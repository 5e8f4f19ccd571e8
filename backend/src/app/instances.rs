//! Apps that the configuration names, beside the one of `DINGTALK_CLIENT_ID`: a TOML file, and a folder of login types.

mod folder;
#[cfg(feature = "platform")]
mod suite;
mod toml_file;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::name::AppName;
use crate::client_id::ClientId;
#[cfg(feature = "platform")]
use crate::dingtalk::SuiteApi;
use crate::secret::ClientSecret;
#[cfg(feature = "platform")]
use crate::secret::{CallbackKey, CallbackToken};

/// How every full name of a login type begins.
pub(super) const FULL_NAME_PREFIX: &str = "auths.loginTypes.";

/// An app that the configuration names.
#[derive(Debug)]
pub struct Instance {
    /// What we call it.
    pub name: AppName,
    /// What people call it.
    pub title: Option<String>,
    /// The public half of its credentials.
    pub client_id: ClientId,
    /// The secret half.
    pub client_secret: ClientSecret,
    /// The organisation that owns it.
    pub corp_id: Option<String>,
    /// Its id in the organisation.
    pub agent_id: Option<i64>,
    /// How people sign in with it.
    pub options: LoginOptions,
    /// What DingTalk pushes to it with, if it is a third-party app.
    #[cfg(feature = "platform")]
    pub callback: Option<Callback>,
}

/// What makes an app a third-party app.
#[cfg(feature = "platform")]
#[derive(Clone, Debug)]
pub struct Callback {
    /// Signs what is pushed.
    pub token: CallbackToken,
    /// Encrypts it.
    pub key: CallbackKey,
    /// By which API it gets tokens.
    pub api: SuiteApi,
}

/// How people sign in with an app (DingTalk's page 获取登录用户的访问凭证). Stored as JSON.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct LoginOptions {
    /// `management` lists only organisations that the person manages.
    pub org_type: Option<String>,
    /// Whether any exclusive account signs in.
    pub exclusive_login: bool,
    /// The organisation whose exclusive accounts sign in.
    pub exclusive_corp_id: Option<String>,
}

/// An app of the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum InstanceError {
    /// A file or folder cannot be read.
    #[error("{} cannot be read", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file is not what it should be. Its content is not repeated: there are secrets in it.
    #[error("{} is not {expected}", path.display())]
    Form {
        /// Which.
        path: PathBuf,
        /// What it should be.
        expected: &'static str,
    },
    /// A field is not what it should be.
    #[error("{}: {field} is not {expected}", path.display())]
    Field {
        /// The file.
        path: PathBuf,
        /// The field.
        field: String,
        /// What it should be.
        expected: &'static str,
    },
}

/// Reads the apps of a TOML file and of a folder, in this order.
///
/// # Errors
///
/// [`InstanceError`] names the first file and field that cannot be used.
pub fn load(toml_file: Option<&Path>, folder: Option<&Path>) -> Result<Vec<Instance>, InstanceError> {
    let mut instances = match toml_file {
        Some(path) => toml_file::read(path)?,
        None => Vec::new(),
    };
    if let Some(folder) = folder {
        instances.extend(folder::read(folder)?);
    }
    Ok(instances)
}

fn read_text(path: &Path) -> Result<zeroize::Zeroizing<String>, InstanceError> {
    let read = std::fs::read_to_string(path).map(zeroize::Zeroizing::new);
    read.map_err(|source| InstanceError::Read { path: path.to_owned(), source })
}

fn field(path: &Path, field: &str, expected: &'static str) -> InstanceError {
    InstanceError::Field { path: path.to_owned(), field: field.to_owned(), expected }
}
