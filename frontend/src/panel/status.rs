use std::borrow::Cow;

use dingtalk_qr_shared::LoginMethod;

use super::Cx;
use crate::connection::Connection;
use crate::el::{El, Words, el};
use crate::icon::Icon;
use crate::messages::Text;
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
        let method = cx.method();
        cx.phase(|phase| status(phase, method, cx.inside().flow.connection()))
    };
    let text = move || match cx.phase(Phase::number) {
        Some(number) if cx.inside().flow.connection() == Connection::Online => {
            Cow::Owned(cx.fill(Text::LoginScanned, &number))
        }
        _ => cx.say(status().text),
    };
    el("p.status[role=status]")
        .set("data-tone", Words::live(move || status().tone))
        .live_by(move || status().icon as usize, move || vec![status().icon.view()])
        .with(el("span").text(Words::live(text)))
}

fn status(phase: &Phase, method: Option<LoginMethod>, connection: Connection) -> Status {
    let trouble = if phase.is_live() { connection_trouble(connection) } else { None };
    trouble.unwrap_or_else(|| phase_status(phase, method))
}

fn connection_trouble(connection: Connection) -> Option<Status> {
    let (icon, text): (_, Text) = match connection {
        Connection::Online => return None,
        Connection::Reconnecting => (Icon::Spinner, Text::Reconnecting),
        Connection::UpstreamReconnecting => (Icon::Spinner, Text::UpstreamReconnecting),
        Connection::Offline => (Icon::Warning, Text::Offline),
        Connection::Paused => (Icon::Pause, Text::Paused),
    };
    Some(Status { tone: "waiting", icon, text })
}

fn phase_status(phase: &Phase, method: Option<LoginMethod>) -> Status {
    let (tone, icon, text): (_, _, Text) = match phase {
        Phase::Idle => ("plain", Icon::Phone, Text::LoginIdle),
        Phase::Leaving(_) => ("busy", Icon::Spinner, Text::LoginLeaving),
        Phase::Starting | Phase::Ready(_) => return open_status(phase, method),
        Phase::Scanned { .. } => ("busy", Icon::Phone, Text::LoginScannedInstruction),
        Phase::Confirming(_) => ("busy", Icon::Spinner, Text::LoginSigningIn),
        Phase::Creating(_) => ("busy", Icon::Spinner, Text::Creating),
        Phase::ApprovalPending { .. } => ("waiting", Icon::Clock, Text::Approval),
        Phase::Created(_) => ("good", Icon::Tick, Text::Created),
        Phase::Authenticated(_) => ("good", Icon::Tick, Text::LoginAuthenticated),
        Phase::Denied { .. } => ("plain", Icon::Cross, Text::Denied),
        Phase::Expired(prompt) if prompt.qr.is_none() => ("plain", Icon::Clock, Text::LoginExpired),
        Phase::Expired(_) => ("plain", Icon::Clock, Text::Expired),
        Phase::Cancelled => ("plain", Icon::Cross, Text::Cancelled),
        Phase::Failed(_) => ("bad", Icon::Warning, Text::Failed),
        Phase::OperatorRequired => ("waiting", Icon::Warning, Text::Operator),
    };
    Status { tone, icon, text }
}

/// While the person has not done anything yet, what to wait for depends on the door.
fn open_status(phase: &Phase, method: Option<LoginMethod>) -> Status {
    let has_begun = !matches!(phase, Phase::Starting);
    let (icon, text): (_, Text) = match (method, has_begun) {
        (None | Some(LoginMethod::Qr), false) => (Icon::Spinner, Text::Starting),
        (None | Some(LoginMethod::Qr), true) => (Icon::Phone, Text::Ready),
        (Some(LoginMethod::Redirect), false) => (Icon::Spinner, Text::LoginLeaving),
        (Some(LoginMethod::Redirect), true) => return phase_status(&Phase::Idle, method),
        (Some(LoginMethod::Frame), _) => (Icon::Phone, Text::LoginFramed),
        (Some(LoginMethod::Workspace), _) => (Icon::Spinner, Text::LoginSigningIn),
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
        assert_eq!(Language::En.text(status.text), expected);
    }

    #[track_caller]
    fn check(phase: &Phase, connection: Connection, expected: &str) {
        assert_eq!(Language::En.text(status(phase, None, connection).text), expected);
    }
}
