use crate::account::{AccountError, FindError};

/// A run cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Nothing speaks for the organisation.
    #[error(transparent)]
    Find(FindError),
    /// The database failed.
    #[error("the run cannot be stored")]
    Store(#[from] sqlx::Error),
}

/// Somebody or something cannot be looked up.
#[derive(Debug, thiserror::Error)]
pub enum LookUpError {
    /// The organisation is not kept.
    #[error("the organisation is not kept")]
    NoOrganisation,
    /// Nothing speaks for the organisation.
    #[error("nothing asks for the organisation any more")]
    Find(#[source] FindError),
    /// DingTalk does not say.
    #[error("DingTalk does not say")]
    Account(#[from] AccountError),
    /// The database failed.
    #[error("the organisation cannot be read or stored")]
    Store(#[from] sqlx::Error),
}

impl From<FindError> for StartError {
    fn from(error: FindError) -> Self {
        match error {
            FindError::Store(error) => Self::Store(error),
            error @ (FindError::NoApp(_)
            | FindError::OrganisationUnknown(_)
            | FindError::Foreign(_)
            | FindError::NotACustomer(_)) => Self::Find(error),
        }
    }
}

impl From<FindError> for LookUpError {
    fn from(error: FindError) -> Self {
        match error {
            FindError::Store(error) => Self::Store(error),
            error @ (FindError::NoApp(_)
            | FindError::OrganisationUnknown(_)
            | FindError::Foreign(_)
            | FindError::NotACustomer(_)) => Self::Find(error),
        }
    }
}
