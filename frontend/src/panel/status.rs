use leptos::prelude::*;

use super::Cx;
use crate::connection::Connection;
use crate::el::{El, Words, el};
use crate::icon::Icon;
use crate::messages::Messages;
use crate::phase::Phase;

/// The line that says in one sentence where things stand.
#[derive(Clone, Copy, Debug)]
struct Status {
    tone: &'static str,
    icon: Icon,
    text: fn(&Messages) -> &'static str,
}

/// Announces where things stand. It stays in the document, as live regions must.
pub(super) fn status_line(cx: Cx) -> El {
    let status = move || cx.flow.phase.with(|phase| status(phase, cx.flow.connection.get()));
    el("p", "dtqr-status")
        .set("role", "status")
        .set_while("data-tone", move || Some(status().tone))
        .live(move || [status().icon.view()])
        .with([el("span", "").text(Words::live(move || (status().text)(cx.messages())))])
}

fn status(phase: &Phase, connection: Connection) -> Status {
    let trouble = if phase.is_live() { connection_trouble(connection) } else { None };
    trouble.unwrap_or_else(|| phase_status(phase))
}

fn connection_trouble(connection: Connection) -> Option<Status> {
    let (icon, text): (_, fn(&Messages) -> _) = match connection {
        Connection::Online => return None,
        Connection::Reconnecting => (Icon::Spinner, |texts| texts.reconnecting),
        Connection::UpstreamReconnecting => (Icon::Spinner, |texts| texts.upstream_reconnecting),
        Connection::Offline => (Icon::Warning, |texts| texts.offline),
        Connection::Paused => (Icon::Pause, |texts| texts.paused),
    };
    Some(Status { tone: "waiting", icon, text })
}

fn phase_status(phase: &Phase) -> Status {
    let (tone, icon, text): (_, _, fn(&Messages) -> _) = match phase {
        Phase::Starting => ("busy", Icon::Spinner, |texts| texts.starting),
        Phase::Ready(_) => ("busy", Icon::Phone, |texts| texts.ready),
        Phase::Creating(_) => ("busy", Icon::Spinner, |texts| texts.creating),
        Phase::ApprovalPending { .. } => ("waiting", Icon::Clock, |texts| texts.approval),
        Phase::Created(_) => ("good", Icon::Tick, |texts| texts.created),
        Phase::Denied { .. } => ("plain", Icon::Cross, |texts| texts.denied),
        Phase::Expired(_) => ("plain", Icon::Clock, |texts| texts.expired),
        Phase::Cancelled => ("plain", Icon::Cross, |texts| texts.cancelled),
        Phase::Failed(_) => ("bad", Icon::Warning, |texts| texts.failed),
        Phase::OperatorRequired => ("waiting", Icon::Warning, |texts| texts.operator),
    };
    Status { tone, icon, text }
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
        assert_eq!(status(&Phase::Denied { reason: None }, Connection::Online).tone, "plain");
        assert_eq!(status(&Phase::Cancelled, Connection::Online).tone, "plain");
    }

    #[track_caller]
    fn check(phase: &Phase, connection: Connection, expected: &str) {
        assert_eq!((status(phase, connection).text)(Language::En.messages()), expected);
    }
}
