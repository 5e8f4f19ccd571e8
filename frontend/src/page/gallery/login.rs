use std::sync::Arc;

use dingtalk_qr::{Connection, Failure, Phase, Prompt, UseFlow, WorkspaceFailure};
use dingtalk_qr_shared::{Door, ErrorCode, FlowStarted, Identity, LoginMethod, SignedIn};
use leptos::prelude::location;

use super::Specimen;
use super::prompts::{hostile, login_started, prompt};

/// A login, by its doors and in the order of life.
pub(super) const SPECIMENS: &[Specimen] = &[
    Specimen::new("login-idle", "The redirect waits for a press", || redirect(Phase::Idle)),
    Specimen::new("login-leaving", "On the way to DingTalk", || redirect(Phase::Leaving(None))),
    Specimen::new("login-starting", "The code is on its way", || by_code(Phase::Starting)),
    Specimen::new("login-ready", "The code can be scanned", || by_code(Phase::Ready(code())).valid_for(287)),
    Specimen::new("login-ready-simulated", "A simulator plays DingTalk", || {
        by_code(Phase::Ready(simulated())).valid_for(287)
    }),
    Specimen::new("login-reconnecting", "The backend is silent", || {
        by_code(Phase::Ready(code())).valid_for(287).over(Connection::Reconnecting)
    }),
    Specimen::new("login-scanned", "A phone has opened the login", || scanned().valid_for(251)),
    Specimen::new("login-scanned-offline", "The same, offline", || {
        scanned().valid_for(251).over(Connection::Offline)
    }),
    Specimen::new("login-confirming", "The backend looks at the answer", || {
        redirect(Phase::Confirming(None))
    }),
    Specimen::new("login-workspace", "Inside of DingTalk", || workspace(Phase::Starting)),
    Specimen::new("login-frame", "DingTalk's page in a frame", || framed(Phase::Ready(frame()))),
    Specimen::new("login-frame-starting", "The frame is on its way", || framed(Phase::Starting)),
    Specimen::new("login-authenticated", "Signed in", || by_code(Phase::Authenticated(person("张伟", None)))),
    Specimen::new("login-authenticated-avatar", "Signed in, with a picture", || {
        by_code(Phase::Authenticated(person("Екатерина Александровна", Some(AVATAR))))
    }),
    Specimen::new("login-authenticated-hostile", "Signed in under a hostile name", || {
        by_code(Phase::Authenticated(person(&hostile(), None)))
    }),
    Specimen::new("login-denied", "Refused on the phone", || by_code(Phase::Denied { reason: None })),
    Specimen::new("login-denied-hostile", "Refused with a hostile reason", || {
        by_code(Phase::Denied { reason: Some(hostile()) })
    }),
    Specimen::new("login-expired", "The code is over", || by_code(Phase::Expired(code()))),
    Specimen::new("login-expired-redirect", "The redirect took too long", || {
        redirect(Phase::Expired(prompt(&login_started(Door::Redirect { url: String::new() }))))
    }),
    Specimen::new("login-cancelled", "Given up here", || by_code(Phase::Cancelled)),
    Specimen::new("login-failed-number", "The wrong number was picked", || failed(ErrorCode::NumberMismatch)),
    Specimen::new("login-failed-organisation", "Another organisation", || {
        failed(ErrorCode::ForeignOrganisation)
    }),
    Specimen::new("login-failed-invitation", "Nobody has invited them", || failed(ErrorCode::NotInvited)),
    Specimen::new("login-failed-credentials", "The app is not set up well", || {
        failed(ErrorCode::CredentialsRejected)
    }),
    Specimen::new("login-workspace-unavailable", "No script of DingTalk", || {
        workspace_failed(WorkspaceFailure::Unavailable)
    }),
    Specimen::new("login-workspace-domain", "DingTalk does not know the page", || {
        workspace_failed(WorkspaceFailure::UnknownDomain)
    }),
    Specimen::new("login-workspace-refused", "DingTalk gives no code", || {
        workspace_failed(WorkspaceFailure::Refused)
    }),
];

/// Answered by the tests; elsewhere there is nothing, and the panel does without.
const AVATAR: &str = "https://avatars.example/zhangwei.png";

fn code() -> Arc<Prompt> {
    prompt(&login_started(Door::Qr))
}

fn simulated() -> Arc<Prompt> {
    prompt(&FlowStarted { simulated: true, ..login_started(Door::Qr) })
}

fn frame() -> Arc<Prompt> {
    let origin = location().origin().unwrap_or_default();
    prompt(&login_started(Door::Frame { url: origin + "/frame.html" }))
}

fn person(name: &str, avatar_url: Option<&str>) -> SignedIn {
    let identity = Identity {
        user_id: "1".to_owned(),
        name: name.to_owned(),
        email: "zhangwei@studio.example".to_owned(),
        avatar_url: avatar_url.map(ToOwned::to_owned),
        corp_id: None,
        admin: false,
    };
    SignedIn { identity, ticket: None }
}

fn by_code(phase: Phase) -> UseFlow {
    UseFlow::still(phase).by(LoginMethod::Qr)
}

fn scanned() -> UseFlow {
    by_code(Phase::Scanned { prompt: code(), number: 7 })
}

fn redirect(phase: Phase) -> UseFlow {
    UseFlow::still(phase).by(LoginMethod::Redirect)
}

fn framed(phase: Phase) -> UseFlow {
    UseFlow::still(phase).by(LoginMethod::Frame)
}

fn workspace(phase: Phase) -> UseFlow {
    UseFlow::still(phase).by(LoginMethod::Workspace)
}

fn workspace_failed(failure: WorkspaceFailure) -> UseFlow {
    workspace(Phase::Failed(Failure::Workspace(failure)))
}

fn failed(code: ErrorCode) -> UseFlow {
    by_code(Phase::Failed(code.into()))
}
