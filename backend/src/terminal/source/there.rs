use std::time::Duration;

use dingtalk_qr_shared::{AppList, AppSaved, FlowStarted, Problem, RevealedCredentials, StartRegistration};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::json;
use url::Url;
use zeroize::Zeroizing;

use super::super::trouble::Trouble;
use super::{Entered, Seen};
use crate::app::AppName;
use crate::causes::Causes;
use crate::http::{self, Proxy};
use crate::secret::{BackendKey, ClientSecret, random_id};

/// How long one question waits; the longest that a backend allows.
const WAIT: Duration = Duration::from_secs(25);

/// Longest time for such a question with all that is around it.
const LONGEST_WAIT: Duration = Duration::from_secs(40);

/// Largest answer that is read, in bytes: a page of apps.
const BODY_LIMIT: usize = 256 * 1024;

/// A backend that is asked through its API, with an API key.
#[derive(Debug)]
pub struct There {
    http: reqwest::Client,
    base: String,
    key: BackendKey,
}

/// A backend cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum ThereError {
    /// The API key would travel in clear.
    #[error("the backend has to be reached over https; http is for this machine only")]
    NotHttps,
    /// The HTTP client cannot be made.
    #[error("the HTTP client cannot be made")]
    Http(#[source] reqwest::Error),
}

impl There {
    /// Takes the URL of the backend and a key that it knows.
    ///
    /// # Errors
    ///
    /// [`ThereError`]; nothing was sent.
    pub fn new(base: &Url, key: BackendKey) -> Result<Self, ThereError> {
        let is_on_this_machine = crate::config::is_loopback(&base.origin());
        if base.scheme() != "https" && !(base.scheme() == "http" && is_on_this_machine) {
            return Err(ThereError::NotHttps);
        }
        let proxy = if is_on_this_machine { Proxy::None } else { Proxy::FromEnvironment };
        let http = http::client(proxy).map_err(ThereError::Http)?;
        Ok(Self { http, base: base.as_str().trim_end_matches('/').to_owned(), key })
    }

    pub(super) async fn begin(&self, name: Option<&AppName>) -> Result<FlowStarted, Trouble> {
        let body = StartRegistration {
            app_name: name.map(|name| name.as_str().to_owned()),
            idempotency_key: Some(random_id()),
        };
        read(self.request(Method::POST, "/registrations").json(&body)).await
    }

    pub(super) async fn watch(
        &self,
        flow: &FlowStarted,
        known: Option<&str>,
    ) -> Result<Option<Seen>, Trouble> {
        let path = format!("/flows/{}?wait={}", flow.flow_id, WAIT.as_secs());
        let mut request = self.with_token(Method::GET, &path, flow).timeout(LONGEST_WAIT);
        if let Some(tag) = known {
            request = request.header("if-none-match", tag);
        }
        let answer = send(request).await?;
        if answer.status == StatusCode::NOT_MODIFIED {
            return Ok(None);
        }
        let tag = answer.tag.clone().unwrap_or_default();
        Ok(Some(Seen { update: answer.read()?, tag }))
    }

    pub(super) async fn cancel(&self, flow: &FlowStarted) -> Result<(), Trouble> {
        let request = self.with_token(Method::DELETE, &format!("/flows/{}", flow.flow_id), flow);
        send(request).await?.check()
    }

    pub(super) async fn enter(&self, name: Option<&AppName>, entered: &Entered) -> Result<AppSaved, Trouble> {
        let body = json!({
            "name": name.map(AppName::as_str),
            "client_id": entered.client_id.as_str(),
            "client_secret": entered.client_secret.expose(),
        });
        read(self.request(Method::POST, "/apps").json(&body)).await
    }

    /// The newest app of this client id; of one that the key may not list, what is known anyway.
    pub(super) async fn saved(&self, client_id: &str) -> Result<AppSaved, Trouble> {
        let list: AppList = read(self.request(Method::GET, "/apps?limit=100")).await?;
        let entry = list.apps.into_iter().find(|entry| entry.client_id == client_id);
        let entry = entry.ok_or_else(|| Trouble::of_code(dingtalk_qr_shared::ErrorCode::AppNotFound))?;
        Ok(AppSaved {
            app: entry.app,
            client_id: entry.client_id,
            hint: entry.hint,
            saved_to: entry.saved_to,
            verified: entry.verified,
            findings: entry.findings,
            revealable: false,
        })
    }

    pub(super) async fn secret(&self, app: &AppSaved) -> Result<ClientSecret, Trouble> {
        let path = format!("/apps/{}/credentials", app.app);
        let revealed: RevealedCredentials = read(self.request(Method::GET, &path)).await?;
        ClientSecret::try_from(revealed.client_secret)
            .map_err(|_| Trouble::Silent { detail: "its answer holds no secret".to_owned() })
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}/api/v1{path}", self.base)).bearer_auth(self.key.expose())
    }

    fn with_token(&self, method: Method, path: &str, flow: &FlowStarted) -> RequestBuilder {
        self.http.request(method, format!("{}/api/v1{path}", self.base)).bearer_auth(&flow.poll_token)
    }
}

async fn read<T: DeserializeOwned>(request: RequestBuilder) -> Result<T, Trouble> {
    send(request).await?.read()
}

/// An answer that arrived whole.
struct Answer {
    status: StatusCode,
    tag: Option<String>,
    retry_after: Option<Duration>,
    body: Zeroizing<Vec<u8>>,
}

async fn send(request: RequestBuilder) -> Result<Answer, Trouble> {
    let silent = |error: reqwest::Error| Trouble::Silent { detail: Causes(&error.without_url()).to_string() };
    let mut response = request.send().await.map_err(silent)?;
    let header = |name: &str| response.headers().get(name)?.to_str().ok().map(str::to_owned);
    let (tag, retry_after) = (header("etag"), header("retry-after"));
    let mut body = Zeroizing::new(Vec::new());
    while let Some(chunk) = response.chunk().await.map_err(silent)? {
        if body.len() + chunk.len() > BODY_LIMIT {
            return Err(Trouble::Silent { detail: "its answer is too large".to_owned() });
        }
        body.extend_from_slice(&chunk);
    }
    let retry_after = retry_after.and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
    Ok(Answer { status: response.status(), tag, retry_after, body })
}

impl Answer {
    fn read<T: DeserializeOwned>(self) -> Result<T, Trouble> {
        self.check()?;
        serde_json::from_slice(&self.body)
            .map_err(|_| Trouble::Silent { detail: "its answer cannot be understood".to_owned() })
    }

    /// Anything but a success and a problem is of somebody on the way, or of something that is no backend.
    fn check(&self) -> Result<(), Trouble> {
        if self.status.is_success() {
            return Ok(());
        }
        match serde_json::from_slice::<Problem>(&self.body) {
            Ok(problem) => Err(Trouble::Told {
                code: problem.code,
                detail: Some(detail(&problem)),
                retry_after: self.retry_after,
            }),
            Err(_) => Err(Trouble::Silent { detail: format!("HTTP {}", self.status.as_u16()) }),
        }
    }
}

/// What finds the request in the log of the backend.
fn detail(problem: &Problem) -> String {
    let id = problem.request_id.as_deref().unwrap_or_default();
    format!("HTTP {} {}, request {id}", problem.status, problem.title)
}
