use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use serde::de::DeserializeOwned;

use crate::error::RouteError;
use crate::state::AppState;

/// A request body: `application/json`, within the size limit, of exactly the right shape.
///
/// That the content type is JSON also keeps forms of other sites out: a browser asks before it sends such a request.
#[derive(Debug)]
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<AppState> for Body<T> {
    type Rejection = RouteError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Self::Rejection> {
        let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = content_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
        if !media_type.eq_ignore_ascii_case("application/json") {
            return Err(RouteError::UnsupportedMediaType);
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|rejection| {
            match rejection.into_response().status() {
                StatusCode::PAYLOAD_TOO_LARGE => RouteError::PayloadTooLarge,
                _ => RouteError::Invalid { field: None },
            }
        })?;
        // serde reads a struct from an array as well.
        if bytes.trim_ascii_start().first() != Some(&b'{') {
            return Err(RouteError::Invalid { field: None });
        }
        let mut json = serde_json::Deserializer::from_slice(&bytes);
        let body = serde_path_to_error::deserialize(&mut json).map_err(|error| {
            let path = error.path().to_string();
            // "." is the whole body, "?" a place that cannot be named.
            RouteError::Invalid { field: (path != "." && path != "?").then_some(path) }
        })?;
        json.end().map_err(|_| RouteError::Invalid { field: None })?;
        Ok(Self(body))
    }
}
