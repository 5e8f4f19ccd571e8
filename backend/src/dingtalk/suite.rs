//! Tokens of a third-party app, and of the organisations that have installed it.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;
use url::Url;
use url::form_urlencoded::byte_serialize;

use super::error::{DingTalkError, Step};
use super::wire::{Answer, Fields, call, join};
use crate::secret::{ClientSecret, SuiteTicket, Token};

/// Asks in the name of a third-party app (DingTalk's pages `获取第三方企业应用的suiteAccessToken`, `获取第三方应用授权企业的accessToken`,
/// 获取企业授权信息; of the old API `获取第三方应用授权企业的access_token`).
#[derive(Clone, Debug)]
pub struct SuiteClient {
    http: reqwest::Client,
    api_base: Url,
    oapi_base: Url,
}

/// By which of DingTalk's two APIs an app gets its tokens.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum SuiteApi {
    /// The new one.
    #[default]
    New,
    /// The old one, where calls are signed and the secret is not sent along.
    Old,
}

/// What proves that a third-party app asks.
#[derive(Clone, Debug)]
pub struct SuiteCredentials {
    /// Its key.
    pub key: String,
    /// Its secret.
    pub secret: ClientSecret,
    /// What DingTalk has pushed to it last.
    pub ticket: SuiteTicket,
    /// The time, in milliseconds since the Unix epoch.
    pub now: i64,
}

/// What an organisation has agreed to.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Authorization {
    /// What the organisation is called.
    pub name: Option<String>,
    /// The app's id in it.
    pub agent_id: Option<i64>,
}

impl SuiteClient {
    /// Makes a client for the two APIs.
    pub fn new(http: reqwest::Client, api_base: Url, oapi_base: Url) -> Self {
        Self { http, api_base, oapi_base }
    }

    /// Gets a token that speaks for the app itself, and how long it lives. There is none in the old API: its calls are signed.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`]; `TicketInvalid` if DingTalk has pushed another ticket since.
    pub async fn suite_token(
        &self,
        credentials: &SuiteCredentials,
    ) -> Result<(Token, Duration), DingTalkError> {
        let url = join(&self.api_base, "/v1.0/oauth2/suiteAccessToken");
        let body = json!({
            "suiteKey": credentials.key,
            "suiteSecret": credentials.secret.expose(),
            "suiteTicket": credentials.ticket.expose(),
        });
        let request = self.http.post(url).json(&body);
        let fields = call(Step::SuiteToken, request, Answer::into_api_fields).await?;
        Ok((Token::new(fields.required("accessToken")?), fields.seconds("expireIn", 7200, 60)))
    }

    /// Gets a token that speaks for the app in an organisation, another one each time, and how long it lives.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`]; `NotAuthorized` if the organisation has not installed the app.
    pub async fn corp_token(
        &self,
        api: SuiteApi,
        credentials: &SuiteCredentials,
        corp_id: &str,
    ) -> Result<(Token, Duration), DingTalkError> {
        let step = Step::CorpToken;
        if api == SuiteApi::Old {
            let url = self.signed("/service/get_corp_token", credentials);
            let request = self.http.post(url).json(&json!({ "auth_corpid": corp_id }));
            let fields = call(step, request, |answer| answer.into_fields()?.check_envelope()).await?;
            return Ok((
                Token::new(fields.required("access_token")?),
                fields.seconds("expires_in", 7200, 60),
            ));
        }
        let url = join(&self.api_base, "/v1.0/oauth2/corpAccessToken");
        let body = json!({
            "suiteKey": credentials.key,
            "suiteSecret": credentials.secret.expose(),
            "authCorpId": corp_id,
            "suiteTicket": credentials.ticket.expose(),
        });
        let fields = call(step, self.http.post(url).json(&body), Answer::into_api_fields).await?;
        Ok((Token::new(fields.required("accessToken")?), fields.seconds("expireIn", 7200, 60)))
    }

    /// Reads what an organisation has agreed to, with a token of the app.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`]; `NotAuthorized` if that is nothing.
    pub async fn authorization(&self, token: &Token, corp_id: &str) -> Result<Authorization, DingTalkError> {
        let url = join(&self.api_base, "/v1.0/oauth2/apps/authInfo");
        let request = self
            .http
            .get(format!("{url}?authCorpId={}", encoded(corp_id)))
            .header("x-acs-dingtalk-access-token", token.expose());
        let fields = call(Step::SuiteAuthorization, request, Answer::into_api_fields).await?;
        let agent = fields.object("authInfo").first("agent");
        Ok(Authorization {
            name: fields.object("authCorpInfo").text("corpName"),
            agent_id: agent.integer("agentId"),
        })
    }

    /// The same by the old API.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`]; `NotAuthorized` if that is nothing.
    pub async fn signed_authorization(
        &self,
        credentials: &SuiteCredentials,
        corp_id: &str,
    ) -> Result<Authorization, DingTalkError> {
        let url = self.signed("/service/get_auth_info", credentials);
        let request = self.http.post(url).json(&json!({ "auth_corpid": corp_id }));
        let fields =
            call(Step::SuiteAuthorization, request, |answer| answer.into_fields()?.check_envelope()).await?;
        Ok(authorization(&fields))
    }

    fn signed(&self, path: &str, credentials: &SuiteCredentials) -> String {
        format!("{}?{}", join(&self.oapi_base, path), signed_query(credentials))
    }
}

/// Reads an authorization in the old API's spelling, which pushes have as well.
pub(super) fn authorization(fields: &Fields) -> Authorization {
    Authorization {
        name: fields.object("auth_corp_info").text("corp_name"),
        agent_id: fields.object("auth_info").first("agent").integer("agentid"),
    }
}

/// Signs a call of the old API (DingTalk's page 第三方应用接口签名计算方法).
fn signed_query(credentials: &SuiteCredentials) -> String {
    let SuiteCredentials { key, secret, ticket, now } = credentials;
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).expect("HMAC takes a key of any length");
    mac.update(format!("{now}\n{}", ticket.expose()).as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    let [key, ticket, signature] = [key.as_str(), ticket.expose(), &signature].map(encoded);
    format!("accessKey={key}&timestamp={now}&suiteTicket={ticket}&signature={signature}")
}

/// Encodes a value as DingTalk wants it: a form's encoding, but for three characters.
fn encoded(value: &str) -> String {
    let form: String = byte_serialize(value.as_bytes()).collect();
    form.replace('+', "%20").replace('*', "%2A").replace("%7E", "~")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_signed_over_time_and_ticket() {
        let secret = ClientSecret::try_from("suite-secret".to_owned()).unwrap();
        let ticket = SuiteTicket::new("a ticket*+~".to_owned());
        let key = "suitekey".to_owned();
        let query = signed_query(&SuiteCredentials { key, secret, ticket, now: 1_527_130_370_219 });

        // printf '1527130370219\na ticket*+~' | openssl dgst -sha256 -hmac suite-secret -binary | base64
        assert_eq!(
            query,
            "accessKey=suitekey&timestamp=1527130370219&suiteTicket=a%20ticket%2A%2B~&signature=zCpoOsVy6LAmW0r3xaLOcwio4Olu%2Fu%2BIlc7FqCqSbfw%3D"
        );
    }
}
