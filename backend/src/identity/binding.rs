//! What an embedder keeps with a person.

use serde_json::{Map, Value};

use super::People;
use crate::store::UserRow;

/// Longest external id, in characters.
const LONGEST_EXTERNAL_ID: usize = 128;

/// Most bytes of an extension.
const LARGEST_EXTENSION: usize = 8 * 1024;

/// What an embedder asks to keep with a person cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// There is no such person.
    #[error("no such person")]
    NotFound,
    /// The external id is empty, too long, or has control characters in it.
    #[error("the external id is not 1 to {LONGEST_EXTERNAL_ID} characters")]
    ExternalId,
    /// Another person has the external id.
    #[error("the external id is another person's")]
    Taken,
    /// The extension is too large.
    #[error("the extension has more than {LARGEST_EXTENSION} bytes")]
    Extension,
    /// The database failed.
    #[error("the person could not be stored")]
    Store(#[from] sqlx::Error),
}

/// What becomes of a value.
#[derive(Debug, Default)]
pub enum Change {
    /// It stays as it is.
    #[default]
    Keep,
    /// It goes.
    Remove,
    /// It becomes this.
    Set(String),
}

/// What an embedder asks to keep with a person. What is `None` stays as it is.
#[derive(Debug, Default)]
pub struct Binding {
    /// His own id of the person.
    pub external_id: Change,
    /// Members to put into the extension; null takes one away (RFC 7396, one level deep).
    pub extension: Option<Map<String, Value>>,
}

impl People {
    /// Keeps something of the embedder's with a person.
    ///
    /// # Errors
    ///
    /// [`BindError`]; nothing was changed then.
    pub async fn bind(&self, id: &str, binding: Binding) -> Result<UserRow, BindError> {
        let user = self.store.user(id).await?.ok_or(BindError::NotFound)?;
        let external_id = match binding.external_id {
            Change::Keep => user.external_id,
            Change::Remove => None,
            Change::Set(id) => Some(id),
        };
        if external_id.as_deref().is_some_and(|id| !is_external_id(id)) {
            return Err(BindError::ExternalId);
        }
        let extension = merged(&user.extension, binding.extension.unwrap_or_default());
        if extension.len() > LARGEST_EXTENSION {
            return Err(BindError::Extension);
        }
        match self.store.bind_user(id, external_id.as_deref(), &extension, self.clock.now()).await {
            Ok(row) => row.ok_or(BindError::NotFound),
            Err(sqlx::Error::Database(error)) if error.is_unique_violation() => Err(BindError::Taken),
            Err(error) => Err(error.into()),
        }
    }
}

fn is_external_id(id: &str) -> bool {
    (1..=LONGEST_EXTERNAL_ID).contains(&id.chars().count()) && !id.chars().any(char::is_control)
}

fn merged(extension: &str, patch: Map<String, Value>) -> String {
    let mut members: Map<String, Value> = serde_json::from_str(extension).unwrap_or_default();
    for (name, value) in patch {
        if value.is_null() {
            members.remove(&name);
        } else {
            members.insert(name, value);
        }
    }
    Value::Object(members).to_string()
}
