//! Apps as the developer console shows them.

use serde::{Deserialize, Serialize};

/// Permissions that the simulator looks at. That there are two for numbers and addresses in the directory is documented
/// (查询用户详情); their names are unconfirmed.
pub(crate) mod permission {
    /// Exchange of codes; granted to every app.
    pub(crate) const BASE: &str = "open_app_api_base";
    /// The profile of whoever signs in.
    pub(crate) const PROFILE: &str = "Contact.User.Read";
    /// Their mobile number.
    pub(crate) const PROFILE_MOBILE: &str = "Contact.User.mobile";
    /// The organisation's directory.
    pub(crate) const MEMBERS: &str = "qyapi_get_member";
    /// Mobile numbers in the directory.
    pub(crate) const MEMBER_MOBILE: &str = "fieldMobile";
    /// E-mail addresses in the directory.
    pub(crate) const MEMBER_EMAIL: &str = "fieldEmail";

    /// The departments (page 获取部门列表).
    pub(crate) const DEPARTMENTS: &str = "qyapi_get_department_list";
    /// The members of a department (page 获取部门用户详情).
    pub(crate) const DEPARTMENT_MEMBERS: &str = "qyapi_get_department_member";
    /// Members by their number (page 根据手机号查询用户).
    pub(crate) const MEMBER_BY_MOBILE: &str = "qyapi_get_member_by_mobile";
    /// Messages of the robot; an app made by a scan has it, as others have observed.
    pub(crate) const ROBOT: &str = "qyapi_robot_sendmsg";

    pub(crate) const ALL: [&str; 10] = [
        BASE,
        PROFILE,
        PROFILE_MOBILE,
        MEMBERS,
        MEMBER_MOBILE,
        MEMBER_EMAIL,
        DEPARTMENTS,
        DEPARTMENT_MEMBERS,
        MEMBER_BY_MOBILE,
        ROBOT,
    ];
}

/// Redirect URLs on this machine, at any port and path.
pub(crate) const LOOPBACK: [&str; 2] = ["http://127.0.0.1:*", "http://localhost:*"];

/// An app of one organisation: a row of `GET /_sim/apps`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct App {
    /// Client id, formerly `AppKey`.
    pub client_id: String,
    /// Client secret.
    pub secret: String,
    /// Number of the app in its organisation, ten digits.
    pub agent_id: u64,
    /// The organisation that owns it.
    pub corp_id: String,
    /// Whether a version was published; without one the credentials do not work.
    pub published: bool,
    /// Permissions granted, such as `Contact.User.Read`.
    pub permissions: Vec<String>,
    /// Redirect URLs registered. One that ends in `:*` stands for every port and path of that host.
    pub redirect_urls: Vec<String>,
    /// Whether the caller's address is on the app's list of allowed ones.
    pub allow_ip: bool,
    /// Whether its robot is switched on. What DingTalk says otherwise is unconfirmed.
    pub robot: bool,
    /// Departments that it may see, each with everything below it. The root is 1.
    pub visible_departments: Vec<u64>,
}

impl App {
    pub(crate) fn may(&self, permission: &str) -> bool {
        self.permissions.iter().any(|granted| granted == permission)
    }

    pub(crate) fn accepts_redirect_to(&self, url: &str) -> bool {
        self.redirect_urls.iter().any(|registered| match registered.strip_suffix('*') {
            Some(host) => url.strip_prefix(host).is_some_and(begins_with_port),
            None => url == registered,
        })
    }
}

/// `9080`, `9080/path` or `9080?query`, so that `9080@elsewhere` is none.
fn begins_with_port(text: &str) -> bool {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (port, rest) = text.split_at(end);
    port.parse::<u16>().is_ok() && (rest.is_empty() || rest.starts_with(['/', '?']))
}

#[cfg(test)]
mod tests {
    use super::{App, LOOPBACK};

    #[track_caller]
    fn check(url: &str, expected: bool) {
        let registered = LOOPBACK.into_iter().chain(["https://app.example.com/callback"]);
        let app = App {
            client_id: String::new(),
            secret: String::new(),
            agent_id: 0,
            corp_id: String::new(),
            published: true,
            permissions: Vec::new(),
            redirect_urls: registered.map(str::to_owned).collect(),
            allow_ip: true,
            robot: true,
            visible_departments: vec![1],
        };
        assert_eq!(app.accepts_redirect_to(url), expected, "{url}");
    }

    #[test]
    fn only_registered_redirect_urls_are_accepted() {
        check("https://app.example.com/callback", true);
        check("https://app.example.com/callback?x=1", false);
        check("https://app.example.com/callback/", false);
        check("https://app.example.com", false);
        check("http://127.0.0.1:8000", true);
        check("http://127.0.0.1:8000/auth/callback?corpId=x", true);
        check("http://localhost:1/x", true);
        check("http://localhost/x", false);
        check("http://127.0.0.1:8000@evil.example/", false);
        check("http://127.0.0.1:8000.evil.example/", false);
        check("http://127.0.0.1:80000/", false);
        check("https://127.0.0.1:8000/", false);
    }
}
