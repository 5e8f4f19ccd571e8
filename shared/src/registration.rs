use serde::{Deserialize, Serialize};

/// Asks for a registration: a QR whose scan creates a DingTalk app.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StartRegistration {
    /// The name under which the backend keeps the app: 1 to 64 of `a-z`, `0-9`, `-` and `_`.
    /// Without it the app is kept under its client id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_name: Option<String>,
    /// 16 to 128 visible ASCII characters, chosen by the page. The same key from the same caller gives the same
    /// flow for as long as that lives, so that a repeated request does not make a second code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}
