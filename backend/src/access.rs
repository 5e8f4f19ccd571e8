//! Who may begin a registration: an operator with a session, a program with an API key, or a page to which such a
//! program gave an embed token.
//!
//! A stranger who could begin one would put his app's credentials into our sinks.

mod embed;
mod scope;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::clock::{Clock, Timestamp};
use crate::secret::{Presented, digest, random_secret};
use crate::store::{ApiKeyRow, Store};

pub use embed::{EMBED_TOKEN_LIFETIME, EmbedTokens, Grant, InvalidOrigin, SiteOrigin};
pub use scope::{Scope, Scopes, UnknownScope};

/// How long an operator session lives.
pub const SESSION_LIFETIME: Duration = Duration::from_hours(12);

/// How every API key begins, so that one in the wrong place is recognised.
const API_KEY_PREFIX: &str = "dqk_";

/// Knows who may do what. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Access {
    clock: Arc<dyn Clock>,
    store: Store,
    /// The digest of the setup code, until it is used.
    setup: Arc<Mutex<Option<String>>>,
}

/// An API key, without the key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ApiKey {
    /// What the operator calls it.
    pub name: String,
    /// What it may do.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Access {
    /// Makes it. There is no setup code until [`Access::issue_setup_code`].
    pub fn new(clock: Arc<dyn Clock>, store: Store) -> Self {
        Self { clock, store, setup: Arc::default() }
    }

    /// Makes a setup code, good for one session. An earlier one is void then.
    pub fn issue_setup_code(&self) -> Zeroizing<String> {
        let code = random_secret();
        *self.setup.lock().unwrap_or_else(PoisonError::into_inner) = Some(digest(&["setup", &code]));
        code
    }

    /// Exchanges the setup code for a session token; `None` if it is wrong or used.
    ///
    /// # Errors
    ///
    /// If the database fails; then the code is still good.
    pub async fn start_session(&self, code: &Presented) -> sqlx::Result<Option<Zeroizing<String>>> {
        let presented = digest(&["setup", code.expose()]);
        let taken = {
            let mut setup = self.setup.lock().unwrap_or_else(PoisonError::into_inner);
            let is_right =
                setup.as_ref().is_some_and(|known| bool::from(known.as_bytes().ct_eq(presented.as_bytes())));
            if is_right { setup.take() } else { None }
        };
        let Some(code) = taken else { return Ok(None) };
        let session = random_secret();
        let now = self.clock.now();
        self.store.sweep_operator_sessions(now).await.ok();
        let stored =
            self.store.insert_operator_session(&session_digest(&session), now + SESSION_LIFETIME).await;
        if let Err(error) = stored {
            *self.setup.lock().unwrap_or_else(PoisonError::into_inner) = Some(code);
            return Err(error);
        }
        Ok(Some(session))
    }

    /// Returns a name for the session with this token, if it is alive.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn session(&self, token: &Presented) -> sqlx::Result<Option<String>> {
        let digest = session_digest(token.expose());
        let is_alive = self.store.has_operator_session(&digest, self.clock.now()).await?;
        Ok(is_alive.then_some(digest))
    }

    /// Returns whether a text has the form of an API key.
    pub fn is_api_key(text: &Presented) -> bool {
        text.expose().starts_with(API_KEY_PREFIX)
    }

    /// Makes an API key that may do the usual, and returns it: it is stored as a digest and cannot be shown again. `None` if
    /// the name is taken.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn create_api_key(&self, name: &str) -> sqlx::Result<Option<Zeroizing<String>>> {
        self.create_scoped_api_key(name, &Scopes::usual()).await
    }

    /// Makes an API key that may do what `scopes` says, and returns it. `None` if the name is taken.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn create_scoped_api_key(
        &self,
        name: &str,
        scopes: &Scopes,
    ) -> sqlx::Result<Option<Zeroizing<String>>> {
        let key = Zeroizing::new(format!("{API_KEY_PREFIX}{}", random_secret().as_str()));
        let row =
            ApiKeyRow { name: name.to_owned(), scopes: scopes.to_string(), created_at: self.clock.now() };
        let is_new = self.store.insert_api_key(&row, &api_key_digest(&key)).await?;
        Ok(is_new.then_some(key))
    }

    /// Returns what is known of an API key; `None` if it is none, or has been revoked.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn api_key(&self, key: &Presented) -> sqlx::Result<Option<ApiKey>> {
        if !Self::is_api_key(key) {
            return Ok(None);
        }
        Ok(self.store.api_key(&api_key_digest(key.expose())).await?.map(ApiKey::from))
    }

    /// Lists the API keys by name.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn api_keys(&self) -> sqlx::Result<Vec<ApiKey>> {
        Ok(self.store.api_keys().await?.into_iter().map(ApiKey::from).collect())
    }

    /// Revokes an API key. Returns `false` if there is none of this name.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn revoke_api_key(&self, name: &str) -> sqlx::Result<bool> {
        self.store.delete_api_key(name).await
    }
}

impl From<ApiKeyRow> for ApiKey {
    fn from(row: ApiKeyRow) -> Self {
        Self { scopes: Scopes::from_stored(&row.scopes), name: row.name, created_at: row.created_at }
    }
}

fn session_digest(token: &str) -> String {
    digest(&["operator session", token])
}

fn api_key_digest(key: &str) -> String {
    digest(&["api key", key])
}
