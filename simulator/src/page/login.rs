//! The pages on which somebody signs in to an app.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

use super::{Escaped, document, notice};
use crate::organisation::Organisation;
use crate::people::Person;
use crate::quirk::FrameMode;
use crate::routes::AUTHORIZE_PATH;
use crate::routes::FRAME_SCRIPT_PATH;
use crate::routes::request::{AuthorizationRequest, RequestProblem};
use crate::world::Stranger;

/// Whether the page stands in a page of the app's.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Framing {
    Alone,
    Framed,
}

/// Why somebody cannot sign in. The page says so; the browser does not go back to the app.
#[derive(Debug, Clone, Copy)]
pub(crate) enum LoginProblem {
    Request(RequestProblem),
    Stranger(Stranger),
    /// The form came back without what is needed.
    Form,
}

impl From<Stranger> for LoginProblem {
    fn from(stranger: Stranger) -> Self {
        Self::Stranger(stranger)
    }
}

impl Framing {
    pub(crate) fn of(is_framed: bool) -> Self {
        if is_framed { Self::Framed } else { Self::Alone }
    }

    /// Forms lead back to the app by a redirect, so `form-action` names nobody. Only the end of a frame has a script.
    fn policy(self) -> &'static str {
        match self {
            Self::Alone => {
                "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
            }
            Self::Framed => {
                "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; frame-src 'self'; base-uri 'none'; frame-ancestors *"
            }
        }
    }

    fn apply(self, mut page: Response) -> Response {
        let policy = HeaderValue::from_static(self.policy());
        page.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        page
    }
}

