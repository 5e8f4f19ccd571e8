//! The phone's side of a login by QR code: look, go to DingTalk, come back, pick the number.

use dingtalk_qr_shared::FlowId;

use super::authorization::is_same_browser;
use super::{LoginError, Logins, browser_digest};
use crate::clock::Timestamp;
use crate::flow::{Failure, Status, Step};
use crate::secret::Presented;
use crate::store::LoginRow;

/// What the phone shows.
#[derive(Debug)]
pub enum PhoneView {
    /// Who asks. Nothing has happened yet.
    Ask {
        /// Who.
        asking: Asking,
        /// Goes into the form.
        form_token: String,
    },
    /// DingTalk has said who the person is: they pick the number.
    Confirm {
        /// Who asks.
        asking: Asking,
        /// Goes into the form.
        form_token: String,
        /// Who they are.
        name: String,
        /// To choose from.
        numbers: [u8; 3],
    },
    /// Signed in.
    Done {
        /// Where.
        site: String,
        /// Who.
        name: String,
    },
    /// The person said no.
    Denied {
        /// To whom.
        site: String,
    },
    /// Something failed.
    Failed {
        /// What.
        failure: Failure,
        /// Who had asked.
        site: String,
    },
    /// Over, another phone's, or never there.
    Over,
}

/// Who asks for the login.
#[derive(Clone, Debug)]
pub struct Asking {
    /// The origin of the page.
    pub site: String,
    /// The app, by its title.
    pub app: String,
    /// The browser, in words.
    pub browser: String,
    /// Its address.
    pub address: String,
    /// When it began.
    pub begun_at: Timestamp,
}

/// What the person did.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Choosing {
    /// Picked a number.
    Number(u8),
    /// Said no.
    Deny,
}

impl Logins {
    /// Says what a phone shows that opens the link of a QR code. Changes nothing: a link is opened by previews as well.
    ///
    /// # Errors
    ///
    /// If the database fails.
    pub async fn phone(&self, scan_code: &str, cookie: &Presented) -> Result<PhoneView, LoginError> {
        let Some(login) = self.shared.store.login_by_scan_code(scan_code).await? else {
            return Ok(PhoneView::Over);
        };
        if is_anothers(&login, cookie) {
            return Ok(PhoneView::Over);
        }
        match self.standing(&login).await {
            Ok((_, status)) => self.view(login, status, cookie).await,
            Err(LoginError::NotFound) => Ok(PhoneView::Over),
            Err(error) => Err(error),
        }
    }

    async fn view(
        &self,
        login: LoginRow,
        status: Status,
        cookie: &Presented,
    ) -> Result<PhoneView, LoginError> {
        let is_agent = is_agent(&login, cookie);
        let site = login.site.clone();
        Ok(match status {
            Status::Pending | Status::Scanned { .. } => {
                let asking = self.asking(&login).await?;
                let form_token = self.form_token(&login, cookie);
                match &login.user_id {
                    Some(user_id) => {
                        let name = self.user(user_id).await?.name;
                        PhoneView::Confirm { asking, form_token, name, numbers: login.numbers }
                    }
                    None => PhoneView::Ask { asking, form_token },
                }
            }
            Status::Authenticated(person) if is_agent => PhoneView::Done { site, name: person.name },
            Status::Denied { .. } if is_agent => PhoneView::Denied { site },
            Status::Failed { failure } if is_agent => PhoneView::Failed { failure, site },
            Status::Authenticated(_)
            | Status::Denied { .. }
            | Status::Failed { .. }
            | Status::Creating
            | Status::ApprovalPending { .. }
            | Status::Created(_)
            | Status::Expired
            | Status::Cancelled => PhoneView::Over,
        })
    }

    async fn asking(&self, login: &LoginRow) -> Result<Asking, LoginError> {
        Ok(Asking {
            app: self.app_of(login).await?.title,
            site: login.site.clone(),
            browser: login.browser.clone(),
            address: login.address.clone(),
            begun_at: login.created_at,
        })
    }

    /// Sends a phone to DingTalk. The first one that goes is the only one that may come back.
    ///
    /// # Errors
    ///
    /// [`LoginError::Ended`] if the login is over or another phone's; [`LoginError::State`] if the form is not ours.
    pub async fn phone_goes(
        &self,
        scan_code: &str,
        cookie: &Presented,
        form_token: &Presented,
    ) -> Result<String, LoginError> {
        let (login, flow_id) = self.scanned(scan_code, cookie, form_token).await?;
        let url = self.sign_in_page(&login, Some(&browser_digest(cookie)), true).await?;
        self.shared.engine.tell(&flow_id, Step::Scanned { number: login.number }).await?;
        Ok(url)
    }

    /// Takes in what the person chose. There is one try: a number that is wrong ends the login.
    ///
    /// # Errors
    ///
    /// [`LoginError::Ended`] if the login is over or another phone's; [`LoginError::State`] if the form is not ours.
    pub async fn phone_chooses(
        &self,
        scan_code: &str,
        cookie: &Presented,
        form_token: &Presented,
        choosing: Choosing,
    ) -> Result<(), LoginError> {
        let (login, flow_id) = self.scanned(scan_code, cookie, form_token).await?;
        let is_agent = is_agent(&login, cookie);
        match (choosing, login.user_id) {
            (Choosing::Deny, _) => {
                self.shared.store.claim_login(flow_id.as_str(), &browser_digest(cookie)).await?;
                self.shared.engine.tell(&flow_id, Step::Denied { reason: None }).await?;
                Ok(())
            }
            (Choosing::Number(number), Some(user_id)) if is_agent => {
                if number == login.number {
                    return self.authenticate(&flow_id, self.user(&user_id).await?).await;
                }
                tracing::warn!(flow.id = %flow_id, user.id = user_id, "wrong number picked");
                self.shared.engine.tell(&flow_id, Step::Failed(Failure::NumberMismatch)).await?;
                Ok(())
            }
            (Choosing::Number(_), _) => Err(LoginError::Ended),
        }
    }

    /// Finds a live login for a form that we gave to this phone.
    async fn scanned(
        &self,
        scan_code: &str,
        cookie: &Presented,
        form_token: &Presented,
    ) -> Result<(LoginRow, FlowId), LoginError> {
        let login = self.shared.store.login_by_scan_code(scan_code).await?.ok_or(LoginError::Ended)?;
        if !self.shared.sealer.is_token(&form_subject(&login, cookie), form_token.expose()) {
            return Err(LoginError::State);
        }
        if is_anothers(&login, cookie) {
            return Err(LoginError::Ended);
        }
        let flow_id = self.live(&login).await?;
        Ok((login, flow_id))
    }

    fn form_token(&self, login: &LoginRow, cookie: &Presented) -> String {
        self.shared.sealer.token(&form_subject(login, cookie))
    }
}

/// Whether this is the phone that has gone on with a login.
fn is_agent(login: &LoginRow, cookie: &Presented) -> bool {
    is_same_browser(login.agent_digest.as_deref(), Some(cookie))
}

/// Whether another phone has gone on with a login.
fn is_anothers(login: &LoginRow, cookie: &Presented) -> bool {
    login.agent_digest.is_some() && !is_agent(login, cookie)
}

/// A form belongs to one login and one phone, so that no other page can send it (OWASP: signed double submit).
fn form_subject(login: &LoginRow, cookie: &Presented) -> String {
    format!("form/{}/{}", login.flow_id, browser_digest(cookie))
}
