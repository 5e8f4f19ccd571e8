use std::time::Duration;

use zeroize::Zeroizing;

use super::{LONGEST_LIFETIME, SignError};
use crate::clock::Timestamp;
use crate::secret::{Sealer, random_id, random_secret};
use crate::store::{SessionKeyRow, Store};

/// How long a key signs.
const SIGNING: Duration = Duration::from_hours(30 * 24);

/// A key that signs tokens, or once did.
pub(super) struct SigningKey {
    pub(super) id: String,
    pub(super) bytes: Zeroizing<String>,
}

/// Returns the key that signs now. Every 30 days it is another one.
pub(super) async fn newest(store: &Store, sealer: &Sealer, now: Timestamp) -> Result<SigningKey, SignError> {
    if let Some(row) = store.newest_session_key().await?
        && now.since(row.created_at) < SIGNING
    {
        return opened(sealer, &row);
    }
    let key = SigningKey { id: random_id(), bytes: random_secret() };
    let row =
        SessionKeyRow { id: key.id.clone(), key: sealer.seal(&place(&key.id), &key.bytes), created_at: now };
    // One that signed its last token so long ago has none left to vouch for.
    store.insert_session_key(&row, now - (SIGNING + LONGEST_LIFETIME)).await?;
    tracing::info!(signing_key.id = key.id, "signing key made");
    Ok(key)
}

/// Returns the key of this name, if it is still believed.
pub(super) async fn known(store: &Store, sealer: &Sealer, id: &str) -> Result<Option<SigningKey>, SignError> {
    store.session_key(id).await?.map(|row| opened(sealer, &row)).transpose()
}

fn opened(sealer: &Sealer, row: &SessionKeyRow) -> Result<SigningKey, SignError> {
    Ok(SigningKey { id: row.id.clone(), bytes: sealer.open(&place(&row.id), &row.key)? })
}

/// The place to which a key is sealed.
fn place(id: &str) -> String {
    format!("session_keys/{id}")
}
