//! The only place that turns what the backend knows into what travels.

use dingtalk_qr_shared::{
    AppDelivery, AppEntry, AppSaved, DeliveryState as State, ErrorCode, FlowState, FlowUpdate, Identity,
    SignedIn, Sink,
};

use crate::app::{AppOverview, Delivery};
use crate::clock::Timestamp;
use crate::flow::{CreatedApp, Failure, Finding, Person, SinkName, Snapshot, Status};
use crate::store::DeliveryState;

pub(crate) fn flow_update(snapshot: Snapshot, now: Timestamp) -> FlowUpdate {
    FlowUpdate {
        expires_in: seconds_until(snapshot.deadline, now),
        reconnecting: snapshot.is_reconnecting,
        state: flow_state(snapshot.status),
    }
}

pub(super) fn flow_state(status: Status) -> FlowState {
    match status {
        Status::Pending => FlowState::Pending,
        Status::Scanned { number } => FlowState::Scanned { number },
        Status::Creating => FlowState::Creating,
        Status::ApprovalPending { client_id } => FlowState::ApprovalPending { client_id },
        Status::Created(app) => FlowState::Created(app_saved(app)),
        Status::Authenticated(person) => {
            FlowState::Authenticated(SignedIn { identity: identity(person), ticket: None })
        }
        Status::Denied { reason } => FlowState::Denied { reason },
        Status::Expired => FlowState::Expired,
        Status::Cancelled => FlowState::Cancelled,
        Status::Failed { failure } => FlowState::Failed { code: failure_code(failure) },
    }
}

pub(super) fn identity(person: Person) -> Identity {
    Identity {
        user_id: person.user_id,
        name: person.name,
        email: person.email,
        avatar_url: person.avatar_url,
        corp_id: person.corp_id,
        admin: person.is_admin,
    }
}

pub(crate) fn app_saved(app: CreatedApp) -> AppSaved {
    AppSaved {
        app: app.name,
        client_id: app.client_id,
        hint: app.hint,
        saved_to: app.saved_to.into_iter().map(sink).collect(),
        verified: app.is_verified,
        findings: app.findings.into_iter().map(finding_code).collect(),
        revealable: false,
    }
}

pub(super) fn app_entry(overview: AppOverview, now: Timestamp) -> AppEntry {
    let app = overview.app;
    AppEntry {
        app: app.name,
        client_id: app.client_id,
        hint: app.hint,
        verified: app.is_verified,
        claimed: overview.is_claimed,
        configured: overview.is_configured,
        saved_to: app.saved_to.into_iter().map(sink).collect(),
        findings: app.findings.into_iter().map(finding_code).collect(),
        title: overview.title,
        corp_id: overview.corp_id,
        agent_id: overview.agent_id,
        age: now.since(overview.created_at).as_secs(),
        deliveries: Vec::new(),
    }
}

pub(super) fn app_delivery(delivery: Delivery, now: Timestamp) -> AppDelivery {
    AppDelivery {
        sink: sink(delivery.sink.into()),
        state: match delivery.state {
            DeliveryState::Pending => State::Pending,
            DeliveryState::Delivered => State::Delivered,
            DeliveryState::Dropped => State::Dropped,
            DeliveryState::Dead => State::Dead,
        },
        id: delivery.id,
        attempts: u32::try_from(delivery.attempts).unwrap_or(u32::MAX),
        next_attempt_in: delivery.next_attempt.map(|next| seconds_until(next, now)),
        last_error: delivery.last_error,
    }
}

/// Rounds up, so that a page never counts down to zero before the backend does.
pub(super) fn seconds_until(deadline: Timestamp, now: Timestamp) -> u32 {
    let seconds = deadline.since(now).as_millis().div_ceil(1000);
    u32::try_from(seconds).unwrap_or(u32::MAX)
}

fn sink(name: SinkName) -> Sink {
    match name {
        SinkName::Store => Sink::Store,
        SinkName::EnvFile => Sink::EnvFile,
        SinkName::Webhook => Sink::Webhook,
    }
}

fn finding_code(finding: Finding) -> ErrorCode {
    match finding {
        Finding::ApprovalOutstanding => ErrorCode::ApprovalOutstanding,
        Finding::CredentialsRejected => ErrorCode::CredentialsRejected,
        Finding::SinkFailed => ErrorCode::SinkFailed,
        Finding::UpstreamUnavailable => ErrorCode::UpstreamUnavailable,
    }
}

/// Returns the name of a failure on the wire.
pub(super) fn failure_code(failure: Failure) -> ErrorCode {
    match failure {
        Failure::AddressNotAllowed => ErrorCode::AddressNotAllowed,
        Failure::AppCredentialMissing => ErrorCode::AppCredentialMissing,
        Failure::AuthorizationCodeInvalid => ErrorCode::AuthorizationCodeInvalid,
        Failure::CredentialsRejected => ErrorCode::CredentialsRejected,
        Failure::EmailDomainNotAllowed => ErrorCode::EmailDomainNotAllowed,
        Failure::ForeignOrganisation => ErrorCode::ForeignOrganisation,
        Failure::Internal => ErrorCode::Internal,
        Failure::NotAMember => ErrorCode::NotAMember,
        Failure::NotInvited => ErrorCode::NotInvited,
        Failure::NumberMismatch => ErrorCode::NumberMismatch,
        Failure::PermissionMissing => ErrorCode::PermissionMissing,
        Failure::ProfileIncomplete => ErrorCode::ProfileIncomplete,
        Failure::UpstreamBusy => ErrorCode::UpstreamBusy,
        Failure::UpstreamRefused => ErrorCode::UpstreamRefused,
        Failure::UpstreamUnavailable => ErrorCode::UpstreamUnavailable,
        Failure::WorkspaceCodeInvalid => ErrorCode::WorkspaceCodeInvalid,
    }
}
