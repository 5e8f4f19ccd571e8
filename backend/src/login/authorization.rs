//! To DingTalk's sign-in page and back (RFC 6749 §4.1).

use dingtalk_qr_shared::FlowId;
use subtle::ConstantTimeEq as _;

use super::{LoginError, Logins, Method, browser_digest, proof_digest, state_digest};
use crate::app::LoginApp;
use crate::causes::Causes;
use crate::dingtalk::AuthorizationRequest;
use crate::flow::Step;
use crate::secret::{Presented, random_secret};
use crate::store::{LoginRow, UserRow};

/// What a browser brings back from DingTalk (DingTalk's page 获取登录用户的访问凭证).
#[derive(Debug)]
pub struct Answer {
    /// The code, if there is one.
    pub code: Option<Presented>,
    /// DingTalk's word for why there is none.
    pub error: Option<String>,
    /// What went out with the browser.
    pub state: Presented,
    /// The cookie of the browser.
    pub cookie: Option<Presented>,
}

/// Where a browser that came back goes on.
#[derive(Debug)]
pub enum Arrived {
    /// Signed in on our own site.
    SignedIn {
        /// Who.
        user_id: String,
        /// Where to.
        return_to: Option<String>,
    },
    /// A phone: its person has to pick a number.
    Confirm {
        /// The address of the page behind `/d/`.
        scan_code: String,
    },
    /// To the page of another origin, with what that has to give in.
    Return {
        /// Absolute.
        url: String,
    },
    /// The person said no.
    Denied {
        /// To whom.
        site: String,
        /// How to begin again, on our own site.
        again: Option<Again>,
    },
}

/// A browser came back and cannot go on.
#[derive(Debug)]
pub struct Failed {
    /// Why.
    pub error: LoginError,
    /// How to begin again, on our own site.
    pub again: Option<Again>,
}

/// How to begin a login again as it was.
#[derive(Debug)]
pub struct Again {
    /// The app, by its name.
    pub app: String,
    /// Where the browser goes in the end.
    pub return_to: String,
}

impl From<LoginError> for Failed {
    fn from(error: LoginError) -> Self {
        Self { error, again: None }
    }
}

impl Logins {
    /// Sends a browser to DingTalk for a login by redirect. `cookie` is what it will be known by when it comes back.
    ///
    /// # Errors
    ///
    /// [`LoginError`].
    pub async fn go(&self, flow_id: &FlowId, cookie: &Presented) -> Result<String, LoginError> {
        let login = self.shared.store.login(flow_id.as_str()).await?.ok_or(LoginError::NotFound)?;
        if login.method != Method::Redirect.name() {
            return Err(LoginError::NotFound);
        }
        self.live(&login).await?;
        // Whoever goes last comes back: the proof binds the page, so nobody can be kept away by going first.
        self.sign_in_page(&login, Some(&browser_digest(cookie)), false).await
    }

    /// Returns the address of DingTalk's page for the frame of a login.
    ///
    /// # Errors
    ///
    /// [`LoginError`].
    pub async fn frame(&self, flow_id: &FlowId, token: &Presented) -> Result<String, LoginError> {
        let login = self.owned(flow_id, token, Method::Frame).await?;
        self.sign_in_page(&login, None, false).await
    }

    pub(super) async fn sign_in_page(
        &self,
        login: &LoginRow,
        agent_digest: Option<&str>,
        is_first_only: bool,
    ) -> Result<String, LoginError> {
        let app = self.app_of(login).await?;
        let state = random_secret();
        let digest = state_digest(&Presented::new(&state));
        let flow_id = login.flow_id.as_str();
        if !self.shared.store.set_login_state(flow_id, &digest, agent_digest, is_first_only).await? {
            return Err(LoginError::Ended);
        }
        let settings = &self.shared.settings;
        Ok(self.shared.oauth.authorization_url(&AuthorizationRequest {
            client_id: &app.client_id,
            redirect_uri: &settings.callback,
            state: &state,
            corp_id: app.corp_id.as_deref(),
            wants_corp: settings.wants_corp || self.is_of_many(&app),
            org_type: app.options.org_type.as_deref(),
            exclusive_corp_id: app.options.exclusive_corp_id.as_deref(),
            is_exclusive: app.options.exclusive_login,
            is_framed: login.method == Method::Frame.name(),
        }))
    }

