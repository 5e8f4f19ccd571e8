use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Asker, LoginError, Logins, browser_digest, number};
use crate::app::{Choice, LoginApp};
use crate::flow::{NewFlow, Start, StartError, Started};
use crate::secret::random_id;
use crate::store::LoginRow;

/// By which door a person comes in.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A QR code of ours.
    Qr,
    /// There and back again.
    Redirect,
    /// DingTalk's page in a frame.
    Frame,
    /// Inside DingTalk.
    Workspace,
}

/// What is stored with the flow of a login.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(super) struct Subject {
    /// What the QR code says.
    verification_uri_complete: Option<String>,
    /// By which door. Flows of earlier versions do not say.
    #[serde(default)]
    pub(super) method: Option<Method>,
}

/// What [`Logins::begin`] is given.
#[derive(Debug)]
pub struct Begin<'a> {
    /// By which door.
    pub method: Method,
    /// With which app.
    pub choice: Choice<'a>,
    /// Who asks.
    pub asker: Asker,
    /// Where the browser goes in the end; checked by the caller.
    pub return_to: Option<String>,
}

/// A login that has begun.
#[derive(Debug)]
pub struct Begun {
    /// Its flow.
    pub started: Started,
    /// What the QR code says.
    pub scan_url: Option<String>,
    /// The app.
    pub app: LoginApp,
    /// The organisation of the workspace.
    pub corp_id: Option<String>,
}

impl Method {
    /// Returns the name, for the store and the log.
    pub fn name(self) -> &'static str {
        match self {
            Self::Qr => "qr",
            Self::Redirect => "redirect",
            Self::Frame => "frame",
            Self::Workspace => "workspace",
        }
    }
}

impl Logins {
    /// Begins a login. Nobody is asked yet.
    ///
    /// # Errors
    ///
    /// [`LoginError::NoApp`], [`LoginError::TooMany`], or that something cannot be stored.
    pub async fn begin(&self, begin: Begin<'_>) -> Result<Begun, LoginError> {
        let app = self.choose(begin.choice).await?;
        let corp_id = app.corp_id.clone();
        if begin.method == Method::Workspace && corp_id.is_none() {
            return Err(LoginError::NoApp);
        }
        let scan_code = (begin.method == Method::Qr).then(random_id);
        let started = self.start(&begin, scan_code.as_deref()).await?;
        let (number, numbers) = number::three();
        let row = LoginRow {
            flow_id: started.flow_id.to_string(),
            method: begin.method.name().to_owned(),
            client_id: app.client_id.clone(),
            corp_id: self.is_of_many(&app).then(|| app.corp_id.clone()).flatten(),
            site: begin.asker.site,
            is_own_site: begin.asker.is_own,
            browser: begin.asker.browser,
            address: begin.asker.peer,
            return_to: begin.return_to,
            created_at: self.shared.clock.now(),
            scan_code: scan_code.clone(),
            number,
            numbers,
            browser_digest: begin.asker.cookie.as_ref().map(browser_digest),
            agent_digest: None,
            user_id: None,
        };
        self.shared.store.insert_login(&row).await?;
        let scan_url = scan_code.map(|code| self.scan_url(&code));
        Ok(Begun { started, scan_url, app, corp_id })
    }

    async fn start(&self, begin: &Begin<'_>, scan_code: Option<&str>) -> Result<Started, LoginError> {
        let (settings, asker) = (&self.shared.settings, &begin.asker);
        let start = Start {
            kind: Self::KIND,
            owner: format!("site:{}", asker.site),
            peer: asker.peer.clone(),
            idempotency: None,
            live_per_peer: settings.live_per_peer,
            live_per_owner: settings.live_per_site,
        };
        let verification_uri_complete = scan_code.map(|code| self.scan_url(code));
        let subject = Subject { verification_uri_complete, method: Some(begin.method) };
        let subject = serde_json::to_string(&subject).unwrap_or_default();
        let begin = async {
            // Nobody else knows this flow by anything, so there is no handle worth the name.
            let handle = Zeroizing::new(Self::KIND.to_owned());
            Ok(NewFlow { handle, subject, expires_in: settings.lifetime, interval: None })
        };
        self.shared.engine.start(start, begin).await.map_err(|error: StartError<std::convert::Infallible>| {
            match error {
                StartError::TooMany { retry_after } => LoginError::TooMany { retry_after },
                StartError::Begin(never) => match never {},
                StartError::Store(error) => LoginError::Store(error),
            }
        })
    }

    fn scan_url(&self, scan_code: &str) -> String {
        format!("{}/d/{scan_code}", self.shared.settings.public_url)
    }
}
