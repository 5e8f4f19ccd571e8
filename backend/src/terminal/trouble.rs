use std::time::Duration;

use dingtalk_qr_shared::ErrorCode;

use crate::causes::Causes;
use crate::error::RouteError;

/// A step failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// The engine, or the backend, says what is wrong.
    #[error("{code:?}")]
    Told {
        /// What is wrong.
        code: ErrorCode,
        /// More about it, for who can read it.
        detail: Option<String>,
        /// When to try again.
        retry_after: Option<Duration>,
    },
    /// The backend does not answer, or something on the way to it does.
    #[error("the backend does not answer: {detail}")]
    Silent {
        /// More about it, for who can read it.
        detail: String,
    },
}

impl Trouble {
    /// An end of which nothing more is known than its code.
    pub(super) fn of_code(code: ErrorCode) -> Self {
        Self::Told { code, detail: None, retry_after: None }
    }
}

impl<E: Into<RouteError>> From<E> for Trouble {
    fn from(error: E) -> Self {
        let error = error.into();
        Self::Told {
            code: error.public().1,
            detail: Some(Causes(&error).to_string()),
            retry_after: error.retry_after(),
        }
    }
}
