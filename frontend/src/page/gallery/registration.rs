use std::sync::Arc;

use dingtalk_qr::{Connection, Failure, Phase, Prompt, UseFlow};
use dingtalk_qr_shared::{AppSaved, ErrorCode, FlowStarted, Sink};

use super::prompts::{hostile, prompt, started};
use super::{Deed, Specimen};

const CLIENT_ID: &str = "dingoa2x7k4mq9vbt1zw";

/// A registration, in the order of life.
pub(super) const SPECIMENS: &[Specimen] = &[
    Specimen::new("registration-starting", "The code is on its way", || UseFlow::still(Phase::Starting)),
    Specimen::new("registration-ready", "The code can be scanned", || ready(plain())),
    Specimen::new("registration-ready-brand", "Under the brand of a partner", || ready(branded("OpenClaw"))),
    Specimen::new("registration-ready-simulated", "A simulator plays DingTalk", || ready(simulated())),
    Specimen::new("registration-ready-last-minute", "The last minute", || ready(plain()).valid_for(42)),
    Specimen::new("registration-ready-hostile", "Hostile brand and code", || ready(hostile_prompt())),
    Specimen::new("registration-reconnecting", "The backend is silent", || heard(Connection::Reconnecting)),
    Specimen::new("registration-upstream", "DingTalk is silent", || heard(Connection::UpstreamReconnecting)),
    Specimen::new("registration-offline", "The browser is offline", || heard(Connection::Offline)),
    Specimen::new("registration-paused", "The tab is hidden", || heard(Connection::Paused)),
    Specimen::new("registration-by-hand", "The form for credentials", || ready(plain()))
        .after(Deed::OpenForm),
    Specimen::new("registration-by-hand-empty", "The form, sent empty", || ready(plain()))
        .after(Deed::SendEmptyForm),
    Specimen::new("registration-creating", "DingTalk creates the app", || {
        UseFlow::still(Phase::Creating(plain()))
    }),
    Specimen::new("registration-approval", "An administrator has to approve", || {
        approval(CLIENT_ID.to_owned())
    }),
    Specimen::new("registration-approval-hostile", "The same, hostile client id", || approval(hostile())),
    Specimen::new("registration-created", "The app exists", || created(app(true, &[]))),
    Specimen::new("registration-created-findings", "The same, with findings", || {
        created(app(true, &[ErrorCode::SinkFailed, ErrorCode::PermissionMissing]))
    }),
    Specimen::new("registration-created-unverified", "The same, not tried", || created(app(false, &[]))),
    Specimen::new("registration-created-hostile", "The same, hostile names", || created(hostile_app())),
    Specimen::new("registration-denied", "Refused without a reason", || denied(None)),
    Specimen::new("registration-denied-reason", "Refused with a reason", || {
        denied(Some("本组织暂不接入新的机器人, please ask IT first".to_owned()))
    }),
    Specimen::new("registration-denied-hostile", "Refused with a hostile reason", || denied(Some(hostile()))),
    Specimen::new("registration-expired", "Nobody approved in time", || {
        UseFlow::still(Phase::Expired(plain()))
    }),
    Specimen::new("registration-cancelled", "Given up here", || UseFlow::still(Phase::Cancelled)),
    Specimen::new("registration-unreachable", "The backend cannot be reached", || {
        failed(Failure::Unreachable)
    }),
    Specimen::new("registration-failed", "DingTalk kept a credential back", || {
        failed(ErrorCode::AppCredentialMissing.into())
    }),
    Specimen::new("registration-failed-upstream", "DingTalk cannot be reached", || {
        failed(ErrorCode::UpstreamUnavailable.into())
    }),
    Specimen::new("registration-failed-approval", "The approval is outstanding", || {
        failed(ErrorCode::ApprovalOutstanding.into())
    }),
    Specimen::new("registration-failed-later", "Too many at once, with a time to wait", || {
        failed(Failure::Code { code: ErrorCode::TooManyFlows, retry_after: Some(90) })
    }),
    Specimen::new("registration-failed-unknown", "A code that this page does not know", || {
        failed(ErrorCode::Unknown.into())
    }),
    Specimen::new("registration-operator", "Only an operator may begin", || {
        UseFlow::still(Phase::OperatorRequired)
    }),
];

/// A secret that can be shown once.
pub(super) const REVEAL: &[Specimen] = &[
    Specimen::new("registration-reveal", "The secret can be shown once", || created(revealable())),
    Specimen::new("registration-reveal-shown", "The secret is shown", || {
        created(revealable()).revealing("fake-secret-that-opens-nothing-fake-secret-that-opens-nothing-00")
    }),
    Specimen::new("registration-reveal-over", "The secret was shown", || created(revealable()).revealing("")),
];

fn plain() -> Arc<Prompt> {
    prompt(&started())
}

fn branded(brand: &str) -> Arc<Prompt> {
    prompt(&FlowStarted { brand: Some(brand.to_owned()), ..started() })
}

fn simulated() -> Arc<Prompt> {
    prompt(&FlowStarted { brand: Some("OpenClaw".to_owned()), simulated: true, ..started() })
}

fn hostile_prompt() -> Arc<Prompt> {
    prompt(&FlowStarted { brand: Some(hostile()), user_code: Some(hostile()), ..started() })
}

fn ready(prompt: Arc<Prompt>) -> UseFlow {
    UseFlow::still(Phase::Ready(prompt)).valid_for(575)
}

fn heard(connection: Connection) -> UseFlow {
    ready(plain()).over(connection)
}

fn approval(client_id: String) -> UseFlow {
    UseFlow::still(Phase::ApprovalPending { prompt: plain(), client_id })
}

fn created(app: AppSaved) -> UseFlow {
    UseFlow::still(Phase::Created(app))
}

fn app(verified: bool, findings: &[ErrorCode]) -> AppSaved {
    AppSaved {
        app: "support-bot".to_owned(),
        client_id: CLIENT_ID.to_owned(),
        hint: "Vq3x••••••••".to_owned(),
        saved_to: vec![Sink::Store, Sink::EnvFile],
        verified,
        findings: findings.to_vec(),
        revealable: false,
    }
}

fn revealable() -> AppSaved {
    AppSaved { revealable: true, ..app(true, &[]) }
}

fn hostile_app() -> AppSaved {
    AppSaved { app: hostile(), client_id: hostile(), hint: hostile(), ..app(true, &[]) }
}

fn denied(reason: Option<String>) -> UseFlow {
    UseFlow::still(Phase::Denied { reason })
}

fn failed(failure: Failure) -> UseFlow {
    UseFlow::still(Phase::Failed(failure))
}