    pub(super) async fn app_of(&self, login: &LoginRow) -> Result<LoginApp, LoginError> {
        let app = self.shared.apps.login_app(&login.client_id).await?.ok_or(LoginError::NoApp)?;
        Ok(LoginApp { corp_id: login.corp_id.clone().or(app.corp_id), ..app })
    }

    /// Takes in what a browser brings back from DingTalk. The state works once, whatever comes of it.
    ///
    /// # Errors
    ///
    /// [`Failed`].
    ///
    /// # Cancellation
    ///
    /// Dropping the future may leave the code used and the person not signed in; they begin again.
    pub async fn returned(&self, answer: Answer) -> Result<Arrived, Failed> {
        let login = self.shared.store.take_login_state(&state_digest(&answer.state)).await;
        let login = login.map_err(LoginError::Store)?.ok_or(LoginError::State)?;
        if !is_same_browser(login.agent_digest.as_deref(), answer.cookie.as_ref()) {
            return Err(LoginError::State.into());
        }
        let is_direct = login.method == Method::Redirect.name() && login.is_own_site;
        // On our own site, the browser that asked is the one that signs in.
        if is_direct && !is_same_browser(login.browser_digest.as_deref(), answer.cookie.as_ref()) {
            return Err(LoginError::State.into());
        }
        let outcome = self.arrive(&login, answer, is_direct).await;
        match (outcome, &login.return_to) {
            // The page of another origin says itself how it ended.
            (Ok(Arrived::Denied { .. }) | Err(_), Some(url)) if !login.is_own_site => {
                Ok(Arrived::Return { url: url.clone() })
            }
            (Err(error), _) => Err(Failed { error, again: self.again(&login, is_direct).await }),
            (Ok(arrived), _) => Ok(arrived),
        }
    }

    async fn arrive(&self, login: &LoginRow, answer: Answer, is_direct: bool) -> Result<Arrived, LoginError> {
        let flow_id = self.live(login).await?;
        let Some(code) = answer.code else {
            self.deny(&flow_id, answer.error.as_deref()).await?;
            let again = self.again(login, is_direct).await;
            return Ok(Arrived::Denied { site: login.site.clone(), again });
        };
        let user = self.find_out(login, &flow_id, &code).await?;
        if is_direct {
            let user_id = user.id.clone();
            self.confirm(&flow_id, user).await?;
            // The session is this browser's at once, so nothing is left to give in.
            let now = self.shared.clock.now();
            self.shared.store.redeem_login(flow_id.as_str(), now - super::ticket::LIFETIME, now).await?;
            return Ok(Arrived::SignedIn { user_id, return_to: login.return_to.clone() });
        }
        if let Some(scan_code) = &login.scan_code {
            self.note_user(&flow_id, &user.id, None).await?;
            return Ok(Arrived::Confirm { scan_code: scan_code.clone() });
        }
        let proof = random_secret();
        self.note_user(&flow_id, &user.id, Some(&proof_digest(&Presented::new(&proof)))).await?;
        let page = login.return_to.as_deref().unwrap_or_default();
        Ok(Arrived::Return { url: format!("{page}#dingtalk-qr-proof={}", proof.as_str()) })
    }

    /// Says how to begin again, if that is to be done in this browser.
    async fn again(&self, login: &LoginRow, is_direct: bool) -> Option<Again> {
        let return_to = login.return_to.clone().filter(|_| is_direct)?;
        let app = self.app_of(login).await.ok()?.name;
        Some(Again { app, return_to })
    }

    /// Asks DingTalk who it is. If it does not say, the login is over, and its page says why.
    async fn find_out(
        &self,
        login: &LoginRow,
        flow_id: &FlowId,
        code: &Presented,
    ) -> Result<UserRow, LoginError> {
        let app = self.app_of(login).await?;
        self.or_fail(flow_id, self.identify(&app, code).await).await
    }

