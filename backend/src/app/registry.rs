//! The apps as an operator sees them: page by page, one by one, and gone.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Apps, SecretError};
use crate::clock::Timestamp;
use crate::flow::CreatedApp;
use crate::secret::ClientSecret;
use crate::store::{AppRow, AppsPage, InFile};

/// One app, as an operator sees it.
#[derive(Clone, Debug)]
pub struct AppOverview {
    /// What there is to tell of every app.
    pub app: CreatedApp,
    /// Whether somebody waited for it, or said that he wants it.
    pub is_claimed: bool,
    /// Whether the configuration has it, so that it cannot be removed here.
    pub is_configured: bool,
    /// What people call it, if that is known.
    pub title: Option<String>,
    /// The organisation that owns it, if that is known.
    pub corp_id: Option<String>,
    /// Its id in the organisation, if that is known.
    pub agent_id: Option<i64>,
    /// When it was kept for the first time.
    pub created_at: Timestamp,
}

/// Some of the apps, newest first.
#[derive(Debug)]
pub struct AppPage {
    /// The apps.
    pub apps: Vec<AppOverview>,
    /// Where the next page begins; `None` after the last app.
    pub next: Option<AppCursor>,
}

/// Which apps to list.
#[derive(Clone, Debug)]
pub struct AppQuery {
    /// Where the page begins.
    pub after: Option<AppCursor>,
    /// Whether only those are wanted that somebody may take instead of a new one.
    pub is_for_use: bool,
    /// How many at most.
    pub limit: u32,
}

/// A place between two apps of the list. Opaque to whoever gets it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AppCursor {
    created_at: Timestamp,
    client_id: String,
}

/// An app cannot be removed.
#[derive(Debug, thiserror::Error)]
pub enum RemoveError {
    /// The configuration has it, and would bring it back at the next start.
    #[error("the app is in the configuration")]
    Configured,
    /// The database failed.
    #[error("the app cannot be removed")]
    Store(#[from] sqlx::Error),
}

impl Apps {
    /// Lists apps, newest first.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn page(&self, query: &AppQuery) -> sqlx::Result<AppPage> {
        // One more tells whether there is a next page.
        let page = AppsPage {
            after: query.after.as_ref().map(|cursor| (cursor.created_at, cursor.client_id.as_str())),
            leaves_withdrawn_out: query.is_for_use,
            limit: query.limit.saturating_add(1),
        };
        let mut rows = self.shared.store.apps_page(page).await?;
        let limit = usize::try_from(query.limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| has_more).map(AppCursor::behind);
        let mut apps = Vec::with_capacity(rows.len());
        for row in rows {
            apps.push(self.overview(row).await?);
        }
        Ok(AppPage { apps, next })
    }

    /// Returns what there is to tell of one app, without asking DingTalk.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn find(&self, name: &str) -> sqlx::Result<Option<AppOverview>> {
        match self.shared.store.app_named(name).await? {
            Some(row) => self.overview(row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn overview(&self, row: AppRow) -> sqlx::Result<AppOverview> {
        Ok(AppOverview {
            is_claimed: row.is_claimed,
            is_configured: self.is_configured(&row),
            title: row.title.clone(),
            corp_id: row.corp_id.clone(),
            agent_id: row.agent_id,
            created_at: row.created_at,
            app: self.described(row).await?,
        })
    }

    /// Returns the client secret of an app, for somebody who may have it.
    ///
    /// # Errors
    ///
    /// [`SecretError`]; `RowNotFound` if there is no such app.
    pub async fn reveal(&self, client_id: &str) -> Result<ClientSecret, SecretError> {
        self.secret(client_id).await
    }

    /// Notes whether DingTalk accepts the credentials of an app.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn note_verdict(&self, client_id: &str, is_verified: bool) -> sqlx::Result<()> {
        self.shared.store.set_app_verified(client_id, is_verified).await
    }

    /// Forgets an app: its secret, and what still had to be delivered. What was delivered stays where it is, and so do
    /// the people who signed in with it. One that is unknown is gone already.
    ///
    /// # Errors
    ///
    /// [`RemoveError`]; nothing has changed then.
    pub async fn remove(&self, name: &str) -> Result<(), RemoveError> {
        let Some(row) = self.shared.store.app_named(name).await? else { return Ok(()) };
        if self.is_configured(&row) {
            return Err(RemoveError::Configured);
        }
        let is_gone = self.shared.store.delete_app(&row.client_id).await?;
        #[cfg(feature = "login")]
        self.forget_token(&row.client_id).await;
        if is_gone {
            tracing::info!(app.name = name, app.client_id = row.client_id, "app removed");
        }
        Ok(())
    }

    fn is_configured(&self, row: &AppRow) -> bool {
        row.in_file == InFile::Present || self.shared.configured.as_deref() == Some(row.client_id.as_str())
    }
}

impl AppCursor {
    fn behind(row: &AppRow) -> Self {
        Self { created_at: row.created_at, client_id: row.client_id.clone() }
    }
}

impl fmt::Display for AppCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{} {}", self.created_at.as_millis(), self.client_id);
        f.write_str(&URL_SAFE_NO_PAD.encode(text))
    }
}

impl FromStr for AppCursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let text = text.ok_or(InvalidCursor)?;
        let (created_at, client_id) = text.split_once(' ').ok_or(InvalidCursor)?;
        let created_at = created_at.parse().map(Timestamp::from_millis).map_err(|_| InvalidCursor)?;
        Ok(Self { created_at, client_id: client_id.to_owned() })
    }
}

/// The text is not an [`AppCursor`].
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a cursor is what the page before gave")]
pub struct InvalidCursor;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_nothing_else_is() {
        let cursor = AppCursor { created_at: Timestamp::from_millis(7), client_id: "ding 1".to_owned() };

        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for text in ["", "7 ding1", "%", "Nw", "eCBkaW5nMQ"] {
            assert_eq!(text.parse::<AppCursor>(), Err(InvalidCursor), "{text}");
        }
    }
}
