use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::access::{Allowed, Program, need};
use super::body::Body;
use super::openapi::schema;
use crate::access::{EMBED_TOKEN_LIFETIME, Grant, SiteOrigin};
use crate::app::AppName;
use crate::error::RouteError;
use crate::state::AppState;

/// Asks for an embed token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestEmbedToken {
    /// The origin of the page that will use it; one of `ALLOWED_ORIGINS`.
    #[schema(value_type = String, example = "https://shop.example")]
    origin: SiteOrigin,
    /// The only app that it is for. Without it, any.
    #[schema(value_type = Option<String>, pattern = "^[a-z0-9_-]{1,64}$")]
    app: Option<AppName>,
}

/// An embed token.
#[derive(Serialize, ToSchema)]
pub(super) struct EmbedToken {
    /// For the page: it sends it as `Authorization: Bearer` when it begins.
    token: String,
    /// Seconds for which it is good.
    expires_in: u64,
}

/// Makes an embed token, with which a page of one origin may begin registrations and enter apps.
///
/// Send this from the server of the site, for people who may do that, and give the token to their page. It is good for ten
/// minutes and as often as needed, for pages of its origin only, and ends with the API key. It is worth nothing elsewhere.
#[utoipa::path(
    post,
    path = "/api/v1/embed-tokens",
    tag = "registrations",
    request_body = RequestEmbedToken,
    responses(
        (status = 201, description = "Made", body = EmbedToken),
        (status = 400, description = "`invalid_request`: with `field` `origin`, it is no origin, or none of `ALLOWED_ORIGINS`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["embed-tokens:write"])),
)]
pub(super) async fn make(
    State(state): State<AppState>,
    Allowed { who: Program(api_key), .. }: Allowed<Program, need::EmbedTokensWrite>,
    Body(body): Body<RequestEmbedToken>,
) -> Result<(StatusCode, Json<EmbedToken>), RouteError> {
    if !state.config().server.allowed_origins.contains(&body.origin.to_origin()) {
        return Err(RouteError::Invalid { field: Some("origin".to_owned()) });
    }
    let grant = Grant { api_key: api_key.name, origin: body.origin, app: body.app };
    let token = state.embed_tokens().make(&grant).await?;
    tracing::info!(api_key = grant.api_key, site = grant.origin.as_str(), "embed token made");
    let expires_in = EMBED_TOKEN_LIFETIME.as_secs();
    Ok((StatusCode::CREATED, Json(EmbedToken { token: token.to_string(), expires_in })))
}
