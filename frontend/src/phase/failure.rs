use dingtalk_qr_shared::ErrorCode;

/// Why a flow failed, or could not begin.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Failure {
    /// The backend cannot be reached, or what answers is not the backend.
    Unreachable,
    /// The backend said why.
    Code {
        /// Its word for it.
        code: ErrorCode,
        /// Seconds after which it may be tried again.
        retry_after: Option<u32>,
    },
    /// DingTalk's workspace gave no code.
    Workspace(WorkspaceFailure),
}

/// Why DingTalk's workspace gave no code.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum WorkspaceFailure {
    /// Its script cannot be loaded, or cannot give codes: the page is not inside DingTalk.
    Unavailable,
    /// The organisation has no app whose home page is on this domain (`errorCode` 3).
    UnknownDomain,
    /// It refused for another reason.
    Refused,
}

impl From<ErrorCode> for Failure {
    fn from(code: ErrorCode) -> Self {
        Self::Code { code, retry_after: None }
    }
}
