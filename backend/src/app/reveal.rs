//! A secret that the browser which began a registration may see, once.
//!
//! 1. [`Apps::allow_reveal`]: a page of ours begins, and its browser gets a cookie whose digest is kept with the flow.
//! 2. [`Apps::is_revealable`]: the app exists, and the page learns that it may ask.
//! 3. [`Apps::reveal_once`]: it asks, with the flow's token and the cookie. That ends the right, as giving the flow up does, and
//!    [`REVEAL_LIFETIME`]. The store keeps the secret all the while.

use std::time::Duration;

use dingtalk_qr_shared::FlowId;

use super::{Apps, SecretError};
use crate::secret::{ClientSecret, Presented, digest};
use crate::store::RevealRow;

/// How long after the creation of its app a secret may be shown.
pub const REVEAL_LIFETIME: Duration = Duration::from_mins(10);

/// A secret cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum RevealError {
    /// It is not this browser's to see.
    #[error("the browser may not see the secret")]
    NotFound,
    /// It was shown before, or the time for it is over.
    #[error("the secret was shown before, or the time for it is over")]
    Ended,
    /// It cannot be had.
    #[error("the secret cannot be had")]
    Secret(#[from] SecretError),
}

impl Apps {
    /// Lets a browser see the secret of the app that a registration will make. The first one that asks for it has the right.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn allow_reveal(&self, flow_id: &FlowId, browser: &Presented) -> sqlx::Result<()> {
        self.shared.store.insert_reveal(flow_id.as_str(), &browser_digest(flow_id, browser)).await
    }

    /// Returns whether a browser may see the secret of the app that a registration has made.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn is_revealable(&self, flow_id: &FlowId, browser: &Presented) -> sqlx::Result<bool> {
        Ok(self.right(flow_id, browser).await?.is_some_and(|right| self.is_open(right)))
    }

    /// Returns the secret of the app that a registration has made, once.
    ///
    /// # Errors
    ///
    /// [`RevealError`]. Of several calls at once one gets the secret, and the others [`RevealError::Ended`].
    pub async fn reveal_once(
        &self,
        flow_id: &FlowId,
        client_id: &str,
        browser: &Presented,
    ) -> Result<ClientSecret, RevealError> {
        let right = self.right(flow_id, browser).await.map_err(SecretError::from)?;
        if !self.is_open(right.ok_or(RevealError::NotFound)?) {
            return Err(RevealError::Ended);
        }
        // Before the right is spent: an error here should leave it.
        let secret = match self.secret(client_id).await {
            Err(SecretError::Store(sqlx::Error::RowNotFound)) => return Err(RevealError::NotFound),
            other => other?,
        };
        if self.end_reveal(flow_id).await.map_err(SecretError::from)? {
            tracing::info!(flow.id = %flow_id, app.client_id = client_id, "credentials revealed");
            Ok(secret)
        } else {
            Err(RevealError::Ended)
        }
    }

    /// Ends the right to see the secret of a registration, and returns whether there was one.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn end_reveal(&self, flow_id: &FlowId) -> sqlx::Result<bool> {
        self.shared.store.end_reveal(flow_id.as_str(), self.shared.clock.now()).await
    }

    async fn right(&self, flow_id: &FlowId, browser: &Presented) -> sqlx::Result<Option<RevealRow>> {
        self.shared.store.reveal(flow_id.as_str(), &browser_digest(flow_id, browser)).await
    }

    fn is_open(&self, right: RevealRow) -> bool {
        !right.has_ended && self.shared.clock.now().since(right.flow_changed_at) < REVEAL_LIFETIME
    }
}

fn browser_digest(flow_id: &FlowId, browser: &Presented) -> String {
    digest(&["reveal", flow_id.as_str(), browser.expose()])
}
