use axum::Json;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use dingtalk_qr_shared::ErrorCode;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::Here;
use crate::access::Scope;
use crate::error::{RouteError, Told};
use crate::routes::access::{Allowed, Need, Program};
use crate::routes::body::Body;
use crate::routes::openapi::schema;
use crate::store::{RelayMessageRow, RelayMessageState};

#[derive(Debug)]
pub(super) struct MessagesRead;
#[derive(Debug)]
pub(super) struct MessagesWrite;

impl Need for MessagesRead {
    const SCOPE: Scope = Scope::MessagesRead;
}

impl Need for MessagesWrite {
    const SCOPE: Scope = Scope::MessagesWrite;
}

/// There is no such message, or it is another API key's.
#[derive(Debug, thiserror::Error)]
#[error("no such message")]
struct NoSuchMessage;

/// A message has been accepted.
#[derive(Serialize, ToSchema)]
struct Accepted {
    /// Names it.
    #[serde(rename = "message_id")]
    id: String,
    /// Ids of the message that stand for nobody here, or for nobody whom the organisation has named. The others get it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    missing: Vec<String>,
}

/// Where a message is.
#[derive(Serialize, ToSchema)]
pub(super) struct Message {
    /// Names it.
    #[serde(rename = "message_id")]
    id: String,
    status: Status,
    /// How often the cloud was asked to take it.
    attempts: u32,
    /// Why the last attempt failed, or why the cloud refused it, in a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// What became of it, as the cloud tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<Value>,
}

/// How far a message is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Status {
    /// It waits for the cloud.
    Queued,
    /// The cloud has it.
    Accepted,
    /// The cloud does not take it.
    Refused,
    /// What became of it is known.
    Settled,
    /// The cloud was not reached for too long.
    Dead,
}

/// Sends a message, through the cloud.
///
/// The body is that of the cloud's own route. `to.user_ids` and `to.external_ids` are ids of people here. Once this has answered the
/// message is kept, and is sent as soon as the cloud can be reached.
#[utoipa::path(
    post,
    path = "/api/v1/messages",
    tag = "messages",
    request_body = Object,
    responses(
        (status = 202, description = "Accepted", body = Accepted),
        (status = 400, description = "`invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`user_not_found`: nobody whom it names is known here", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["messages:write"])),
)]
pub(super) async fn send(
    Here(local): Here,
    Allowed { who: Program(program), .. }: Allowed<Program, MessagesWrite>,
    Body(mut body): Body<Map<String, Value>>,
) -> Result<Response, RouteError> {
    let idempotency_key = idempotency_key(&mut body)?;
    let recipients = local.resolve(body).await?;
    let missing = recipients.missing.clone();
    if !missing.is_empty() {
        tracing::warn!(message.missing = missing.len(), "a message names people who are not known");
    }
    let message = local.accept(&program.name, idempotency_key.as_deref(), recipients).await?;
    let location = format!("/api/v1/messages/{}", message.id);
    let body = Json(Accepted { id: message.id, missing });
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], body).into_response())
}

fn idempotency_key(body: &mut Map<String, Value>) -> Result<Option<String>, RouteError> {
    let is_good =
        |key: &str| (16..=128).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic());
    match body.remove("idempotency_key") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(key)) if is_good(&key) => Ok(Some(key)),
        Some(_) => Err(RouteError::Invalid { field: Some("idempotency_key".to_owned()) }),
    }
}

/// Tells what has become of a message of this API key.
#[utoipa::path(
    get,
    path = "/api/v1/messages/{message_id}",
    tag = "messages",
    params(("message_id" = String, Path, description = "As the start gave it")),
    responses(
        (status = 200, description = "The message", body = Message),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["messages:read"])),
)]
pub(super) async fn read(
    Here(local): Here,
    Allowed { who: Program(program), .. }: Allowed<Program, MessagesRead>,
    Path(message_id): Path<String>,
) -> Result<Json<Message>, RouteError> {
    let message = local.message(&program.name, &message_id).await?;
    Ok(Json(message.ok_or_else(not_found)?.into()))
}

fn not_found() -> RouteError {
    let (status, code) = (StatusCode::NOT_FOUND, ErrorCode::NotFound);
    RouteError::Told(Told { status, code, retry_after: None, cause: Box::new(NoSuchMessage) })
}

impl From<RelayMessageRow> for Message {
    fn from(row: RelayMessageRow) -> Self {
        Self {
            id: row.id,
            status: row.state.into(),
            attempts: u32::try_from(row.attempts).unwrap_or_default(),
            error: row.last_error,
            outcome: row.outcome.and_then(|outcome| serde_json::from_str(&outcome).ok()),
        }
    }
}

impl From<RelayMessageState> for Status {
    fn from(state: RelayMessageState) -> Self {
        match state {
            RelayMessageState::Queued => Self::Queued,
            RelayMessageState::Accepted => Self::Accepted,
            RelayMessageState::Refused => Self::Refused,
            RelayMessageState::Settled => Self::Settled,
            RelayMessageState::Dead => Self::Dead,
        }
    }
}
