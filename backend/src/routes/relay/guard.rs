//! Who may ask a cloud, and that the answers are its own.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::{Json, http};

use super::BODY_LIMIT;
use crate::error::RouteError;
use crate::relay::{Admitted, Claim, ID, NONCE, Refusal, RefusedAnswer, RelayError, SIGNATURE, TIMESTAMP};
use crate::routes::envelope::{Rendered, problem_of};
use crate::state::AppState;
use crate::store::RelayRow;

/// Largest answer that is signed, in bytes.
const ANSWER_LIMIT: usize = 1024 * 1024;

/// The local that asks.
#[derive(Clone, Debug)]
pub(super) struct Caller(pub(super) RelayRow);

impl FromRequestParts<AppState> for Caller {
    type Rejection = RouteError;

    /// No route of the relay is reached but through [`admit`].
    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Self::Rejection> {
        parts.extensions.get::<Self>().cloned().ok_or(RouteError::OperatorRequired)
    }
}

/// Lets only signed requests in, each once, and signs the answers.
pub(super) async fn admit(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, BODY_LIMIT).await else {
        return RouteError::PayloadTooLarge.into_response();
    };
    let admitted = match state.relays().admit(&claim(&parts, &body)).await {
        Ok(admitted) => admitted,
        Err(RelayError::Refused(refusal)) => return refused(refusal),
        Err(error) => return RouteError::from(error).into_response(),
    };
    parts.extensions.insert(Caller(admitted.relay.clone()));
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    signed(response, &admitted).await
}

fn claim<'a>(parts: &'a Parts, body: &'a [u8]) -> Claim<'a> {
    let header = |name: &str| header(&parts.headers, name);
    Claim {
        relay_id: header(ID),
        timestamp: header(TIMESTAMP),
        nonce: header(NONCE),
        signature: header(SIGNATURE),
        method: parts.method.as_str(),
        target: parts.uri.path_and_query().map_or("", http::uri::PathAndQuery::as_str),
        body,
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// Says why, to help whoever sets the relay up. Nobody may rely on it, for it is not signed.
fn refused(refusal: Refusal) -> Response {
    tracing::info!(relay.refusal = refusal.as_str(), "a request of a relay is refused");
    let answer = Json(RefusedAnswer { refused: refusal.as_str().to_owned() });
    let mut response = (StatusCode::UNAUTHORIZED, answer).into_response();
    response.extensions_mut().insert(Rendered);
    response
}

async fn signed(response: Response, admitted: &Admitted) -> Response {
    let is_error = response.status().is_client_error() || response.status().is_server_error();
    // An error gets its body here, for it has to be signed.
    let response = if is_error { problem_of(&response, None) } else { response };
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, ANSWER_LIMIT).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if let Ok(signature) = HeaderValue::from_str(&admitted.sign(parts.status.as_u16(), &body)) {
        parts.headers.insert(SIGNATURE, signature);
    }
    parts.extensions.insert(Rendered);
    Response::from_parts(parts, Body::from(body))
}
