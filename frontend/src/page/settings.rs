use dingtalk_qr::Method;
use leptos::prelude::{document, location};
use web_sys::UrlSearchParams;

/// Which of the two pages this is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    Registration,
    Login,
}

/// What the address and the `<meta>` elements of the page say.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) place: Place,
    /// `<meta name="dingtalk-qr-backend">`: base URL of the backend; empty for the page's own origin.
    pub(super) backend: String,
    /// `<meta name="dingtalk-qr-ticket-url">`: where this site's own server takes tickets.
    pub(super) ticket_url: Option<String>,
    /// `?method=`
    pub(super) method: Method,
    /// `?app=`; empty for the backend's default.
    pub(super) app: String,
    /// `?corpid=`; empty for any, and where an app is named.
    pub(super) corp_id: String,
}

impl Settings {
    pub(super) fn read() -> Self {
        let path = location().pathname().unwrap_or_default();
        let is_login = path.trim_end_matches('/').ends_with("/login");
        let app = query("app").unwrap_or_default();
        // An app is chosen by its name or by its organisation, and DingTalk adds the organisation by itself.
        let corp_id = query("corpid").filter(|corp_id| app.is_empty() && !corp_id.starts_with('$'));
        Self {
            place: if is_login { Place::Login } else { Place::Registration },
            backend: meta("dingtalk-qr-backend").unwrap_or_default(),
            ticket_url: meta("dingtalk-qr-ticket-url"),
            method: query("method").map_or(Method::Auto, |name| Method::from_name(&name)),
            app,
            corp_id: corp_id.unwrap_or_default(),
        }
    }
}

fn meta(name: &str) -> Option<String> {
    let element = document().query_selector(&format!("meta[name={name}]")).ok()??;
    element.get_attribute("content").filter(|content| !content.is_empty())
}

pub(super) fn query(name: &str) -> Option<String> {
    let query = UrlSearchParams::new_with_str(&location().search().ok()?).ok()?;
    query.get(name).filter(|value| !value.is_empty())
}
