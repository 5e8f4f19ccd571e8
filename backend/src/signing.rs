//! Tokens that we sign and that others bring back (RFC 7519), and the keys for it.

mod jwt;
mod key;

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use crate::clock::Timestamp;
use crate::secret::{OpenError, Presented, Sealer};
use crate::store::Store;

pub use jwt::Signed;

/// The longest that a token of any kind may live. For as long a key is believed after it has signed its last.
pub const LONGEST_LIFETIME: Duration = Duration::from_hours(7 * 24);

/// A kind of token. Type and audience of each are its own, so that none is ever taken for another (RFC 8725 §3.12).
#[derive(Clone, Debug)]
pub struct Kind {
    /// What the header calls it.
    pub name: &'static str,
    /// Who signs: the address of this backend.
    pub issuer: String,
    /// For whom.
    pub audience: String,
}

/// Signs and checks the tokens of one kind. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Signer {
    store: Store,
    sealer: Arc<Sealer>,
    kind: Arc<Kind>,
}

/// A token cannot be signed or checked.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The database failed.
    #[error("the keys of the tokens could not be read or stored")]
    Store(#[from] sqlx::Error),
    /// The key cannot be opened.
    #[error("the key of the token cannot be opened")]
    Key(#[from] OpenError),
    /// The token cannot be signed.
    #[error("the token cannot be signed")]
    Sign(#[from] jsonwebtoken::errors::Error),
}

impl Signer {
    /// Makes it.
    pub fn new(store: Store, sealer: Arc<Sealer>, kind: Kind) -> Self {
        Self { store, sealer, kind: Arc::new(kind) }
    }

    /// Signs what a token says from `now` on, for at most [`LONGEST_LIFETIME`].
    ///
    /// # Errors
    ///
    /// [`SignError`].
    pub async fn sign<C: Serialize + Sync>(
        &self,
        content: &C,
        now: Timestamp,
        lifetime: Duration,
    ) -> Result<Zeroizing<String>, SignError> {
        let key = key::newest(&self.store, &self.sealer, now).await?;
        let claims = Signed::new(&self.kind, content, now, lifetime.min(LONGEST_LIFETIME));
        Ok(jwt::sign(&self.kind, &claims, &key)?)
    }

    /// Returns what a token says: `None` if it is not ours, not of this kind, or not good `now`.
    ///
    /// # Errors
    ///
    /// [`SignError`].
    pub async fn verify<C: DeserializeOwned>(
        &self,
        token: &Presented,
        now: Timestamp,
    ) -> Result<Option<Signed<C>>, SignError> {
        let Some(key_id) = jwt::key_id(&self.kind, token.expose()) else { return Ok(None) };
        let Some(key) = key::known(&self.store, &self.sealer, &key_id).await? else { return Ok(None) };
        Ok(jwt::verify(&self.kind, token.expose(), &key, now))
    }
}
