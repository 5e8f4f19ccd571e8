/// The texts of a login.
#[derive(Debug)]
#[expect(missing_docs, reason = "the English text says what each one is")]
#[non_exhaustive]
pub struct LoginMessages {
    pub panel: &'static str,
    pub instruction: &'static str,
    pub what_happens: &'static str,
    pub qr_label: &'static str,
    pub scanned_instruction: &'static str,
    pub scanned_warning: &'static str,
    pub redirect_body: &'static str,
    pub simulated: &'static str,

    pub idle: &'static str,
    pub leaving: &'static str,
    pub framed: &'static str,
    pub scanned: fn(&str) -> String,
    pub signing_in: &'static str,
    pub authenticated: &'static str,
    pub expired: &'static str,
    pub signed_in_as: fn(&str) -> String,

    pub open_here: &'static str,
    pub continue_here: &'static str,
    pub continue_with: &'static str,
    pub use_qr: &'static str,

    pub denied_body: &'static str,
    pub expired_body: &'static str,
    pub cancelled_body: &'static str,
    pub credentials_rejected: &'static str,
    pub workspace_domain: &'static str,
    pub workspace_refused: &'static str,
    pub workspace_unavailable: &'static str,
}
