use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::{invalid, limit, named, need};
use crate::error::RouteError;
use crate::routes::access::{Allowed, Program};
use crate::routes::openapi::schema;
use crate::state::AppState;
use crate::suite::Event as Known;

/// Something that DingTalk has told of a customer.
#[derive(Serialize, ToSchema)]
pub(super) struct Event {
    /// Its place. A record that changes has another one afterwards, and is listed there only.
    cursor: i64,
    /// The organisation; missing where it is of none.
    #[serde(skip_serializing_if = "Option::is_none")]
    corp_id: Option<String>,
    /// `authorized`, `authorization_changed`, `authorization_ended`, `app_disabled`, `app_enabled`, `app_removed`, `user_changed`,
    /// `department_changed`, `role_changed`, `organisation_changed`, `trial_begun`, or `unknown`.
    kind: String,
    /// DingTalk's number for that.
    #[serde(skip_serializing_if = "Option::is_none")]
    biz_type: Option<i64>,
    /// DingTalk's name of what changed, such as a `userid`.
    biz_id: String,
    /// What DingTalk says, without its secrets.
    data: Value,
    /// When it came, in milliseconds since the Unix epoch.
    received_at: i64,
}

/// Some events, oldest first.
#[derive(Serialize, ToSchema)]
pub(super) struct EventList {
    events: Vec<Event>,
    /// What to ask for next as `after`, also when there was nothing.
    next: i64,
}

/// The query of [`list`].
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// `next` of the page before; 0, the default, is the beginning.
    after: Option<i64>,
    /// How many events at most.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<u32>,
}

impl From<Known> for Event {
    fn from(event: Known) -> Self {
        Self {
            cursor: event.number,
            corp_id: (!event.corp_id.is_empty()).then_some(event.corp_id),
            kind: event.kind,
            biz_type: event.biz_type,
            biz_id: event.biz_id,
            data: event.data,
            received_at: event.received_at.as_millis(),
        }
    }
}

/// Lists what DingTalk has told of the customers of a third-party app, oldest first.
///
/// Events are kept for 30 days, and those of a customer until it removes the app.
#[utoipa::path(
    get,
    path = "/api/v1/suites/{name}/events",
    tag = "suites",
    params(("name" = String, Path, description = "The name of the third-party app"), ListQuery),
    responses(
        (status = 200, description = "The events", body = EventList),
        (status = 400, description = "`invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`suite_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["suites:read"])),
)]
pub(super) async fn list(
    State(state): State<AppState>,
    _: Allowed<Program, need::SuitesRead>,
    Path(name): Path<String>,
    query: Result<Query<ListQuery>, QueryRejection>,
) -> Result<Json<EventList>, RouteError> {
    let Query(query) = query.map_err(|_| invalid("after"))?;
    let (suite, limit) = (named(&state, &name)?, limit(query.limit)?);
    let page = state.suites().events(suite, query.after.unwrap_or_default(), limit).await?;
    Ok(Json(EventList { events: page.events.into_iter().map(Event::from).collect(), next: page.next }))
}
