//! The way back to the app.

use super::request::AuthorizationRequest;
use crate::quirk::{CallbackCodes, CallbackState};
use crate::routes::percent_encoded;
use crate::settings::Settings;

/// How it ended.
pub(super) enum Ending {
    /// The code, and one that nobody was given.
    Approved {
        code: String,
        other: String,
    },
    Denied,
}

/// The redirect URL with the outcome at the end of its query.
pub(super) fn url(request: &AuthorizationRequest, ending: &Ending, settings: &Settings) -> String {
    let mut pairs = match ending {
        Ending::Approved { code, other } => match settings.callback_codes {
            CallbackCodes::Both => vec![format!("authCode={code}"), format!("code={code}")],
            CallbackCodes::AuthCodeOnly => vec![format!("authCode={code}")],
            CallbackCodes::CodeOnly => vec![format!("code={code}")],
            CallbackCodes::Different => vec![format!("authCode={code}"), format!("code={other}")],
        },
        Ending::Denied => vec![format!("error={}", percent_encoded(&settings.deny_error))],
    };
    pairs.extend(match (&request.state, settings.callback_state) {
        (None, _) | (Some(_), CallbackState::Missing) => None,
        (Some(state), CallbackState::Same) => Some(format!("state={state}")),
        (Some(state), CallbackState::Changed) => Some(format!("state={state}x")),
    });
    let separator = if request.redirect_uri.contains('?') { '&' } else { '?' };
    format!("{}{separator}{}", request.redirect_uri, pairs.join("&"))
}
