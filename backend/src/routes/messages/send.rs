use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;

use super::shape::Message;
use super::{need, owner};
use crate::dingtalk::{Notice, RobotContent, Template};
use crate::error::RouteError;
use crate::message::{Body as Content, Draft, Stamp, To};
use crate::routes::access::{Allowed, Program};
use crate::routes::body::Body;
use crate::routes::openapi::schema;
use crate::state::AppState;

/// Asks for a message. Of `work_notice`, `template` and `robot` it has one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct SendMessage {
    /// The name of the app that sends it.
    app: String,
    /// The organisation, where the app is to speak in no other (DingTalk's `corpId`).
    #[schema(nullable = false)]
    corp_id: Option<String>,
    /// Who gets it.
    to: Recipients,
    /// What it says, in the app's own name: at most 2048 bytes as DingTalk writes it.
    #[schema(nullable = false)]
    work_notice: Option<Notice>,
    /// What fills a template of the developer console.
    #[schema(nullable = false)]
    template: Option<Template>,
    /// What it says, as the robot of the app.
    #[schema(nullable = false)]
    robot: Option<RobotContent>,
    /// Writes the time below it: DingTalk keeps from people what says the same as another message of that day.
    #[serde(default)]
    add_timestamp: bool,
    /// Chosen by you. The same key with the same message gives the message that there is.
    #[schema(pattern = "^[!-~]{16,128}$", nullable = false)]
    idempotency_key: Option<String>,
}

/// Who gets a message.
#[derive(Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
#[derive(Default)]
pub(super) struct Recipients {
    /// Members, by their ids in the organisation (DingTalk's `userid`). With the next two at most 5000.
    staff_ids: Vec<String>,
    /// People who have signed in, by their ids here.
    user_ids: Vec<String>,
    /// People who have signed in, by your own ids.
    external_ids: Vec<String>,
    /// Everybody in these departments: at most 500. Not for robots.
    department_ids: Vec<i64>,
    /// Everybody who may see the app. For a work notice, and alone.
    everybody: bool,
    /// A group that the robot is in (DingTalk's `openConversationId`). For a robot, and alone.
    #[schema(nullable = false)]
    conversation_id: Option<String>,
}

impl SendMessage {
    pub(in crate::routes) fn into_draft(self) -> Result<Draft, RouteError> {
        let body = match (self.work_notice, self.template, self.robot) {
            (Some(notice), None, None) => Content::WorkNotice(notice),
            (None, Some(template), None) => Content::Template(template),
            (None, None, Some(content)) => Content::Robot(content),
            // None at all, or another one beside it.
            (None, None, None) => return Err(invalid("work_notice")),
            (_, _, Some(_)) => return Err(invalid("robot")),
            (_, Some(_), None) => return Err(invalid("template")),
        };
        let Recipients { staff_ids, user_ids, external_ids, department_ids, everybody, conversation_id } =
            self.to;
        Ok(Draft {
            app: self.app,
            corp_id: self.corp_id,
            body,
            to: To { staff_ids, user_ids, external_ids, department_ids, everybody, conversation_id },
            stamp: if self.add_timestamp { Stamp::Time } else { Stamp::None },
            idempotency_key: self.idempotency_key,
        })
    }
}

fn invalid(field: &str) -> RouteError {
    RouteError::Invalid { field: Some(field.to_owned()) }
}

/// Sends a message.
///
/// It is checked and kept when the answer comes, and sent in the background. `GET …/{message_id}` tells what became of it, for
/// each who gets it.
#[utoipa::path(
    post,
    path = "/api/v1/messages",
    tag = "messages",
    request_body = SendMessage,
    responses(
        (status = 202, description = "It is taken", body = Message),
        (status = 400, description = "`invalid_request`: it breaks a limit of DingTalk, or is not whole; `field` says where", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`app_not_found`, `recipients_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`agent_id_missing`, `idempotency_key_reused`, `organisation_unknown`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 413, description = "`payload_too_large`: more than 1 MiB", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["messages:write"])),
)]
pub(super) async fn send(
    State(state): State<AppState>,
    Allowed { who, .. }: Allowed<Program, need::MessagesWrite>,
    Body(body): Body<SendMessage>,
) -> Result<Response, RouteError> {
    let message = state.messages().submit(&owner(who), body.into_draft()?).await?;
    let location = format!("/api/v1/messages/{}", message.id);
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(Message::from(message))).into_response())
}
