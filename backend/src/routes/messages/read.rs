use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::error::NoSuchMessage;
use super::shape::{Message, Recipient};
use super::{need, owner};
use crate::error::RouteError;
use crate::message::MessageCursor;
use crate::routes::access::{Allowed, Program};
use crate::routes::openapi::schema;
use crate::routes::paging::limit;
use crate::state::AppState;

/// How many messages a page has unless somebody says otherwise, and at most.
const USUAL_MESSAGES: u32 = 20;
const MOST_MESSAGES: u32 = 100;

/// How many recipients a page has unless somebody says otherwise, and at most.
pub(in crate::routes) const USUAL_RECIPIENTS: u32 = 100;
pub(in crate::routes) const MOST_RECIPIENTS: u32 = 1000;

/// Messages, newest first; a page of them.
#[derive(Serialize, ToSchema)]
pub(super) struct MessageList {
    messages: Vec<Message>,
    /// Where the next page begins; to be sent as `cursor`. Left out on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_cursor: Option<String>,
}

/// A message with some of those who get it.
#[derive(Serialize, ToSchema)]
pub(super) struct MessageDetail {
    #[serde(flatten)]
    message: Message,
    /// Who gets it, part by part; a page of them. Those in departments, and everybody, are known once DingTalk tells.
    recipients: Vec<Recipient>,
    /// Where the next page of recipients begins; to be sent as `cursor`. Left out on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_cursor: Option<String>,
}

/// The query of [`list`].
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// Only those of this app.
    app: Option<String>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// How many messages at most.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u32>,
}

/// The query of [`read`].
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReadQuery {
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// How many recipients at most.
    #[param(minimum = 1, maximum = 1000, default = 100)]
    limit: Option<u32>,
}

/// Lists the messages that the key has sent.
#[utoipa::path(
    get,
    path = "/api/v1/messages",
    tag = "messages",
    params(ListQuery),
    responses(
        (status = 200, description = "The messages", body = MessageList),
        (status = 400, description = "`invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["messages:read"])),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    Allowed { who, .. }: Allowed<Program, need::MessagesRead>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<MessageList>, RouteError> {
    let Query(query) = query.map_err(|_| RouteError::Invalid { field: None })?;
    let limit = limit(query.limit, USUAL_MESSAGES, MOST_MESSAGES)?;
    let (owner, after) = (owner(who), cursor(query.cursor)?);
    let page = state.messages().page(Some(&owner), query.app.as_deref(), after.as_ref(), limit).await?;
    let messages = page.messages.into_iter().map(Message::from).collect();
    Ok(Json(MessageList { messages, next_cursor: page.next.map(|cursor| cursor.to_string()) }))
}

/// Tells what became of a message that the key has sent, and a page of those who get it.
#[utoipa::path(
    get,
    path = "/api/v1/messages/{message_id}",
    tag = "messages",
    params(("message_id" = String, Path, description = "As the answer to its sending has it"), ReadQuery),
    responses(
        (status = 200, description = "The message", body = MessageDetail),
        (status = 400, description = "`invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`message_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["messages:read"])),
)]
pub(super) async fn read(
    State(state): State<AppState>,
    Allowed { who, .. }: Allowed<Program, need::MessagesRead>,
    Path(message_id): Path<String>,
    query: Result<Query<ReadQuery>, QueryRejection>,
) -> Result<Json<MessageDetail>, RouteError> {
    let Query(query) = query.map_err(|_| RouteError::Invalid { field: None })?;
    let limit = limit(query.limit, USUAL_RECIPIENTS, MOST_RECIPIENTS)?;
    let after = cursor(query.cursor)?;
    let message = state.messages().find(Some(&owner(who)), &message_id).await?.ok_or(NoSuchMessage)?;
    let page = state.messages().recipients(&message.id, after.as_ref(), limit).await?;
    Ok(Json(MessageDetail {
        message: message.into(),
        recipients: page.recipients.into_iter().map(Recipient::from).collect(),
        next_cursor: page.next.map(|cursor| cursor.to_string()),
    }))
}

pub(in crate::routes) fn cursor(cursor: Option<String>) -> Result<Option<MessageCursor>, RouteError> {
    let invalid = |_| RouteError::Invalid { field: Some("cursor".to_owned()) };
    cursor.map(|cursor| cursor.parse()).transpose().map_err(invalid)
}
