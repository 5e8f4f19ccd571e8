use serde_json::json;
use url::Url;

use super::error::{DingTalkError, Step};
use super::wire::send;
use crate::secret::ClientSecret;

/// Gets app tokens (DingTalk's page 获取企业内部应用的accessToken). Step 4 of the flow above.
#[derive(Clone, Debug)]
pub struct AppTokenClient {
    http: reqwest::Client,
    base: Url,
}

/// What DingTalk thinks of a pair of credentials.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Probe {
    /// They work.
    Accepted,
    /// They are wrong, or the app is not published.
    Rejected,
}

impl AppTokenClient {
    /// Makes a client for the server at `base`.
    pub fn new(http: reqwest::Client, base: Url) -> Self {
        Self { http, base }
    }

    /// Tries the credentials by asking for an app token, which is dropped.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`] if DingTalk's opinion cannot be had.
    pub async fn probe(&self, client_id: &str, client_secret: &ClientSecret) -> Result<Probe, DingTalkError> {
        let url = format!("{}/v1.0/oauth2/accessToken", self.base.as_str().trim_end_matches('/'));
        let body = json!({ "appKey": client_id, "appSecret": client_secret.expose() });
        let answer = send(Step::AppToken, self.http.post(url).json(&body)).await?;
        if answer.is_success() {
            answer.into_fields()?.required("accessToken")?;
            return Ok(Probe::Accepted);
        }
        // The new API says in a JSON object with a string `code` what is wrong. Under 400 that is the credentials, or an
        // app that is not published yet; rate limits and closed networks come as 403 and say nothing about them.
        match answer.text_of("code") {
            Some(_) if answer.status() == 400 => Ok(Probe::Rejected),
            Some(_) | None => Err(answer.into_http_error()),
        }
    }
}
