//! Sessions: a signed token in a cookie (RFC 7519), and a row that says whether it is still good.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::clock::{Clock, Timestamp};
use crate::secret::{Presented, Sealer, random_id};
use crate::signing::{Kind, LONGEST_LIFETIME, SignError, Signer};
use crate::store::{SessionRow, Store};

/// How long a session lives.
pub const SESSION_LIFETIME: Duration = LONGEST_LIFETIME;

/// Begins, checks and ends sessions. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Sessions {
    clock: Arc<dyn Clock>,
    store: Store,
    signer: Signer,
}

/// What the token of a session says.
#[derive(Debug, Deserialize, Serialize)]
struct Claims {
    /// Whose it is.
    sub: String,
    /// Names the session.
    jti: String,
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
    /// The token cannot be signed or checked.
    #[error("the token of the session cannot be signed or checked")]
    Token(#[from] SignError),
}

impl Sessions {
    /// Makes it, for tokens of and for `issuer`.
    pub fn new(clock: Arc<dyn Clock>, store: Store, sealer: Arc<Sealer>, issuer: String) -> Self {
        let kind = Kind { name: "dingtalk-qr-session+jwt", audience: issuer.clone(), issuer };
        Self { clock, signer: Signer::new(store.clone(), sealer, kind), store }
    }

    /// Begins a session and returns its token.
    ///
    /// # Errors
    ///
    /// [`SessionError`].
    pub async fn begin(&self, user_id: &str, method: &str) -> Result<Zeroizing<String>, SessionError> {
        let now = self.clock.now();
        let session = SessionRow {
            id: random_id(),
            user_id: user_id.to_owned(),
            method: method.to_owned(),
            created_at: now,
            expires_at: now + SESSION_LIFETIME,
        };
        let claims = Claims { sub: session.user_id.clone(), jti: session.id.clone() };
        let token = self.signer.sign(&claims, now, SESSION_LIFETIME).await?;
        self.store.insert_session(&session).await?;
        Ok(token)
    }

    /// Returns the session of a token: `None` if the token is not ours, has ended, or was revoked.
    ///
    /// # Errors
    ///
    /// [`SessionError`].
    pub async fn check(&self, token: &Presented) -> Result<Option<LiveSession>, SessionError> {
        let now = self.clock.now();
        let Some(signed) = self.signer.verify::<Claims>(token, now).await? else { return Ok(None) };
        let claims = signed.content;
        let Some(row) = self.store.session(&claims.jti).await? else { return Ok(None) };
        let is_right = row.user_id == claims.sub && now < row.expires_at;
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
