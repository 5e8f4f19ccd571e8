//! Pages that say one thing: done, refused, expired, and the like.

use axum::http::StatusCode;
use axum::response::Response;

use super::{Escaped, document};
use crate::clock::Millis;
use crate::organisation::Organisation;
use crate::registration::{Registration, Steps};
use crate::routes::{ADMIN_PATH, PHONE_PATH};
use crate::status::Status;

/// Sign, title, its Chinese, and what to do next.
struct Notice(Sign, &'static str, &'static str, &'static str);

#[derive(Clone, Copy)]
enum Sign {
    Tick,
    Clock,
    Cross,
}

const DONE: Notice =
    Notice(Sign::Tick, "Done", "操作成功", "Go back to your computer: it goes on by itself.");
const REFUSED: Notice = Notice(Sign::Cross, "Refused", "已拒绝", "You can close this page.");
const WAITS: Notice = Notice(
    Sign::Clock,
    "Waiting for the administrator",
    "等待管理员审批",
    "The app exists. It works as soon as an administrator of your organisation lets it in.",
);
const UNDECIDED: Notice =
    Notice(Sign::Clock, "Not decided yet", "尚未操作", "Open the code's own page to decide.");
const USED: Notice = Notice(
    Sign::Tick,
    "This code was used",
    "二维码已被使用",
    "Every code works once. Ask for a new QR code on your computer.",
);
const EXPIRED: Notice =
    Notice(Sign::Clock, "This code has expired", "二维码已过期", "Ask for a new QR code on your computer.");
const UNKNOWN: Notice = Notice(
    Sign::Cross,
    "There is no such code",
    "二维码无效",
    "Check the code, or ask for a new QR code on your computer.",
);
const NO_ORGANISATION: Notice = Notice(
    Sign::Cross,
    "No organisation",
    "该账号还未加入组织",
    "This account has not joined an organisation, so it cannot create an app.",
);

/// The end of the visit: what became of the decision.
pub(crate) fn outcome(registration: &Registration, now: Millis) -> Response {
    let notice = match registration.status_of_app(now).meaning() {
        Status::Waiting => UNDECIDED,
        Status::Fail => REFUSED,
        Status::Creating
        | Status::Publishing
        | Status::Approving
        | Status::Success
        | Status::Expired
        | Status::Other(_) => {
            if registration.waits_for_administrator() {
                WAITS
            } else {
                DONE
            }
        }
    };
    let app = registration.steps().map(facts_of_app).unwrap_or_default();
    let reason =
        registration.fail_reason().map(|reason| facts(&[("Reason 原因", reason)])).unwrap_or_default();
    let to_administrator = if registration.waits_for_administrator() {
        link(ADMIN_PATH, "Be the administrator", "管理员审批")
    } else {
        String::new()
    };
    notice.page(StatusCode::OK, &format!("{reason}{app}{to_administrator}"))
}

/// The code was decided on before.
pub(crate) fn used_code(status: StatusCode) -> Response {
    USED.page(status, "")
}

/// The code is older than its life.
pub(crate) fn expired_code(status: StatusCode) -> Response {
    EXPIRED.page(status, "")
}

/// Nobody was given this code.
pub(crate) fn unknown_code() -> Response {
    UNKNOWN.page(StatusCode::NOT_FOUND, "")
}

/// The form came back without what is needed.
pub(crate) fn unusable_form(status: StatusCode, problem: &'static str) -> Response {
    Notice(Sign::Cross, "That did not work", "操作失败", problem).page(status, "")
}

/// Somebody without an organisation cannot create an app.
pub(crate) fn no_organisation(registration: &Registration) -> Response {
    let question = format!("{PHONE_PATH}?user_code={}", Escaped(&registration.user_code));
    NO_ORGANISATION.page(StatusCode::OK, &link(&question, "Use another account", "切换账号"))
}

impl Notice {
    /// `more` is HTML.
    fn page(&self, status: StatusCode, more: &str) -> Response {
        let Self(sign, title, chinese, next) = self;
        let (class, icon) = sign.drawing();
        let content = format!(
            r#"<header role="status">
<div class="{class}"><svg viewBox="0 0 24 24" aria-hidden="true">{icon}</svg></div>
<h1>{title}</h1>
<p lang="zh">{chinese}</p>
<p>{next}</p>
</header>
{more}"#
        );
        document(status, title, &content)
    }
}

impl Sign {
    fn drawing(self) -> (&'static str, &'static str) {
        match self {
            Self::Tick => ("mark", r#"<path d="m5 13 4.5 4.5L19 7"/>"#),
            Self::Clock => ("mark still", r#"<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 2"/>"#),
            Self::Cross => ("mark still", r#"<path d="m7 7 10 10M17 7 7 17"/>"#),
        }
    }
}

fn facts_of_app(steps: &Steps) -> String {
    let organisation = steps.organisation.and_then(Organisation::find);
    let name = organisation.map_or("–", |organisation| organisation.name);
    facts(&[("Organisation 组织", name), ("Client ID", &steps.client_id)])
}

fn facts(facts: &[(&str, &str)]) -> String {
    let fact = |&(name, value): &(&str, &str)| format!("<dt>{name}</dt><dd>{}</dd>", Escaped(value));
    format!("<dl>{}</dl>", facts.iter().map(fact).collect::<String>())
}

fn link(to: &str, text: &str, chinese: &str) -> String {
    format!(r#"<a class="button" href="{to}">{text} <span lang="zh">{chinese}</span></a>"#)
}
