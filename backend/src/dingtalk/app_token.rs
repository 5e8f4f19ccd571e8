use std::time::Duration;

use serde_json::json;
use url::Url;

use super::error::{DingTalkError, Meaning, Step};
use super::wire::{Answer, call, join};
use crate::secret::{ClientSecret, Token};

/// Gets app tokens (DingTalk's page 获取企业内部应用的accessToken).
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

    /// Gets a token that speaks for the app, and how long it lives. DingTalk repeats the same one until then.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`]; [`Meaning::CredentialsRejected`] if the credentials are wrong or the app is not published.
    pub async fn token(
        &self,
        client_id: &str,
        client_secret: &ClientSecret,
    ) -> Result<(Token, Duration), DingTalkError> {
        let url = join(&self.base, "/v1.0/oauth2/accessToken");
        let body = json!({ "appKey": client_id, "appSecret": client_secret.expose() });
        let fields = call(Step::AppToken, self.http.post(url).json(&body), Answer::into_api_fields).await?;
        Ok((Token::new(fields.required("accessToken")?), fields.seconds("expireIn", 7200, 60)))
    }

    /// Tries the credentials by asking for an app token, which is dropped.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`] if DingTalk's opinion cannot be had.
    pub async fn probe(&self, client_id: &str, client_secret: &ClientSecret) -> Result<Probe, DingTalkError> {
        match self.token(client_id, client_secret).await {
            Ok(_) => Ok(Probe::Accepted),
            // Under 400 it is the credentials, or an app that is not published yet, whatever the word; rate limits and
            // closed networks come as 403 and say nothing about them.
            Err(DingTalkError::Api { status: 400, .. }) => Ok(Probe::Rejected),
            Err(error) if error.meaning() == Meaning::CredentialsRejected => Ok(Probe::Rejected),
            Err(error) => Err(error),
        }
    }
}
