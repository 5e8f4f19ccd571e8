use url::Url;

use super::Button;

/// What is wrong with the content of a message.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{field} of the message is missing, too long, or not what it should be")]
pub struct ContentFault {
    /// The field, such as `buttons[1].url`; empty for the whole.
    pub field: String,
}

impl ContentFault {
    pub(super) fn of(field: impl Into<String>) -> Self {
        Self { field: field.into() }
    }
}

/// Refuses a text that says nothing.
pub(super) fn said(field: &str, text: &str) -> Result<(), ContentFault> {
    if text.trim().is_empty() { Err(ContentFault::of(field)) } else { Ok(()) }
}

/// Refuses what leads nowhere. DingTalk opens pages, and places of its own by `dingtalk:`.
pub(super) fn leads(field: &str, url: &str) -> Result<(), ContentFault> {
    let is_open = Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https" | "dingtalk"));
    if is_open { Ok(()) } else { Err(ContentFault::of(field)) }
}

/// Refuses buttons of which there are not as many as there may be, or that are not whole.
pub(super) fn pressed(buttons: &[Button], most: usize) -> Result<(), ContentFault> {
    if !(1..=most).contains(&buttons.len()) {
        return Err(ContentFault::of("buttons"));
    }
    for (index, button) in buttons.iter().enumerate() {
        said(&format!("buttons[{index}].title"), &button.title)?;
        leads(&format!("buttons[{index}].url"), &button.url)?;
    }
    Ok(())
}
