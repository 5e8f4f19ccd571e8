use std::fmt;

use serde::{Deserialize, Serialize};

/// The credentials of an app, in clear. The only type here that can carry a secret.
///
/// # Security
///
/// Only routes that exist to hand a secret out answer with it. `Debug` hides it.
#[derive(Deserialize, Eq, PartialEq, Serialize)]
pub struct RevealedCredentials {
    /// The app's client id.
    pub client_id: String,
    /// The app's client secret.
    pub client_secret: String,
}

impl fmt::Debug for RevealedCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RevealedCredentials").field("client_id", &self.client_id).finish_non_exhaustive()
    }
}
