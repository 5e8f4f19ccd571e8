//! Signing people in with an authorization code (RFC 6749 §4.1, in DingTalk's spelling).

use serde_json::{Value, json};
use url::Url;
use url::form_urlencoded::Serializer;

use super::error::{DingTalkError, Step};
use super::wire::{Answer, Fields, call, join};
use crate::secret::{ClientSecret, Presented, Token};

/// Sends people to DingTalk's sign-in page and exchanges what they bring back
/// (DingTalk's pages 获取登录用户的访问凭证, 获取用户token, 获取用户通讯录个人信息).
#[derive(Clone, Debug)]
pub struct OAuthClient {
    http: reqwest::Client,
    login_base: Url,
    api_base: Url,
}

/// What DingTalk's sign-in page is told.
#[derive(Debug)]
pub struct AuthorizationRequest<'a> {
    /// The app.
    pub client_id: &'a str,
    /// Where DingTalk sends the browser afterwards; registered with the app.
    pub redirect_uri: &'a str,
    /// Comes back unchanged (RFC 6749 §10.12).
    pub state: &'a str,
    /// The organisation to preselect. With one, DingTalk also tells which was chosen.
    pub corp_id: Option<&'a str>,
    /// Whether DingTalk shall tell the organisation though none is preselected.
    pub wants_corp: bool,
    /// `management` lists only organisations that the person manages.
    pub org_type: Option<&'a str>,
    /// The organisation whose exclusive accounts sign in.
    pub exclusive_corp_id: Option<&'a str>,
    /// Whether any exclusive account may sign in.
    pub is_exclusive: bool,
    /// Whether the page stands in a frame.
    pub is_framed: bool,
}

/// What the code was worth.
#[derive(Debug)]
pub struct UserTokens {
    /// Speaks for the person, for two hours.
    pub access: Token,
    /// Gets another one, once, within 30 days.
    pub refresh: Option<Token>,
    /// The organisation that the person chose.
    pub corp_id: Option<String>,
}

/// What DingTalk tells of a person who signed in.
#[derive(Clone, Eq, PartialEq)]
pub struct Profile {
    /// The same in every app of one organisation's developer.
    pub union_id: String,
    /// Of one app.
    pub open_id: Option<String>,
    /// What they call themselves.
    pub nick: Option<String>,
    /// Their picture.
    pub avatar_url: Option<String>,
    /// Their address.
    pub email: Option<String>,
    /// Their number, perhaps with stars in it.
    pub mobile: Option<String>,
    /// The country code of the number.
    pub state_code: Option<String>,
}

impl OAuthClient {
    /// Makes a client for the sign-in page at `login_base` and the API at `api_base`.
    pub fn new(http: reqwest::Client, login_base: Url, api_base: Url) -> Self {
        Self { http, login_base, api_base }
    }

    /// Returns the origin of DingTalk's sign-in page.
    pub fn login_origin(&self) -> String {
        self.login_base.origin().ascii_serialization()
    }

    /// Returns the address of DingTalk's sign-in page.
    ///
    /// There is no PKCE in it: DingTalk documents none. The state is single-use and bound to the browser instead, and the
    /// code is worth nothing without the app's secret.
    pub fn authorization_url(&self, request: &AuthorizationRequest<'_>) -> String {
        let wants_corp = request.wants_corp || request.corp_id.is_some();
        let mut query = Serializer::new(String::new());
        query
            .append_pair("client_id", request.client_id)
            .append_pair("redirect_uri", request.redirect_uri)
            .append_pair("response_type", "code")
            .append_pair("scope", if wants_corp { "openid corpid" } else { "openid" })
            .append_pair("state", request.state)
            .append_pair("prompt", "consent");
        if let Some(corp_id) = request.corp_id {
            query.append_pair("corpId", corp_id);
        }
        if let (true, Some(org_type)) = (wants_corp, request.org_type) {
            query.append_pair("org_type", org_type);
        }
        if request.is_exclusive || request.exclusive_corp_id.is_some() {
            query.append_pair("exclusiveLogin", "true");
        }
        if let Some(corp_id) = request.exclusive_corp_id {
            query.append_pair("exclusiveCorpId", corp_id);
        }
        if request.is_framed {
            query.append_pair("iframe", "true");
        }
        // A plus that stood in a value is %2B by now, so what is left of them are spaces.
        format!("{}?{}", join(&self.login_base, "/oauth2/auth"), query.finish().replace('+', "%20"))
    }

