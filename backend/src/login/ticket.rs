use std::time::Duration;

use dingtalk_qr_shared::FlowId;

use super::authorization::is_same_browser;
use super::{LoginError, Logins};
use crate::flow::Status;
use crate::secret::Presented;
use crate::store::UserRow;

/// How long a ticket is good.
pub(super) const LIFETIME: Duration = Duration::from_mins(1);

/// What a ticket was worth.
#[derive(Debug)]
pub struct Redeemed {
    /// Who signed in.
    pub user: UserRow,
    /// For which origin.
    pub site: String,
    /// By which door.
    pub method: String,
    /// With which app.
    pub client_id: String,
}

impl Logins {
    /// Returns the ticket of a confirmed login, if it was confirmed within the last minute and nobody has given it in. It is made
    /// of the flow's id, so it is stored nowhere, and the same each time.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn ticket(&self, flow_id: &FlowId) -> sqlx::Result<Option<String>> {
        let horizon = self.shared.clock.now() - LIFETIME;
        let is_good = self.shared.store.has_login_ticket(flow_id.as_str(), horizon).await?;
        let token = || self.shared.sealer.token(&subject(flow_id));
        Ok(is_good.then(|| format!("{flow_id}.{}", token())))
    }

    /// Gives a ticket in for a session of the browser that began the login, on our own site.
    ///
    /// # Errors
    ///
    /// [`LoginError::Ticket`]; the ticket stays good for its own browser then.
    pub async fn redeem_for_session(
        &self,
        ticket: &Presented,
        cookie: Option<&Presented>,
    ) -> Result<Redeemed, LoginError> {
        let flow_id = self.flow_of(ticket)?;
        let login = self.shared.store.login(flow_id.as_str()).await?.ok_or(LoginError::Ticket)?;
        if !login.is_own_site || !is_same_browser(login.browser_digest.as_deref(), cookie) {
            return Err(LoginError::Ticket);
        }
        self.redeem_flow(&flow_id).await
    }

    /// Gives a ticket in for the identity, on behalf of an embedder.
    ///
    /// # Errors
    ///
    /// [`LoginError::Ticket`].
    pub async fn redeem(&self, ticket: &Presented) -> Result<Redeemed, LoginError> {
        let flow_id = self.flow_of(ticket)?;
        self.redeem_flow(&flow_id).await
    }

    /// The same for a login on one of these sites only.
    ///
    /// # Errors
    ///
    /// [`LoginError::Ticket`]; a ticket of another site stays good.
    #[cfg(feature = "platform")]
    pub async fn redeem_on(&self, ticket: &Presented, sites: &[&str]) -> Result<Redeemed, LoginError> {
        let flow_id = self.flow_of(ticket)?;
        let login = self.shared.store.login(flow_id.as_str()).await?.ok_or(LoginError::Ticket)?;
        if login.is_own_site || !sites.contains(&login.site.as_str()) {
            return Err(LoginError::Ticket);
        }
        self.redeem_flow(&flow_id).await
    }

    async fn redeem_flow(&self, flow_id: &FlowId) -> Result<Redeemed, LoginError> {
        if !matches!(self.shared.engine.standing(flow_id).await, Ok(Status::Authenticated(_))) {
            return Err(LoginError::Ticket);
        }
        let now = self.shared.clock.now();
        let login = self.shared.store.redeem_login(flow_id.as_str(), now - LIFETIME, now).await?;
        let login = login.ok_or(LoginError::Ticket)?;
        let user_id = login.user_id.ok_or(LoginError::Ticket)?;
        let user = self.shared.people.user(&user_id).await?.ok_or(LoginError::Ticket)?;
        Ok(Redeemed { user, site: login.site, method: login.method, client_id: login.client_id })
    }

    fn flow_of(&self, ticket: &Presented) -> Result<FlowId, LoginError> {
        let (flow_id, token) = ticket.expose().split_once('.').ok_or(LoginError::Ticket)?;
        let flow_id = FlowId::try_from(flow_id.to_owned()).map_err(|_| LoginError::Ticket)?;
        if self.shared.sealer.is_token(&subject(&flow_id), token) {
            Ok(flow_id)
        } else {
            Err(LoginError::Ticket)
        }
    }
}

/// Keeps tickets apart from poll tokens, which are made of the id alone.
fn subject(flow_id: &FlowId) -> String {
    format!("ticket/{flow_id}")
}
