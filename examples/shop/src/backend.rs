use std::time::Duration;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

/// The backend of dingtalk-qr, as this server uses it.
#[derive(Clone)]
pub(crate) struct Backend {
    http: reqwest::Client,
    url: String,
    api_key: String,
}

#[derive(Serialize)]
struct Presented<'a> {
    ticket: &'a str,
}

/// What a ticket was worth, as far as the shop cares.
#[derive(Deserialize)]
pub(crate) struct Redeemed {
    pub(crate) user: User,
    pub(crate) site: String,
}

#[derive(Deserialize)]
pub(crate) struct User {
    #[serde(rename = "user_id")]
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) email: String,
}

pub(crate) enum RedeemError {
    /// The ticket is used, too old, or none of the backend's.
    Refused,
    /// The backend cannot be asked, or does not know the API key.
    Failed,
}

impl Backend {
    #[expect(clippy::disallowed_methods, reason = "the shop is a program of its own")]
    pub(crate) fn new(url: String, api_key: String) -> anyhow::Result<Self> {
        let tls = rustls::crypto::ring::default_provider();
        tls.install_default().map_err(|_| anyhow::anyhow!("TLS is set up already"))?;
        let http = reqwest::Client::builder().timeout(Duration::from_secs(10)).build();
        Ok(Self { http: http.context("the HTTP client cannot be made")?, url, api_key })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Redeems a ticket. It works once.
    pub(crate) async fn redeem(&self, ticket: &str) -> Result<Redeemed, RedeemError> {
        let url = format!("{}/api/v1/tickets/redeem", self.url);
        let request = self.http.post(url).bearer_auth(&self.api_key).json(&Presented { ticket });
        let answer = request.send().await.map_err(|_| RedeemError::Failed)?;
        match answer.status().as_u16() {
            200 => answer.json().await.map_err(|_| RedeemError::Failed),
            400 => Err(RedeemError::Refused),
            _ => Err(RedeemError::Failed),
        }
    }
}
