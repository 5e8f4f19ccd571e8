//! Every text of the wizard. A language without one of them does not compile.

pub(super) mod en;
pub(super) mod zh_cn;

use dingtalk_qr_shared::ErrorCode;

/// The texts of one language.
pub(super) struct Texts {
    /// Heads the whole.
    pub(super) title: &'static str,
    /// The question for the method.
    pub(super) choose: &'static str,
    /// The first method.
    pub(super) by_qr: &'static str,
    /// The second one.
    pub(super) by_hand: &'static str,
    /// Which client id is set, and where.
    pub(super) configured: fn(&str, &str) -> String,
    /// What stands for the process in place of a file.
    pub(super) environment: &'static str,
    /// Whether to replace it.
    pub(super) reconfigure: &'static str,
    /// It was not replaced.
    pub(super) unchanged: &'static str,
    /// What a script says to replace it.
    pub(super) needs_yes: &'static str,
    /// The variable wins over the file that was written.
    pub(super) shadowed: &'static str,

    /// A code is on its way.
    pub(super) preparing: &'static str,
    /// What scanning does.
    pub(super) scan: &'static str,
    /// The same where no code can be drawn.
    pub(super) open: &'static str,
    /// What DingTalk's page calls itself.
    pub(super) brand: fn(&str) -> String,
    /// Scanning twice makes two apps.
    pub(super) twice: &'static str,
    /// Nothing real happens.
    pub(super) simulated: &'static str,
    /// The terminal has no room for a code.
    pub(super) too_small: &'static str,
    /// Before the link.
    pub(super) link: &'static str,
    /// Before the code that DingTalk's page shows.
    pub(super) user_code: &'static str,
    /// Nobody has approved yet.
    pub(super) waiting: &'static str,
    /// DingTalk is at work.
    pub(super) creating: &'static str,
    /// An administrator has to approve.
    pub(super) approval: &'static str,
    /// DingTalk is silent.
    pub(super) reconnecting: &'static str,
    /// The backend is silent.
    pub(super) disconnected: &'static str,
    /// How long the code is good.
    pub(super) left: fn(&str) -> String,
    /// What Ctrl-C does.
    pub(super) leave: &'static str,
    /// What it does when all is saved.
    pub(super) leave_saved: &'static str,

    /// Asks for the client id.
    pub(super) client_id: &'static str,
    /// Asks for the client secret.
    pub(super) client_secret: &'static str,
    /// Where both are.
    pub(super) console: &'static str,
    /// It is no client id.
    pub(super) bad_client_id: &'static str,
    /// It is no client secret.
    pub(super) bad_client_secret: &'static str,
    /// They are being kept and tried.
    pub(super) saving: &'static str,
    /// DingTalk did not accept them: whether to enter them again.
    pub(super) enter_again: &'static str,

    /// The app exists.
    pub(super) created: &'static str,
    /// It waits for an administrator.
    pub(super) created_unapproved: &'static str,
    /// What the administrator has to do, and that nothing is left here.
    pub(super) approval_next: &'static str,
    /// It was entered.
    pub(super) entered: &'static str,
    /// Before the client id.
    pub(super) shown_client_id: &'static str,
    /// Before the hint of the secret.
    pub(super) shown_client_secret: &'static str,
    /// Before the places.
    pub(super) saved_in: &'static str,
    /// Between places.
    pub(super) and: &'static str,
    /// The store of this machine, by its folder.
    pub(super) in_store: fn(&str) -> String,
    /// The store of the backend.
    pub(super) in_remote_store: &'static str,
    /// The `.env` file of the backend.
    pub(super) in_remote_file: &'static str,
    /// The webhook.
    pub(super) in_webhook: &'static str,
    /// DingTalk accepts the credentials.
    pub(super) verified: &'static str,
    /// What comes next.
    pub(super) next: &'static str,
    /// The file (first) could not be written, for a reason (second).
    pub(super) unwritten: fn(&str, &str) -> String,
    /// The credentials are safe all the same.
    pub(super) still_kept: &'static str,
    /// Asks for another file.
    pub(super) other_file: &'static str,
    /// That file was written.
    pub(super) written: fn(&str) -> String,

