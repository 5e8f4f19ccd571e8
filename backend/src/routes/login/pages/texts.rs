//! Every text of the pages. A language without one of them does not compile.

pub(super) mod en;
pub(super) mod ja;
pub(super) mod ru;
pub(super) mod zh_cn;
pub(super) mod zh_tw;

use dingtalk_qr_shared::ErrorCode;
use maud::Markup;

use super::layout::Named;

/// The texts of one language.
pub(super) struct Texts {
    /// Title of the question whether to go on.
    pub(super) ask_title: &'static str,
    /// Which site asks, and that nothing has happened yet.
    pub(super) ask: fn(Named<'_>) -> Markup,
    /// Whoever was sent the code must not go on.
    pub(super) ask_warning: &'static str,
    /// What comes after the button.
    pub(super) ask_next: &'static str,
    /// The button to DingTalk.
    pub(super) go_on: &'static str,
    /// The button that says no.
    pub(super) deny: &'static str,

    /// Heads the facts about the browser that asks.
    pub(super) who_asks: &'static str,
    /// Label of the site.
    pub(super) site: &'static str,
    /// Label of the app.
    pub(super) app: &'static str,
    /// Label of the browser.
    pub(super) browser: &'static str,
    /// Label of the network address.
    pub(super) address: &'static str,
    /// Label of the moment.
    pub(super) begun_at: &'static str,

    /// Title of the question for the number.
    pub(super) confirm_title: &'static str,
    /// Where (first) and as whom (second) somebody is about to sign in.
    pub(super) confirm: fn(Named<'_>, Named<'_>) -> Markup,
    /// The question for the number.
    pub(super) which_number: &'static str,
    /// The button that says no to all numbers.
    pub(super) deny_number: &'static str,
    /// Whoever sees no other screen must not pick a number.
    pub(super) confirm_warning: &'static str,

    /// Title: signed in.
    pub(super) done_title: &'static str,
    /// Where (first) and as whom (second) the person is signed in.
    pub(super) done: fn(Named<'_>, Named<'_>) -> Markup,
    /// Back to the other screen.
    pub(super) done_next: &'static str,
    /// Title: the person said no.
    pub(super) denied_title: &'static str,
    /// Nobody was signed in there.
    pub(super) denied: fn(Named<'_>) -> Markup,
    /// What it may mean, and what to do.
    pub(super) denied_next: &'static str,
    /// The person said no at DingTalk, in the browser that wanted to sign in.
    pub(super) turned_back: fn(Named<'_>) -> Markup,
    /// Title: another number.
    pub(super) wrong_number_title: &'static str,
    /// Nobody was signed in there.
    pub(super) wrong_number: fn(Named<'_>) -> Markup,
    /// How to begin again, and that somebody else may have shown the code.
    pub(super) wrong_number_next: &'static str,
    /// Title: the link is over.
    pub(super) over_title: &'static str,
    /// Why links end.
    pub(super) over: &'static str,
    /// How to get another one.
    pub(super) over_next: &'static str,

    /// Heads what the administrator checks.
    pub(super) for_administrator: &'static str,
    /// The link, or the button of the frame.
    pub(super) try_again: &'static str,
    /// Label of the error code.
    pub(super) code: &'static str,
    /// Label of the request id.
    pub(super) reference: &'static str,
    /// What can go wrong.
    pub(super) troubles: Troubles,
    /// What the frame says.
    pub(super) frame: FrameTexts,
}

/// The texts of the frame page. Those after the first are shown by its script.
pub(super) struct FrameTexts {
    /// The script does not run.
    pub(super) no_script: &'static str,
    /// The title of the frame, for screen readers.
    pub(super) title: &'static str,
    /// The page was opened by itself.
    pub(super) alone: &'static str,
    /// DingTalk's page is on its way.
    pub(super) opening: &'static str,
    /// The code is on its way to the backend.
    pub(super) sending: &'static str,
    /// The backend has taken the code.
    pub(super) signed_in: &'static str,
    /// DingTalk's page gave no code.
    pub(super) failed: &'static str,
    /// The backend did not take it; the code of the error follows in brackets.
    pub(super) refused: &'static str,
    /// The backend cannot be reached.
    pub(super) unreachable: &'static str,
}

/// What is said about a failure.
pub(super) struct Said {
    /// In a few words.
    pub(super) title: &'static str,
    /// What happened.
    pub(super) happened: &'static str,
    /// What the person who reads it can do.
    pub(super) person: &'static str,
    /// What an administrator checks, where there is something to check.
    pub(super) administrator: Option<&'static str>,
}

/// What is said about each failure of a login; the names are those of [`ErrorCode`].
pub(super) struct Troubles {
    pub(super) address_not_allowed: Said,
    pub(super) authorization_code_invalid: Said,
    pub(super) credentials_rejected: Said,
    pub(super) email_domain_not_allowed: Said,
    pub(super) foreign_organisation: Said,
    pub(super) login_config_not_found: Said,
    pub(super) login_ended: Said,
    pub(super) login_state_invalid: Said,
    pub(super) not_a_member: Said,
    pub(super) not_invited: Said,
    pub(super) number_mismatch: Said,
    pub(super) permission_missing: Said,
    pub(super) profile_incomplete: Said,
    pub(super) too_many_flows: Said,
    pub(super) upstream_busy: Said,
    pub(super) upstream_refused: Said,
    pub(super) upstream_unavailable: Said,
    pub(super) workspace_code_invalid: Said,
    /// Whatever is not about signing in.
    pub(super) other: Said,
}

impl Troubles {
    /// Returns what is said about `code`.
    #[expect(clippy::too_many_lines, reason = "a line for each code")]
    pub(super) fn of(&self, code: ErrorCode) -> &Said {
        match code {
            ErrorCode::AddressNotAllowed => &self.address_not_allowed,
            ErrorCode::AuthorizationCodeInvalid => &self.authorization_code_invalid,
            ErrorCode::CredentialsRejected => &self.credentials_rejected,
            ErrorCode::EmailDomainNotAllowed => &self.email_domain_not_allowed,
            ErrorCode::ForeignOrganisation => &self.foreign_organisation,
            ErrorCode::LoginConfigNotFound => &self.login_config_not_found,
            ErrorCode::LoginEnded => &self.login_ended,
            ErrorCode::LoginStateInvalid => &self.login_state_invalid,
            ErrorCode::NotAMember => &self.not_a_member,
            ErrorCode::NotInvited => &self.not_invited,
            ErrorCode::NumberMismatch => &self.number_mismatch,
            ErrorCode::PermissionMissing => &self.permission_missing,
            ErrorCode::ProfileIncomplete => &self.profile_incomplete,
            ErrorCode::TooManyFlows => &self.too_many_flows,
            ErrorCode::UpstreamBusy => &self.upstream_busy,
            ErrorCode::UpstreamRefused => &self.upstream_refused,
            ErrorCode::UpstreamUnavailable => &self.upstream_unavailable,
            ErrorCode::WorkspaceCodeInvalid => &self.workspace_code_invalid,
            ErrorCode::AgentIdMissing
            | ErrorCode::AlreadyRevealed
            | ErrorCode::AppConfigured
            | ErrorCode::AppCredentialMissing
            | ErrorCode::AppNameTaken
            | ErrorCode::AppNotFound
            | ErrorCode::ApprovalOutstanding
            | ErrorCode::BeginLacksDeviceCode
            | ErrorCode::BeginLacksVerificationUri
            | ErrorCode::CustomerNotFound
            | ErrorCode::DepartmentNotFound
            | ErrorCode::EmbedTokenInvalid
            | ErrorCode::ExternalIdTaken
            | ErrorCode::FlowNotFound
            | ErrorCode::ForbiddenOrigin
            | ErrorCode::IdempotencyKeyReused
            | ErrorCode::InitLacksNonce
            | ErrorCode::InsufficientScope
            | ErrorCode::Internal
            | ErrorCode::InvalidRequest
            | ErrorCode::MemberNotFound
            | ErrorCode::MessageNotFound
            | ErrorCode::MethodNotAllowed
            | ErrorCode::NotFound
            | ErrorCode::NotSignedIn
            | ErrorCode::OperatorRequired
            | ErrorCode::OrganisationNotFound
            | ErrorCode::OrganisationUnknown
            | ErrorCode::PayloadTooLarge
            | ErrorCode::RecipientsNotFound
            | ErrorCode::RequestHeaderTooLarge
            | ErrorCode::SetupCodeInvalid
            | ErrorCode::SignInRequired
            | ErrorCode::SinkFailed
            | ErrorCode::SuiteNotFound
            | ErrorCode::SuiteTicketMissing
            | ErrorCode::TicketInvalid
            | ErrorCode::UnsupportedMediaType
            | ErrorCode::UserNotFound
            | ErrorCode::VerificationUriRejected
            | ErrorCode::Unknown => &self.other,
        }
    }
}
