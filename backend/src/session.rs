//! Sessions: a signed token in a cookie (RFC 7519), and a row that says whether it is still good.

mod key;
mod token;

use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use crate::clock::{Clock, Timestamp};
use crate::secret::{OpenError, Presented, Sealer, random_id};
use crate::store::{SessionRow, Store};
use token::{Claims, Validity};

/// How long a session lives.
pub const SESSION_LIFETIME: Duration = Duration::from_hours(7 * 24);

/// Begins, checks and ends sessions. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Sessions {
    clock: Arc<dyn Clock>,
    store: Store,
    sealer: Arc<Sealer>,
    /// Who issues the tokens, and for whom: the address of this backend.
    issuer: String,
}

/// A session that is good.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LiveSession {
    /// Names it.
    pub id: String,
    /// Whose it is.
    pub user_id: String,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// A session cannot be begun or checked.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The database failed.
    #[error("the session could not be read or stored")]
    Store(#[from] sqlx::Error),
    /// The key cannot be opened.
    #[error("the key of the session cannot be opened")]
    Key(#[from] OpenError),
    /// The token cannot be signed.
    #[error("the token cannot be signed")]
    Sign(#[from] jsonwebtoken::errors::Error),
}

impl Sessions {
    /// Makes it, for tokens of and for `issuer`.
    pub fn new(clock: Arc<dyn Clock>, store: Store, sealer: Arc<Sealer>, issuer: String) -> Self {
        Self { clock, store, sealer, issuer }
    }

    /// Begins a session and returns its token.
    ///
    /// # Errors
    ///
    /// [`SessionError`].
    pub async fn begin(&self, user_id: &str, method: &str) -> Result<Zeroizing<String>, SessionError> {
        let now = self.clock.now();
        let key = key::newest(&self.store, &self.sealer, now).await?;
        let session = SessionRow {
            id: random_id(),
            user_id: user_id.to_owned(),
            method: method.to_owned(),
            created_at: now,
            expires_at: now + SESSION_LIFETIME,
        };
        let claims = Claims::new(&self.issuer, &session);
        let token = token::sign(&claims, &key)?;
        self.store.insert_session(&session).await?;
        Ok(token)
    }

    /// Returns the session of a token: `None` if the token is not ours, has ended, or was revoked.
    ///
    /// # Errors
    ///
    /// [`SessionError`].
    pub async fn check(&self, token: &Presented) -> Result<Option<LiveSession>, SessionError> {
        let Some(key_id) = token::key_id(token.expose()) else { return Ok(None) };
        let Some(key) = key::known(&self.store, &self.sealer, &key_id).await? else { return Ok(None) };
        let validity = Validity { issuer: &self.issuer, now: self.clock.now() };
        let Some(claims) = token::verify(token.expose(), &key, &validity) else { return Ok(None) };
        let Some(row) = self.store.session(claims.id()).await? else { return Ok(None) };
        let is_right = row.user_id == claims.user_id() && validity.now < row.expires_at;
        let session = LiveSession { id: row.id, user_id: row.user_id, expires_at: row.expires_at };
        Ok(is_right.then_some(session))
    }

    /// Ends a session.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn end(&self, id: &str) -> sqlx::Result<()> {
        self.store.delete_session(id).await
    }

    /// Ends every session of a person, and returns how many there were.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn end_all_of(&self, user_id: &str) -> sqlx::Result<u64> {
        self.store.delete_sessions_of(user_id).await
    }
}