    /// Gives a code in. Sent once and never repeated: a code that is given in twice is void.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`]; `CodeInvalid` also means that it is a workspace code.
    ///
    /// # Cancellation
    ///
    /// Dropping the future may leave the code used.
    pub async fn exchange(
        &self,
        client_id: &str,
        client_secret: &ClientSecret,
        code: &Presented,
    ) -> Result<UserTokens, DingTalkError> {
        let grant = json!({ "grantType": "authorization_code", "code": code.expose() });
        self.user_tokens(client_id, client_secret, grant).await
    }

    /// Gets new tokens for a refresh token, which is void then.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`].
    ///
    /// # Cancellation
    ///
    /// Dropping the future may leave the refresh token used.
    pub async fn refresh(
        &self,
        client_id: &str,
        client_secret: &ClientSecret,
        refresh: &Token,
    ) -> Result<UserTokens, DingTalkError> {
        let grant = json!({ "grantType": "refresh_token", "refreshToken": refresh.expose() });
        self.user_tokens(client_id, client_secret, grant).await
    }

    async fn user_tokens(
        &self,
        client_id: &str,
        client_secret: &ClientSecret,
        mut body: Value,
    ) -> Result<UserTokens, DingTalkError> {
        body["clientId"] = client_id.into();
        body["clientSecret"] = client_secret.expose().into();
        let url = join(&self.api_base, "/v1.0/oauth2/userAccessToken");
        let fields = call(Step::UserToken, self.http.post(url).json(&body), Answer::into_api_fields).await?;
        Ok(UserTokens {
            access: Token::new(fields.required("accessToken")?),
            refresh: fields.text("refreshToken").map(Token::new),
            corp_id: fields.text("corpId"),
        })
    }

    /// Asks who the person is.
    ///
    /// # Errors
    ///
    /// [`DingTalkError`]; `Incomplete` if the profile has no union id.
    pub async fn profile(&self, access: &Token) -> Result<Profile, DingTalkError> {
        let url = join(&self.api_base, "/v1.0/contact/users/me");
        let request = self.http.get(url).header("x-acs-dingtalk-access-token", access.expose());
        call(Step::Profile, request, |answer| Profile::read(&answer.into_api_fields()?)).await
    }
}

impl Profile {
    fn read(fields: &Fields) -> Result<Self, DingTalkError> {
        Ok(Self {
            union_id: fields.required("unionId")?,
            open_id: fields.text("openId"),
            nick: fields.text("nick"),
            avatar_url: fields.text("avatarUrl"),
            email: fields.text("email"),
            mobile: fields.text("mobile"),
            state_code: fields.text("stateCode"),
        })
    }
}

impl std::fmt::Debug for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Profile").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Proxy, client};

    #[test]
    fn the_address_has_every_parameter_and_no_plus() {
        let request = AuthorizationRequest {
            client_id: "ding1",
            redirect_uri: "https://example.com/auth/dingtalk/callback?a=b c",
            state: "s+/=",
            corp_id: Some("dingcorp"),
            wants_corp: false,
            org_type: Some("management"),
            exclusive_corp_id: Some("dingcorp"),
            is_exclusive: false,
            is_framed: true,
        };

        assert_eq!(
            oauth().authorization_url(&request),
            "https://login.example/oauth2/auth?client_id=ding1\
             &redirect_uri=https%3A%2F%2Fexample.com%2Fauth%2Fdingtalk%2Fcallback%3Fa%3Db%20c\
             &response_type=code&scope=openid%20corpid&state=s%2B%2F%3D&prompt=consent&corpId=dingcorp\
             &org_type=management&exclusiveLogin=true&exclusiveCorpId=dingcorp&iframe=true"
        );
    }

    #[test]
    fn what_needs_an_organisation_is_left_out_without_one() {
        let request = AuthorizationRequest {
            client_id: "ding1",
            redirect_uri: "https://example.com/",
            state: "s",
            corp_id: None,
            wants_corp: false,
            org_type: Some("management"),
            exclusive_corp_id: None,
            is_exclusive: false,
            is_framed: false,
        };

        assert_eq!(
            oauth().authorization_url(&request),
            "https://login.example/oauth2/auth?client_id=ding1&redirect_uri=https%3A%2F%2Fexample.com%2F\
             &response_type=code&scope=openid&state=s&prompt=consent"
        );
    }

    fn oauth() -> OAuthClient {
        let base = |url: &str| Url::parse(url).unwrap();
        OAuthClient::new(
            client(Proxy::None).unwrap(),
            base("https://login.example"),
            base("https://api.example"),
        )
    }
}