    /// Ends a login with what went wrong, so that its page says it, and hands the error on.
    async fn or_fail(
        &self,
        flow_id: &FlowId,
        identified: Result<UserRow, LoginError>,
    ) -> Result<UserRow, LoginError> {
        if let Err(error) = &identified
            && let Err(untold) = self.shared.engine.tell(flow_id, Step::Failed(error.failure())).await
        {
            tracing::warn!(error = %Causes(&untold), flow.id = %flow_id, "failure not told");
        }
        identified
    }

    /// Notes who it is, and confirms it at once: whoever brought the code is the page that asked.
    async fn confirm(&self, flow_id: &FlowId, user: UserRow) -> Result<(), LoginError> {
        self.note_user(flow_id, &user.id, None).await?;
        self.authenticate(flow_id, user).await
    }

    async fn note_user(
        &self,
        flow_id: &FlowId,
        user_id: &str,
        proof_digest: Option<&str>,
    ) -> Result<(), LoginError> {
        let is_first = self.shared.store.set_login_user(flow_id.as_str(), user_id, proof_digest).await?;
        if is_first { Ok(()) } else { Err(LoginError::Ended) }
    }

    async fn deny(&self, flow_id: &FlowId, word: Option<&str>) -> Result<(), LoginError> {
        // What the words are is nowhere written; that there is no code says enough.
        tracing::info!(flow.id = %flow_id, dingtalk.error = word.map(plain), "refused at DingTalk");
        self.shared.engine.tell(flow_id, Step::Denied { reason: None }).await?;
        Ok(())
    }

    /// Takes in the code that DingTalk's page in the frame gave.
    ///
    /// # Errors
    ///
    /// [`LoginError`]; the login is over then, unless the state was wrong.
    pub async fn framed_code(
        &self,
        flow_id: &FlowId,
        token: &Presented,
        answer: Answer,
    ) -> Result<(), LoginError> {
        self.owned(flow_id, token, Method::Frame).await?;
        let login = self.shared.store.take_login_state(&state_digest(&answer.state)).await?;
        let login = login.filter(|login| login.flow_id == flow_id.as_str()).ok_or(LoginError::State)?;
        let Some(code) = answer.code else { return self.deny(flow_id, answer.error.as_deref()).await };
        let user = self.find_out(&login, flow_id, &code).await?;
        self.confirm(flow_id, user).await
    }

    /// Takes in the code that DingTalk's script gave.
    ///
    /// # Errors
    ///
    /// [`LoginError`]; the login is over then.
    pub async fn workspace_code(
        &self,
        flow_id: &FlowId,
        token: &Presented,
        code: &Presented,
    ) -> Result<(), LoginError> {
        let login = self.owned(flow_id, token, Method::Workspace).await?;
        let app = self.app_of(&login).await?;
        let user = self.or_fail(flow_id, self.identify_in_workspace(&app, code).await).await?;
        self.confirm(flow_id, user).await
    }

    /// Takes in what the browser brought back to the page of another origin.
    ///
    /// # Errors
    ///
    /// [`LoginError`].
    pub async fn prove(
        &self,
        flow_id: &FlowId,
        token: &Presented,
        proof: &Presented,
    ) -> Result<(), LoginError> {
        let login = self.owned(flow_id, token, Method::Redirect).await?;
        let is_right = self.shared.store.take_login_proof(flow_id.as_str(), &proof_digest(proof)).await?;
        let user_id = login.user_id.filter(|_| is_right).ok_or(LoginError::State)?;
        self.authenticate(flow_id, self.user(&user_id).await?).await
    }
}

/// Whether a browser is the one that is stored, by its cookie.
pub(super) fn is_same_browser(stored: Option<&str>, cookie: Option<&Presented>) -> bool {
    let (Some(stored), Some(cookie)) = (stored, cookie) else { return false };
    stored.as_bytes().ct_eq(browser_digest(cookie).as_bytes()).into()
}

/// Text from outside, short and plain enough for a log.
fn plain(word: &str) -> String {
    word.chars().filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c)).take(40).collect()
}