    /// The question what to do instead.
    pub(super) what_next: &'static str,
    /// Another code.
    pub(super) again: &'static str,
    /// By hand.
    pub(super) manually: &'static str,
    /// Nothing.
    pub(super) quit: &'static str,
    /// The questions were not answered.
    pub(super) unanswered: &'static str,
    /// The code was given up.
    pub(super) cancelled: &'static str,
    /// An app that is approved later.
    pub(super) late: &'static str,
    /// Questions under way are waited for.
    pub(super) ending: &'static str,
    /// Refused on the phone.
    pub(super) denied: &'static str,
    /// DingTalk's reason.
    pub(super) reason: fn(&str) -> String,
    /// Nobody approved in time.
    pub(super) expired: &'static str,
    /// The backend does not answer.
    pub(super) silent: &'static str,
    /// When it can be tried again.
    pub(super) retry_after: fn(&str) -> String,

    /// `app_credential_missing`.
    pub(super) app_credential_missing: &'static str,
    /// `app_name_taken`.
    pub(super) app_name_taken: &'static str,
    /// `approval_outstanding`.
    pub(super) approval_outstanding: &'static str,
    /// `credentials_rejected`.
    pub(super) credentials_rejected: &'static str,
    /// `flow_not_found`.
    pub(super) flow_not_found: &'static str,
    /// One of the first two answers lacks something.
    pub(super) incomplete: &'static str,
    /// `insufficient_scope`.
    pub(super) insufficient_scope: &'static str,
    /// `operator_required`.
    pub(super) operator_required: &'static str,
    /// `sink_failed`.
    pub(super) sink_failed: &'static str,
    /// `too_many_flows`.
    pub(super) too_many_flows: &'static str,
    /// `upstream_busy`.
    pub(super) upstream_busy: &'static str,
    /// `upstream_refused`.
    pub(super) upstream_refused: &'static str,
    /// `upstream_unavailable`.
    pub(super) upstream_unavailable: &'static str,
    /// `verification_uri_rejected`.
    pub(super) verification_uri_rejected: &'static str,
    /// Anything else.
    pub(super) other: &'static str,
}

impl Texts {
    /// Says what an error means and what to do about it.
    pub(super) fn failure(&self, code: ErrorCode) -> &'static str {
        let known = [
            (ErrorCode::AppCredentialMissing, self.app_credential_missing),
            (ErrorCode::AppNameTaken, self.app_name_taken),
            (ErrorCode::ApprovalOutstanding, self.approval_outstanding),
            (ErrorCode::BeginLacksDeviceCode, self.incomplete),
            (ErrorCode::BeginLacksVerificationUri, self.incomplete),
            (ErrorCode::CredentialsRejected, self.credentials_rejected),
            // What a key is taken for that the backend does not know.
            (ErrorCode::EmbedTokenInvalid, self.operator_required),
            (ErrorCode::FlowNotFound, self.flow_not_found),
            (ErrorCode::InitLacksNonce, self.incomplete),
            (ErrorCode::InsufficientScope, self.insufficient_scope),
            (ErrorCode::OperatorRequired, self.operator_required),
            (ErrorCode::SinkFailed, self.sink_failed),
            (ErrorCode::TooManyFlows, self.too_many_flows),
            (ErrorCode::UpstreamBusy, self.upstream_busy),
            (ErrorCode::UpstreamRefused, self.upstream_refused),
            (ErrorCode::UpstreamUnavailable, self.upstream_unavailable),
            (ErrorCode::VerificationUriRejected, self.verification_uri_rejected),
        ];
        known.iter().find(|(known, _)| *known == code).map_or(self.other, |(_, text)| text)
    }
}
