//! By which door a person signs in.

use crate::cut::{cut, pieces};
use crate::dom::window;
use crate::wire::Object;
use dingtalk_qr_shared::LoginMethod;

/// Which door [`DingTalkLogin`](crate::DingTalkLogin) offers first.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Method {
    /// What suits the browser: inside DingTalk the workspace, on a phone the redirect, else the QR code.
    #[default]
    Auto,
    /// A QR code; the phone confirms a number.
    Qr,
    /// A button that leads to DingTalk and back.
    Redirect,
    /// DingTalk's own page in a frame.
    Frame,
    /// DingTalk's workspace, without a question.
    Workspace,
}

impl Method {
    /// Returns the method of this name, [`Method::Auto`] for any other.
    pub fn from_name(name: &str) -> Self {
        match name {
            "qr" => Self::Qr,
            "redirect" => Self::Redirect,
            "frame" => Self::Frame,
            "workspace" => Self::Workspace,
            _ => Self::Auto,
        }
    }

    /// Returns the door for a browser that calls itself `user_agent`.
    pub fn decide(self, user_agent: &str) -> LoginMethod {
        match self {
            Self::Auto if is_dingtalk(user_agent) => LoginMethod::Workspace,
            Self::Auto if is_phone(user_agent) => LoginMethod::Redirect,
            Self::Auto | Self::Qr => LoginMethod::Qr,
            Self::Redirect => LoginMethod::Redirect,
            Self::Frame => LoginMethod::Frame,
            Self::Workspace => LoginMethod::Workspace,
        }
    }
}

/// Returns the name of `method` on the wire.
pub(crate) fn name(method: LoginMethod) -> &'static str {
    match method {
        LoginMethod::Qr => "qr",
        LoginMethod::Redirect => "redirect",
        LoginMethod::Frame => "frame",
        LoginMethod::Workspace => "workspace",
    }
}

/// Returns the organisation that DingTalk's workspace wrote into the query of the page it opened: the console's
/// placeholder `$CORPID$`, replaced.
pub(crate) fn workspace_corp_id(user_agent: &str, query: &str) -> Option<String> {
    if !is_dingtalk(user_agent) {
        return None;
    }
    pieces(query.strip_prefix('?').unwrap_or(query), b'&').find_map(|pair| {
        let (name, value) = cut(pair, b'=')?;
        let is_plain = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (name.eq_ignore_ascii_case("corpid") && is_plain).then(|| value.to_owned())
    })
}

/// Returns what this browser calls itself.
pub(crate) fn user_agent() -> String {
    Object::new(&window().navigator()).optional_text("userAgent").unwrap_or_default()
}

fn is_dingtalk(user_agent: &str) -> bool {
    contains(user_agent, "DingTalk")
}

/// Browsers of phones say "Mobile".
fn is_phone(user_agent: &str) -> bool {
    contains(user_agent, "Mobi")
}

/// As `str::contains`, whose search for long texts would weigh more than all of this file.
pub(crate) fn contains(text: &str, word: &str) -> bool {
    text.as_bytes().windows(word.len()).any(|part| part == word.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DESKTOP: &str = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36";
    const ANDROID: &str =
        "Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36";
    const IPHONE: &str =
        "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148";
    const IN_DINGTALK: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 AliApp(DingTalk/8.1.0)";

    #[test]
    fn the_browser_decides_where_nobody_did() {
        check(Method::Auto, DESKTOP, LoginMethod::Qr);
        check(Method::Auto, ANDROID, LoginMethod::Redirect);
        check(Method::Auto, IPHONE, LoginMethod::Redirect);
        check(Method::Auto, IN_DINGTALK, LoginMethod::Workspace);
        check(Method::Auto, "", LoginMethod::Qr);
    }

    #[test]
    fn a_door_that_was_chosen_is_taken_everywhere() {
        for user_agent in [DESKTOP, ANDROID, IN_DINGTALK] {
            check(Method::Qr, user_agent, LoginMethod::Qr);
            check(Method::Redirect, user_agent, LoginMethod::Redirect);
            check(Method::Frame, user_agent, LoginMethod::Frame);
            check(Method::Workspace, user_agent, LoginMethod::Workspace);
        }
    }

    #[test]
    fn names_lead_to_methods_and_back() {
        for method in [LoginMethod::Qr, LoginMethod::Redirect, LoginMethod::Frame, LoginMethod::Workspace] {
            check(Method::from_name(name(method)), DESKTOP, method);
        }
        assert_eq!(Method::from_name("carrier pigeon"), Method::Auto);
    }

    #[test]
    fn the_workspace_names_its_organisation_in_the_address() {
        check_corp(IN_DINGTALK, "?corpid=ding123", Some("ding123"));
        check_corp(IN_DINGTALK, "?a=b&corpId=ding123&c=d", Some("ding123"));
        check_corp(IN_DINGTALK, "?corpid=$CORPID$", None);
        check_corp(IN_DINGTALK, "?corpid=", None);
        check_corp(IN_DINGTALK, "?corpid=%3Cscript%3E", None);
        check_corp(IN_DINGTALK, "", None);
        check_corp(DESKTOP, "?corpid=ding123", None);
    }

    #[track_caller]
    fn check(method: Method, user_agent: &str, expected: LoginMethod) {
        assert_eq!(method.decide(user_agent), expected, "{user_agent}");
    }

    #[track_caller]
    fn check_corp(user_agent: &str, query: &str, expected: Option<&str>) {
        assert_eq!(workspace_corp_id(user_agent, query).as_deref(), expected, "{query}");
    }
}
