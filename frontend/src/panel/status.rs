use std::borrow::Cow;

use dingtalk_qr_shared::LoginMethod;
use leptos::prelude::*;

use super::{Cx, Text};
use crate::connection::Connection;
use crate::el::{El, Words, el};
use crate::icon::Icon;
use crate::phase::Phase;

/// The line that says in one sentence where things stand.
#[derive(Clone, Copy, Debug)]
struct Status {
    tone: &'static str,
    icon: Icon,
    text: Text,
}

/// Announces where things stand. It stays in the document, as live regions must.
pub(super) fn status_line(cx: Cx) -> El {
    let status = move || {
        let method = cx.flow.method.get();
        cx.flow.phase.with(|phase| status(phase, method, cx.flow.connection.get()))
    };
    let text = move || match cx.flow.phase.with(Phase::number) {
        Some(number) if cx.flow.connection.get() == Connection::Online => {
            Cow::Owned((cx.messages().login.scanned)(&number))
        }
        _ => Cow::Borrowed((status().text)(cx.messages())),
    };
    el("p", "dtqr-status")
        .set("role", "status")
        .set_while("data-tone", move || Some(status().tone))
        .live(move || [status().icon.view()])
        .with([el("span", "").text(Words::live(text))])
}

fn status(phase: &Phase, method: Option<LoginMethod>, connection: Connection) -> Status {
    let trouble = if phase.is_live() { connection_trouble(connection) } else { None };
    trouble.unwrap_or_else(|| phase_status(phase, method))
}

fn connection_trouble(connection: Connection) -> Option<Status> {
    let (icon, text): (_, Text) = match connection {
        Connection::Online => return None,
        Connection::Reconnecting => (Icon::Spinner, |texts| texts.reconnecting),
        Connection::UpstreamReconnecting => (Icon::Spinner, |texts| texts.upstream_reconnecting),
        Connection::Offline => (Icon::Warning, |texts| texts.offline),
        Connection::Paused => (Icon::Pause, |texts| texts.paused),
    };
    Some(Status { tone: "waiting", icon, text })
}

fn phase_status(phase: &Phase, method: Option<LoginMethod>) -> Status {
    let (tone, icon, text): (_, _, Text) = match phase {
        Phase::Idle => ("plain", Icon::Phone, |texts| texts.login.idle),
        Phase::Leaving(_) => ("busy", Icon::Spinner, |texts| texts.login.leaving),
        Phase::Starting | Phase::Ready(_) => return open_status(phase, method),
        Phase::Scanned { .. } => ("busy", Icon::Phone, |texts| texts.login.scanned_instruction),
        Phase::Confirming(_) => ("busy", Icon::Spinner, |texts| texts.login.signing_in),
        Phase::Creating(_) => ("busy", Icon::Spinner, |texts| texts.creating),
        Phase::ApprovalPending { .. } => ("waiting", Icon::Clock, |texts| texts.approval),
        Phase::Created(_) => ("good", Icon::Tick, |texts| texts.created),
        Phase::Authenticated(_) => ("good", Icon::Tick, |texts| texts.login.authenticated),
        Phase::Denied { .. } => ("plain", Icon::Cross, |texts| texts.denied),
        Phase::Expired(prompt) if prompt.qr.is_none() => ("plain", Icon::Clock, |texts| texts.login.expired),
        Phase::Expired(_) => ("plain", Icon::Clock, |texts| texts.expired),
        Phase::Cancelled => ("plain", Icon::Cross, |texts| texts.cancelled),
        Phase::Failed(_) => ("bad", Icon::Warning, |texts| texts.failed),
        Phase::OperatorRequired => ("waiting", Icon::Warning, |texts| texts.operator),
    };
    Status { tone, icon, text }
}

/// While the person has not done anything yet, what to wait for depends on the door.
fn open_status(phase: &Phase, method: Option<LoginMethod>) -> Status {
    let has_begun = !matches!(phase, Phase::Starting);
    let (icon, text): (_, Text) = match (method, has_begun) {
        (None | Some(LoginMethod::Qr), false) => (Icon::Spinner, |texts| texts.starting),
        (None | Some(LoginMethod::Qr), true) => (Icon::Phone, |texts| texts.ready),
        (Some(LoginMethod::Redirect), false) => (Icon::Spinner, |texts| texts.login.leaving),
        (Some(LoginMethod::Redirect), true) => return phase_status(&Phase::Idle, method),
        (Some(LoginMethod::Frame), _) => (Icon::Phone, |texts| texts.login.framed),
        (Some(LoginMethod::Workspace), _) => (Icon::Spinner, |texts| texts.login.signing_in),
    };
    Status { tone: "busy", icon, text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::Language;
    use crate::phase::Failure;

    #[test]
    fn trouble_with_the_connection_is_said_while_the_flow_lives() {
        check(&Phase::Starting, Connection::Online, "Preparing a code…");
        check(&Phase::Starting, Connection::Offline, "Offline. Goes on when you are back.");
        check(&Phase::Starting, Connection::Reconnecting, "Connection lost. Reconnecting…");
        check(&Phase::Starting, Connection::UpstreamReconnecting, "DingTalk is slow. Still trying…");
        check(&Phase::Starting, Connection::Paused, "Paused while this tab is hidden");
    }

    #[test]
    fn an_ended_flow_does_not_mind_the_connection() {
        check(&Phase::Cancelled, Connection::Offline, "Cancelled");
        check(&Phase::Failed(Failure::Unreachable), Connection::Reconnecting, "That did not work");
    }

    #[test]
    fn being_declined_or_cancelled_does_not_look_like_an_error() {
        assert_eq!(status(&Phase::Denied { reason: None }, None, Connection::Online).tone, "plain");
        assert_eq!(status(&Phase::Cancelled, None, Connection::Online).tone, "plain");
    }

    #[test]
    fn what_is_waited_for_depends_on_the_door() {
        check_door(LoginMethod::Qr, "Preparing a code…");
        check_door(LoginMethod::Redirect, "Taking you to DingTalk…");
        check_door(LoginMethod::Frame, "Waiting for you to sign in");
        check_door(LoginMethod::Workspace, "Signing you in with DingTalk…");
    }

    #[track_caller]
    fn check_door(method: LoginMethod, expected: &str) {
        let status = status(&Phase::Starting, Some(method), Connection::Online);
        assert_eq!((status.text)(Language::En.messages()), expected);
    }

    #[track_caller]
    fn check(phase: &Phase, connection: Connection, expected: &str) {
        assert_eq!((status(phase, None, connection).text)(Language::En.messages()), expected);
    }
}
