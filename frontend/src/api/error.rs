use dingtalk_qr_shared::{ErrorCode, Problem};

use super::fetch::Response;
use crate::phase::Failure;
use crate::wire::{self, Malformed};

/// Why a call to the backend came to nothing.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum ApiError {
    /// No answer.
    Unreachable,
    /// An answer that is not the backend's: a proxy's error page, or another program's.
    Malformed,
    /// The backend refused.
    Problem {
        /// What it said.
        problem: Problem,
        /// Seconds after which it may be tried again.
        retry_after: Option<u32>,
    },
}

impl ApiError {
    pub(super) fn from_response(response: &Response) -> Self {
        match wire::problem(&response.body) {
            Ok(problem) => Self::Problem { problem, retry_after: response.retry_after },
            Err(_) => Self::Malformed,
        }
    }

    /// Returns the backend's word for it, if it had one.
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Problem { problem, .. } => Some(problem.code),
            Self::Unreachable | Self::Malformed => None,
        }
    }

    pub(crate) fn retry_after(&self) -> Option<u32> {
        match self {
            Self::Problem { retry_after, .. } => *retry_after,
            Self::Unreachable | Self::Malformed => None,
        }
    }
}

impl From<Malformed> for ApiError {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

impl From<&ApiError> for Failure {
    fn from(error: &ApiError) -> Self {
        match error {
            ApiError::Problem { problem, retry_after } => {
                Self::Code { code: problem.code, retry_after: *retry_after }
            }
            ApiError::Unreachable | ApiError::Malformed => Self::Unreachable,
        }
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Unreachable => "the backend does not answer",
            Self::Malformed => "the answer is not the backend's",
            Self::Problem { .. } => "the backend refused",
        })
    }
}

impl std::error::Error for ApiError {}
