//! The query of the authorize page, as DingTalk's page 获取登录用户的访问凭证 lists it.

use axum::extract::Query;
use axum::http::Uri;

use crate::world::Choice;

/// What an app asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AuthorizationRequest {
    /// The query as it came, for the forms that lead from page to page.
    pub(crate) query: String,
    pub(crate) client_id: String,
    pub(crate) redirect_uri: String,
    pub(crate) choice: Choice,
    /// Whether the question is put to those, too, who said yes before.
    pub(crate) always_asks: bool,
    /// Whether the page is in a frame of the app's page.
    pub(crate) is_framed: bool,
    /// Value of `state` before decoding: what comes back is the same byte by byte.
    pub(crate) state: Option<String>,
}

/// What is wrong with a query, in the words of the error page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequestProblem {
    ClientId,
    RedirectUri,
    ResponseType,
    Scope,
    OrganisationWithoutScope,
}

struct Parameters(Vec<(String, String)>);

impl Parameters {
    fn read(uri: &Uri) -> Self {
        Self(Query::try_from_uri(uri).map(|Query(parameters)| parameters).unwrap_or_default())
    }

    /// The first one of a name, unless it is empty.
    fn value(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }
}

impl AuthorizationRequest {
    /// Whether somebody asks to be somebody else than last time; a parameter of the simulator's own.
    pub(crate) fn asks_for_another_person(uri: &Uri) -> bool {
        Parameters::read(uri).value("account") == Some("choose")
    }

    pub(crate) fn is_framed(uri: &Uri) -> bool {
        Parameters::read(uri).value("iframe") == Some("true")
    }

    /// `accepts_redirect` knows which redirect URLs an app has; `None` is an unknown app.
    pub(crate) fn read(
        uri: &Uri,
        accepts_redirect: impl FnOnce(&str, &str) -> Option<bool>,
    ) -> Result<Self, RequestProblem> {
        let parameters = Parameters::read(uri);
        let text = |name| parameters.value(name).unwrap_or_default();
        let (client_id, redirect_uri) = (text("client_id"), text("redirect_uri"));
        if !accepts_redirect(client_id, redirect_uri).ok_or(RequestProblem::ClientId)? {
            return Err(RequestProblem::RedirectUri);
        }
        if text("response_type") != "code" {
            return Err(RequestProblem::ResponseType);
        }
        let query = uri.query().unwrap_or_default();
        Ok(Self {
            query: query.to_owned(),
            client_id: client_id.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            choice: choice(&parameters)?,
            always_asks: text("prompt") == "consent",
            is_framed: Self::is_framed(uri),
            state: query.split('&').find_map(|pair| pair.strip_prefix("state=")).map(str::to_owned),
        })
    }
}

/// `openid`, `openid corpid`, and permission codes such as `Contact.User.Read`, separated by spaces.
fn choice(parameters: &Parameters) -> Result<Choice, RequestProblem> {
    let scope: Vec<&str> = parameters.value("scope").unwrap_or_default().split(' ').collect();
    let is_known = |word: &&str| matches!(*word, "openid" | "corpid") || word.contains('.');
    if !scope.contains(&"openid") || !scope.iter().all(is_known) {
        return Err(RequestProblem::Scope);
    }
    let (given, managed) = (parameters.value("corpId"), parameters.value("org_type"));
    match (scope.contains(&"corpid"), given, managed) {
        (false, None, None) => Ok(Choice::Nothing),
        (false, _, _) => Err(RequestProblem::OrganisationWithoutScope),
        (true, Some(corp_id), _) => Ok(Choice::Given(corp_id.to_owned())),
        (true, None, Some("management")) => Ok(Choice::Managed),
        (true, None, _) => Ok(Choice::Any),
    }
}

#[cfg(test)]
mod tests {
    use super::{AuthorizationRequest, Choice, RequestProblem};

    const BASE: &str = "client_id=a&redirect_uri=http%3A%2F%2Fx%2F&response_type=code";

    fn read(query: &str) -> Result<AuthorizationRequest, RequestProblem> {
        let uri = format!("/oauth2/auth?{query}").parse().unwrap();
        AuthorizationRequest::read(&uri, |app, url| (app == "a").then_some(url == "http://x/"))
    }

    #[track_caller]
    fn check(more: &str, expected: &Result<Choice, RequestProblem>) {
        assert_eq!(read(&format!("{BASE}&{more}")).map(|request| request.choice), *expected, "{more}");
    }

    #[test]
    fn the_scope_says_whether_an_organisation_is_chosen() {
        check("scope=openid", &Ok(Choice::Nothing));
        check("scope=openid%20Contact.User.Read", &Ok(Choice::Nothing));
        check("scope=openid%20corpid", &Ok(Choice::Any));
        check("scope=corpid+openid", &Ok(Choice::Any));
        check("scope=openid%20corpid&org_type=management", &Ok(Choice::Managed));
        check("scope=openid%20corpid&corpId=c", &Ok(Choice::Given("c".to_owned())));
        check("scope=openid&exclusiveLogin=true&exclusiveCorpId=c", &Ok(Choice::Nothing));
        check("scope=openid&corpId=", &Ok(Choice::Nothing));
        check("scope=openid&corpId=c", &Err(RequestProblem::OrganisationWithoutScope));
        check("scope=openid&org_type=management", &Err(RequestProblem::OrganisationWithoutScope));
        for scope in ["", "scope=", "scope=corpid", "scope=openid,corpid", "scope=openid%20profile"] {
            check(scope, &Err(RequestProblem::Scope));
        }
    }

    #[test]
    fn the_app_and_its_redirect_url_are_checked_first() {
        let problem = |query| read(query).unwrap_err();

        assert_eq!(problem(""), RequestProblem::ClientId);
        assert_eq!(problem("client_id=b&redirect_uri=http%3A%2F%2Fx%2F"), RequestProblem::ClientId);
        assert_eq!(problem("client_id=a&redirect_uri=http%3A%2F%2Fy%2F"), RequestProblem::RedirectUri);
        assert_eq!(problem("client_id=a"), RequestProblem::RedirectUri);
        assert_eq!(problem("client_id=a&redirect_uri=http%3A%2F%2Fx%2F"), RequestProblem::ResponseType);
        assert_eq!(problem(&BASE.replace("=code", "=token")), RequestProblem::ResponseType);
    }

    #[test]
    fn the_state_stays_as_it_was_encoded() {
        let state = |more| read(&format!("{BASE}&scope=openid{more}")).unwrap().state;

        assert_eq!(state(""), None);
        assert_eq!(state("&state=").as_deref(), Some(""));
        assert_eq!(state("&state=a%2Bb+c%20%FF=&x=1").as_deref(), Some("a%2Bb+c%20%FF="));
    }
}
