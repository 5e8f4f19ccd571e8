use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Here;
use crate::error::RouteError;
use crate::message::Unresolved;
use crate::relay::{AcceptedHere, MessageOutcome};
use crate::routes::access::{Allowed, Program};
use crate::routes::body::Body;
use crate::routes::messages::{
    MOST_RECIPIENTS, MessagesRead, MessagesWrite, NoSuchMessage, NotFound, SendMessage, USUAL_RECIPIENTS,
    owner,
};
use crate::routes::openapi::schema;
use crate::routes::paging::limit;
use crate::store::{RelayMessageRow, RelayMessageState};

/// A message has been accepted.
#[derive(Serialize, ToSchema)]
struct Accepted {
    /// Names it.
    #[serde(rename = "message_id")]
    id: String,
    /// Who was named and does not get it.
    unresolved: Vec<NotFound>,
}

/// Where a message is.
#[derive(Serialize, ToSchema)]
pub(super) struct CarriedMessage {
    /// Names it.
    #[serde(rename = "message_id")]
    id: String,
    status: Status,
    /// When it was accepted, in milliseconds since the Unix epoch.
    created_at: i64,
    /// How often the cloud was asked to take it.
    attempts: u32,
    /// Why the last attempt failed, or why the cloud refused it, in a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    error: Option<String>,
    /// Who was named and does not get it.
    unresolved: Vec<NotFound>,
    /// What became of it, once the cloud has told.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    outcome: Option<MessageOutcome>,
}

/// How far a message is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Status {
    /// It waits for the cloud.
    Queued,
    /// The cloud has it; `outcome` says how far it is there.
    Accepted,
    /// The cloud does not take it.
    Refused,
    /// What became of it is known, and does not change any more.
    Settled,
    /// The cloud was not reached for too long.
    Dead,
}

/// Who gets a message, and what became of it for each; a page of them.
#[derive(Serialize, ToSchema)]
pub(super) struct CarriedRecipients {
    recipients: Vec<CarriedRecipient>,
    /// Where the next page begins; to be sent as `cursor`. Left out on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_cursor: Option<String>,
}

/// Somebody who gets a message.
#[derive(Serialize, ToSchema)]
struct CarriedRecipient {
    /// Names them in the organisation (DingTalk's `userid`).
    staff_id: String,
    /// Names them here, if they are known here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    user_id: Option<String>,
    /// The embedder's own id of them, if there is one here.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    external_id: Option<String>,
    /// What became of it, in a word of the cloud's.
    outcome: String,
    /// DingTalk's code for it, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    code: Option<i64>,
}

/// The query of [`recipients`].
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct RecipientsQuery {
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// How many recipients at most.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
}

/// Sends a message, through the cloud.
///
/// `to.user_ids` and `to.external_ids` are ids of people here. Once this has answered the message is kept, and is sent as soon as the
/// cloud can be reached.
#[utoipa::path(
    post,
    path = "/api/v1/messages",
    tag = "messages",
    request_body = SendMessage,
    responses(
        (status = 202, description = "It is accepted", body = Accepted),
        (status = 400, description = "`invalid_request`: it breaks a limit of DingTalk, or is not whole; `field` says where", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`recipients_not_found`: nobody whom it names is known here", body = schema::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`idempotency_key_reused`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 413, description = "`payload_too_large`: more than 1 MiB", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["messages:write"])),
)]
pub(super) async fn send(
    Here(local): Here,
    Allowed { who, .. }: Allowed<Program, MessagesWrite>,
    Body(body): Body<SendMessage>,
) -> Result<Response, RouteError> {
    let AcceptedHere { id, unresolved } = local.accept(&owner(who), body.into_draft()?).await?;
    let location = format!("/api/v1/messages/{id}");
    let unresolved = unresolved.into_iter().map(NotFound::from).collect();
    let body = Json(Accepted { id, unresolved });
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], body).into_response())
}

/// Tells what has become of a message of this API key.
#[utoipa::path(
    get,
    path = "/api/v1/messages/{message_id}",
    tag = "messages",
    params(("message_id" = String, Path, description = "As the answer to its sending has it")),
    responses(
        (status = 200, description = "The message", body = CarriedMessage),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`message_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["messages:read"])),
)]
pub(super) async fn read(
    Here(local): Here,
    Allowed { who, .. }: Allowed<Program, MessagesRead>,
    Path(message_id): Path<String>,
) -> Result<Json<CarriedMessage>, RouteError> {
    let message = local.message(&owner(who), &message_id).await?.ok_or(NoSuchMessage)?;
    Ok(Json(message.into()))
}

/// Asks the cloud who gets a message of this API key, and what became of it for each; a page of them.
///
/// People who are known here have their ids of here beside that of the organisation.
#[utoipa::path(
    get,
    path = "/api/v1/messages/{message_id}/recipients",
    tag = "messages",
    params(("message_id" = String, Path, description = "As the answer to its sending has it"), RecipientsQuery),
    responses(
        (status = 200, description = "The recipients", body = CarriedRecipients),
        (status = 400, description = "`invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`message_not_found`: here, or at the cloud, which may not have it yet", body = schema::Problem, content_type = "application/problem+json"),
        (status = 502, description = "`upstream_unavailable`: the cloud is not heard", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["messages:read"])),
)]
pub(super) async fn recipients(
    Here(local): Here,
    Allowed { who, .. }: Allowed<Program, MessagesRead>,
    Path(message_id): Path<String>,
    query: Result<Query<RecipientsQuery>, QueryRejection>,
) -> Result<Json<CarriedRecipients>, RouteError> {
    let Query(query) = query.map_err(|_| RouteError::Invalid { field: None })?;
    let limit = limit(query.limit, USUAL_RECIPIENTS, MOST_RECIPIENTS)?;
    let message = local.message(&owner(who), &message_id).await?.ok_or(NoSuchMessage)?;
    let batch = local.recipients(&message.id, query.cursor.as_deref(), limit).await?;
    let mut recipients = Vec::with_capacity(batch.recipients.len());
    for recipient in batch.recipients {
        let user = local.person(batch.corp_id.as_deref(), &recipient.staff_id).await?;
        recipients.push(CarriedRecipient {
            staff_id: recipient.staff_id,
            user_id: user.as_ref().map(|user| user.id.clone()),
            external_id: user.and_then(|user| user.external_id),
            outcome: recipient.outcome,
            code: recipient.code,
        });
    }
    Ok(Json(CarriedRecipients { recipients, next_cursor: batch.next_cursor }))
}

impl From<RelayMessageRow> for CarriedMessage {
    fn from(row: RelayMessageRow) -> Self {
        let unresolved: Vec<Unresolved> = serde_json::from_str(&row.unresolved).unwrap_or_default();
        Self {
            id: row.id,
            status: row.state.into(),
            created_at: row.created_at.as_millis(),
            attempts: u32::try_from(row.attempts).unwrap_or_default(),
            error: row.last_error,
            unresolved: unresolved.into_iter().map(NotFound::from).collect(),
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
