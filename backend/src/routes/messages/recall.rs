use axum::Json;
use axum::extract::{Path, State};
use serde::Serialize;
use utoipa::ToSchema;

use super::shape::Message;
use super::{need, owner};
use crate::error::RouteError;
use crate::routes::access::{Allowed, Program};
use crate::routes::openapi::schema;
use crate::state::AppState;

/// What came of a wish to have a message back.
#[derive(Serialize, ToSchema)]
pub(super) struct Recalled {
    #[serde(flatten)]
    message: Message,
    /// The parts that DingTalk did not give back.
    refused: Vec<Refused>,
}

/// A part that DingTalk did not give back.
#[derive(Serialize, ToSchema)]
struct Refused {
    /// The part.
    number: i64,
    /// Why.
    error: String,
}

/// Takes a message back.
///
/// What has not been sent never is. DingTalk is asked for what has, which it gives back for a day. Asking again asks for what it did
/// not give back.
#[utoipa::path(
    post,
    path = "/api/v1/messages/{message_id}/recall",
    tag = "messages",
    params(("message_id" = String, Path, description = "As the answer to its sending has it")),
    responses(
        (status = 200, description = "What came of it", body = Recalled),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`message_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["messages:write"])),
)]
pub(super) async fn recall(
    State(state): State<AppState>,
    Allowed { who, .. }: Allowed<Program, need::MessagesWrite>,
    Path(message_id): Path<String>,
) -> Result<Json<Recalled>, RouteError> {
    let recalled = state.messages().recall(Some(&owner(who)), &message_id).await?;
    let refused = recalled.refused.into_iter().map(|(number, error)| Refused { number, error });
    Ok(Json(Recalled { message: recalled.message.into(), refused: refused.collect() }))
}
