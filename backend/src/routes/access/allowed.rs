//! What a route needs of whoever asks. Without it nobody is let in, so none can forget to say it.

use std::marker::PhantomData;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use crate::access::Scope;
use crate::error::RouteError;
use crate::state::AppState;

/// Somebody who may do what `N` names. `W` says of which kind.
#[derive(Debug)]
pub(in crate::routes) struct Allowed<W, N> {
    /// Who it is.
    pub(in crate::routes) who: W,
    need: PhantomData<N>,
}

/// One kind of those who ask.
pub(in crate::routes) trait Who: Sized {
    /// Finds out who asks.
    ///
    /// # Errors
    ///
    /// If it is nobody of this kind.
    fn find(parts: &Parts, state: &AppState) -> impl Future<Output = Result<Self, RouteError>> + Send;

    /// Returns whether they may do it.
    fn may(&self, scope: Scope) -> bool;
}

/// What a route needs.
pub(in crate::routes) trait Need {
    /// The scope that an API key has to have.
    const SCOPE: Scope;
}

impl<W: Who + Send, N: Need> FromRequestParts<AppState> for Allowed<W, N> {
    type Rejection = RouteError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let who = W::find(parts, state).await?;
        if who.may(N::SCOPE) {
            Ok(Self { who, need: PhantomData })
        } else {
            Err(RouteError::InsufficientScope(N::SCOPE))
        }
    }
}

/// The needs, one for each scope that a route asks for.
pub(in crate::routes) mod need {
    use super::{Need, Scope};

    #[derive(Debug)]
    pub(in crate::routes) struct AppsRead;
    #[derive(Debug)]
    pub(in crate::routes) struct AppsWrite;
    #[derive(Debug)]
    pub(in crate::routes) struct CredentialsRead;
    #[derive(Debug)]
    pub(in crate::routes) struct EmbedTokensWrite;
    #[derive(Debug)]
    pub(in crate::routes) struct RegistrationsWrite;

    impl Need for AppsRead {
        const SCOPE: Scope = Scope::AppsRead;
    }

    impl Need for AppsWrite {
        const SCOPE: Scope = Scope::AppsWrite;
    }

    impl Need for CredentialsRead {
        const SCOPE: Scope = Scope::CredentialsRead;
    }

    impl Need for EmbedTokensWrite {
        const SCOPE: Scope = Scope::EmbedTokensWrite;
    }

    impl Need for RegistrationsWrite {
        const SCOPE: Scope = Scope::RegistrationsWrite;
    }
}