/// Plays the login: everybody is a button.
pub(crate) fn people(request: &AuthorizationRequest, people: &[Person]) -> Response {
    let buttons: String = people.iter().map(person_button).collect();
    let list = format!(r#"<div class="people">{buttons}</div>"#);
    page(request, "Who are you?", "选择账号", &list)
}

/// Which organisation to sign in to.
pub(crate) fn organisations(
    request: &AuthorizationRequest,
    person: &Person,
    corp_ids: &[String],
) -> Response {
    let buttons: String = corp_ids.iter().map(|corp_id| organisation_button(corp_id)).collect();
    let content = format!("{}{buttons}", hidden("seen_person", &person.userid));
    page(request, "Which organisation?", "选择组织", &content)
}

/// The question whether the app may know who it is.
pub(crate) fn consent(request: &AuthorizationRequest, person: &Person, corp_id: Option<&str>) -> Response {
    let as_whom = hidden("seen_person", &person.userid);
    let organisation = corp_id.map(|corp_id| hidden("seen_organisation", corp_id)).unwrap_or_default();
    let in_organisation = corp_id
        .and_then(Organisation::find_corp)
        .map(|found| format!(" · {} <span lang=\"zh\">{}</span>", found.name, found.chinese_name))
        .unwrap_or_default();
    let (name, client_id) = (Escaped(&person.name), Escaped(&request.client_id));
    let content = format!(
        r#"{as_whom}{organisation}<p>{name}{in_organisation}</p>
<p class="quiet">App <code>{client_id}</code></p>
<div class="row">
<button name="decision" value="deny">Refuse <span lang="zh">拒绝</span></button>
<button class="primary" name="decision" value="approve">Allow <span lang="zh">同意</span></button>
</div>
<button class="plain" name="account" value="choose">Somebody else <span lang="zh">切换账号</span></button>"#
    );
    page(request, "May the app know who you are?", "授权登录", &content)
}

/// The end in a frame: its script posts messages to the app's page, if that has the redirect URL's origin.
pub(crate) fn frame_end(redirect_uri: &str, url: &str, mode: FrameMode) -> Response {
    let good = json!({ "success": true, "redirectUrl": url });
    let messages = match mode {
        FrameMode::Normal | FrameMode::ForeignOrigin => vec![good],
        FrameMode::Duplicate => vec![good.clone(), good],
        FrameMode::Failure => vec![json!({ "success": false, "errorMsg": "登录失败" })],
        FrameMode::Malformed => vec![
            json!("success"),
            Value::Null,
            json!([]),
            json!({ "success": true }),
            json!({ "success": true, "redirectUrl": "not a URL" }),
        ],
    };
    let from = if mode == FrameMode::ForeignOrigin { "child" } else { "self" };
    let (messages, target) = (Value::from(messages).to_string(), origin(redirect_uri));
    let content = format!(
        r#"<header role="status"><h1>Done</h1><p lang="zh">操作成功</p></header>
<div id="messages" data-from="{from}" data-target-origin="{}" data-messages="{}"></div>
<script src="{FRAME_SCRIPT_PATH}"></script>"#,
        Escaped(&target),
        Escaped(&messages)
    );
    Framing::Framed.apply(document(StatusCode::OK, "Done", &content))
}

/// Why it ends here.
pub(crate) fn problem(problem: LoginProblem, framing: Framing) -> Response {
    let (status, text) = match problem {
        LoginProblem::Request(RequestProblem::ClientId) => {
            (StatusCode::BAD_REQUEST, "There is no app with this client_id.")
        }
        LoginProblem::Request(RequestProblem::RedirectUri) => {
            (StatusCode::BAD_REQUEST, "The redirect_uri is not registered for this app.")
        }
        LoginProblem::Request(RequestProblem::ResponseType) => {
            (StatusCode::BAD_REQUEST, "The response_type must be code.")
        }
        LoginProblem::Request(RequestProblem::Scope) => {
            (StatusCode::BAD_REQUEST, "The scope must be openid or openid corpid.")
        }
        LoginProblem::Request(RequestProblem::OrganisationWithoutScope) => {
            (StatusCode::BAD_REQUEST, "corpId and org_type need the scope corpid.")
        }
        LoginProblem::Stranger(Stranger::Outsider) => {
            (StatusCode::FORBIDDEN, "This app is for members of another organisation.")
        }
        LoginProblem::Stranger(Stranger::NoMember) => {
            (StatusCode::FORBIDDEN, "You are no member of the organisation that the link names.")
        }
        LoginProblem::Stranger(Stranger::NoAdministrator) => {
            (StatusCode::FORBIDDEN, "You administer no organisation.")
        }
        LoginProblem::Form => (StatusCode::BAD_REQUEST, "The form is incomplete."),
    };
    framing.apply(notice::unusable_form(status, text))
}

fn page(request: &AuthorizationRequest, title: &'static str, chinese: &str, content: &str) -> Response {
    let query = Escaped(&request.query);
    let content = format!(
        r#"<header><h1>{title}</h1><p lang="zh">{chinese}</p></header>
<form method="post" action="{AUTHORIZE_PATH}?{query}">
{content}
</form>"#
    );
    Framing::of(request.is_framed).apply(document(StatusCode::OK, title, &content))
}

fn person_button(person: &Person) -> String {
    let Person { userid, name, nick, title, .. } = person;
    let [userid, name, nick, title] = [userid, name, nick, title].map(|text| Escaped(text));
    format!(
        r#"<button class="person" name="person" value="{userid}">{name} <small>{nick} · {title}</small></button>
"#
    )
}

fn organisation_button(corp_id: &str) -> String {
    let found = Organisation::find_corp(corp_id);
    let (name, chinese) = found.map_or((corp_id, ""), |found| (found.name, found.chinese_name));
    let corp_id = Escaped(corp_id);
    format!(
        r#"<button name="organisation" value="{corp_id}">{name} <span lang="zh">{chinese}</span></button>
"#
    )
}

fn hidden(name: &str, value: &str) -> String {
    format!(r#"<input type="hidden" name="{name}" value="{}">"#, Escaped(value))
}

/// Scheme, host and port of a URL.
fn origin(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return String::new() };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    format!("{scheme}://{host}")
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn an_origin_ends_with_the_port() {
        assert_eq!(origin("http://127.0.0.1:8080/callback?x=/"), "http://127.0.0.1:8080");
        assert_eq!(origin("https://example.com?x"), "https://example.com");
        assert_eq!(origin("nothing"), "");
    }
}
