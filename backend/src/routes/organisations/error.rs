//! What the errors of organisations mean to a client.

use axum::http::StatusCode;
use dingtalk_qr_shared::ErrorCode;

use crate::account::{AccountError, FindError};
use crate::dingtalk::DingTalkError;
use crate::error::{RouteError, Told};
use crate::organisation::{LookUpError, StartError};
use crate::routes::convert::failure_code;
use crate::routes::login::failure_status;

/// There is no such organisation.
#[derive(Debug, thiserror::Error)]
#[error("no such organisation")]
pub(super) struct NoSuchOrganisation;

/// There is no such department.
#[derive(Debug, thiserror::Error)]
#[error("no such department")]
pub(super) struct NoSuchDepartment;

/// There is no such member.
#[derive(Debug, thiserror::Error)]
#[error("no such member")]
pub(super) struct NoSuchMember;

impl From<NoSuchOrganisation> for RouteError {
    fn from(error: NoSuchOrganisation) -> Self {
        RouteError::told((StatusCode::NOT_FOUND, ErrorCode::OrganisationNotFound), error)
    }
}

impl From<NoSuchDepartment> for RouteError {
    fn from(error: NoSuchDepartment) -> Self {
        RouteError::told((StatusCode::NOT_FOUND, ErrorCode::DepartmentNotFound), error)
    }
}

impl From<NoSuchMember> for RouteError {
    fn from(error: NoSuchMember) -> Self {
        RouteError::told((StatusCode::NOT_FOUND, ErrorCode::MemberNotFound), error)
    }
}

impl From<FindError> for RouteError {
    fn from(error: FindError) -> Self {
        match error {
            FindError::NoApp(_) => Self::AppNotFound,
            FindError::OrganisationUnknown(_) => {
                RouteError::told((StatusCode::CONFLICT, ErrorCode::OrganisationUnknown), error)
            }
            FindError::NotACustomer(_) => {
                RouteError::told((StatusCode::NOT_FOUND, ErrorCode::CustomerNotFound), error)
            }
            FindError::Foreign(_) => Self::Invalid { field: Some("app".to_owned()) },
            FindError::Store(error) => Self::Store(error),
        }
    }
}

impl From<AccountError> for RouteError {
    fn from(error: AccountError) -> Self {
        let error = match error {
            AccountError::Suite(error) => return error.into(),
            other @ (AccountError::Token(_) | AccountError::DingTalk(_)) => other,
        };
        let failure = error.failure();
        Self::Told(Told {
            status: failure_status(failure),
            code: failure_code(failure),
            retry_after: error.said().and_then(DingTalkError::retry_after),
            cause: Box::new(error),
        })
    }
}

impl From<StartError> for RouteError {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Find(error) => error.into(),
            StartError::Store(error) => Self::Store(error),
        }
    }
}

impl From<LookUpError> for RouteError {
    fn from(error: LookUpError) -> Self {
        match error {
            LookUpError::NoOrganisation => NoSuchOrganisation.into(),
            LookUpError::Find(error) => error.into(),
            LookUpError::Account(error) => error.into(),
            LookUpError::Store(error) => Self::Store(error),
        }
    }
}
