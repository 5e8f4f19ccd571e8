//! What an operator knows of an app and a scan does not tell.

use super::Apps;
use crate::store::{AppDetails, InFile};

/// Longest name of an organisation or an app, in characters.
const LONGEST: usize = 64;

/// What becomes of a value.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Change<T> {
    /// It stays as it is.
    #[default]
    Keep,
    /// It goes.
    Remove,
    /// It becomes this.
    Set(T),
}

/// What is to be noted of an app.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct AppUpdate {
    /// The organisation that owns it.
    pub corp_id: Change<String>,
    /// Its id in the organisation.
    pub agent_id: Change<i64>,
    /// What people call it.
    pub title: Change<String>,
}

/// Nothing was noted of an app.
#[derive(Debug, thiserror::Error)]
pub enum UpdateError {
    /// There is no such app.
    #[error("no such app")]
    NotFound,
    /// A file of the configuration has it, and would say otherwise at the next start.
    #[error("the app is in a file of the configuration")]
    Configured,
    /// The field is empty, too long, or no number that DingTalk gives.
    #[error("{0} is not what it should be")]
    Invalid(&'static str),
    /// The database failed.
    #[error("the app cannot be changed")]
    Store(#[from] sqlx::Error),
}

impl Apps {
    /// Notes whose an app is, and what it is called. What `DINGTALK_CORP_ID` and `DINGTALK_AGENT_ID` say of the app of
    /// `DINGTALK_CLIENT_ID` counts again at the next start.
    ///
    /// # Errors
    ///
    /// [`UpdateError`]; nothing has changed then.
    pub async fn update(&self, name: &str, update: AppUpdate) -> Result<(), UpdateError> {
        update.check()?;
        let row = self.shared.store.app_named(name).await?.ok_or(UpdateError::NotFound)?;
        if row.in_file == InFile::Present {
            return Err(UpdateError::Configured);
        }
        let details = AppDetails {
            corp_id: update.corp_id.of(row.corp_id),
            agent_id: update.agent_id.of(row.agent_id),
            title: update.title.of(row.title),
        };
        let id = &row.client_id;
        self.shared.store.describe_app(id, &details, self.shared.clock.now()).await?;
        tracing::info!(app.name = name, app.client_id = id, "app described");
        Ok(())
    }
}

impl<T> Change<T> {
    /// Returns what becomes of a value that is there, or is not.
    fn of(self, value: Option<T>) -> Option<T> {
        match self {
            Self::Keep => value,
            Self::Remove => None,
            Self::Set(value) => Some(value),
        }
    }

    fn is_set(&self, is: impl Fn(&T) -> bool) -> bool {
        if let Self::Set(value) = self { is(value) } else { false }
    }
}

impl AppUpdate {
    fn check(&self) -> Result<(), UpdateError> {
        let is_name = |text: &String| !text.trim().is_empty() && text.chars().count() <= LONGEST;
        let is_word =
            |text: &String| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
        let is_line = |text: &String| !text.chars().any(char::is_control);
        let faults = [
            ("corp_id", self.corp_id.is_set(|text| !is_name(text) || !is_word(text))),
            ("agent_id", self.agent_id.is_set(|id| *id < 1)),
            ("title", self.title.is_set(|text| !is_name(text) || !is_line(text))),
        ];
        match faults.into_iter().find(|(_, is_fault)| *is_fault) {
            Some((field, _)) => Err(UpdateError::Invalid(field)),
            None => Ok(()),
        }
    }
}
