//! What the simulated DingTalk can be told to do differently when somebody signs in.

use serde::{Deserialize, Serialize};

/// Names under which the redirect back carries the code. DingTalk's newer page shows both, the older one `authCode` only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallbackCodes {
    /// `authCode` and `code`, with the same value.
    Both,
    /// `authCode` only.
    AuthCodeOnly,
    /// `code` only.
    CodeOnly,
    /// Both, but `code` has a value that nobody was given.
    Different,
}

/// What becomes of `state` on the redirect back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallbackState {
    /// It comes back byte by byte.
    Same,
    /// It comes back with an `x` at its end.
    Changed,
    /// It does not come back.
    Missing,
}

/// What the frame of an embedded sign-in posts to its parent at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FrameMode {
    /// `{success: true, redirectUrl}`, once.
    Normal,
    /// The same message, twice.
    Duplicate,
    /// `{success: false, errorMsg}`.
    Failure,
    /// The message, from a frame within the frame whose origin is `null`.
    ForeignOrigin,
    /// Messages of other shapes: text, `null`, no `redirectUrl`, one that is no URL.
    Malformed,
}

/// How the JavaScript of the DingTalk app behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JsapiMode {
    /// Both ways to ask for a code work.
    Normal,
    /// An old DingTalk app: `dd.requestAuthCode` is not there, only the deprecated call.
    OldClient,
    /// `onFail` with `errorCode` 3: the page's domain is none of an app of that organisation.
    UnknownDomain,
}
