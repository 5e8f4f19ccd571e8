//! The people, for the servers of embedders. Their records never go to a browser, so they are not among the shared types.

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::error::NoSuchUser;
use super::need;
use crate::error::RouteError;
use crate::identity::{Binding, Change};
use crate::routes::access::{Allowed, Program};
use crate::routes::body::Body;
use crate::routes::openapi::schema;
use crate::state::AppState;
use crate::store::UserRow;

/// Everything that is known of a person who has signed in.
#[derive(Serialize, ToSchema)]
pub(in crate::routes) struct User {
    /// Names the person here; stable.
    #[serde(rename = "user_id")]
    id: String,
    /// The embedder's own id of them, where he has set one.
    external_id: Option<String>,
    /// The organisation in which they signed in (DingTalk's `corpId`).
    corp_id: Option<String>,
    /// Names them in the organisation (DingTalk's `userid`).
    staff_id: Option<String>,
    /// Names them in all apps of one developer (DingTalk's `unionId`).
    union_id: String,
    /// Names them to one app (DingTalk's `openId`).
    open_id: Option<String>,
    /// What they are called.
    name: String,
    /// Their address, else `{unionId}@dingtalk.local`.
    email: String,
    /// Whether the address is made up. DingTalk does not say whether it has checked one that is not.
    email_made_up: bool,
    /// Their phone number.
    mobile: Option<String>,
    /// The country code of the phone number.
    state_code: Option<String>,
    /// Their number in the organisation.
    job_number: Option<String>,
    /// When they were hired, in milliseconds since the Unix epoch.
    hired_at: Option<i64>,
    /// Their picture, an https link.
    avatar_url: Option<String>,
    /// Whether `ADMIN_EMAILS` names them.
    admin: bool,
    /// What the embedder keeps with them.
    extension: Map<String, Value>,
    /// When they signed in first, in milliseconds since the Unix epoch.
    created_at: i64,
    /// When they signed in last, in milliseconds since the Unix epoch.
    signed_in_at: i64,
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        Self {
            id: row.id,
            external_id: row.external_id,
            corp_id: (!row.corp_id.is_empty()).then_some(row.corp_id),
            staff_id: row.staff_id,
            union_id: row.union_id,
            open_id: row.open_id,
            name: row.name,
            email: row.email,
            email_made_up: row.is_email_made_up,
            mobile: row.mobile,
            state_code: row.state_code,
            job_number: row.job_number,
            hired_at: row.hired_at.map(crate::Timestamp::as_millis),
            avatar_url: row.avatar_url,
            admin: row.is_admin,
            extension: serde_json::from_str(&row.extension).unwrap_or_default(),
            created_at: row.created_at.as_millis(),
            signed_in_at: row.signed_in_at.as_millis(),
        }
    }
}

/// The people that fit a question: one, or none.
#[derive(Serialize, ToSchema)]
pub(in crate::routes) struct UserList {
    users: Vec<User>,
}

/// The query of [`find`].
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::routes) struct FindQuery {
    /// The embedder's own id of a person.
    external_id: String,
}

/// What to keep with a person (RFC 7396): what is left out stays, null takes away.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::routes) struct UpdateUser {
    /// The embedder's own id of them: 1 to 128 characters, another one for each person.
    #[serde(default, deserialize_with = "change")]
    #[schema(value_type = Option<String>)]
    external_id: Change,
    /// Members to put into the extension, which may have 8 KiB in all.
    extension: Option<Map<String, Value>>,
}

/// Tells null from nothing.
fn change<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Change, D::Error> {
    Option::deserialize(deserializer).map(|text| text.map_or(Change::Remove, Change::Set))
}

/// Reads what is known of a person.
#[utoipa::path(
    get,
    path = "/api/v1/users/{user_id}",
    tag = "users",
    params(("user_id" = String, Path, description = "As an identity has it")),
    responses(
        (status = 200, description = "The person", body = User),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`user_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["users:read"])),
)]
pub(in crate::routes) async fn read(
    State(state): State<AppState>,
    _: Allowed<Program, need::UsersRead>,
    Path(user_id): Path<String>,
) -> Result<Json<User>, RouteError> {
    let user = state.people().user(&user_id).await?.ok_or(NoSuchUser)?;
    Ok(Json(user.into()))
}

/// Finds the person whom the embedder calls so.
#[utoipa::path(
    get,
    path = "/api/v1/users",
    tag = "users",
    params(FindQuery),
    responses(
        (status = 200, description = "One, or none", body = UserList),
        (status = 400, description = "`invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["users:read"])),
)]
pub(in crate::routes) async fn find(
    State(state): State<AppState>,
    _: Allowed<Program, need::UsersRead>,
    query: Result<Query<FindQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<UserList>, RouteError> {
    let Query(query) = query.map_err(|_| RouteError::Invalid { field: Some("external_id".to_owned()) })?;
    let user = state.people().user_by_external_id(&query.external_id).await?;
    Ok(Json(UserList { users: user.into_iter().map(User::from).collect() }))
}

/// Keeps the embedder's own id, and what else he likes, with a person.
#[utoipa::path(
    patch,
    path = "/api/v1/users/{user_id}",
    tag = "users",
    params(("user_id" = String, Path, description = "As an identity has it")),
    request_body = UpdateUser,
    responses(
        (status = 200, description = "The person", body = User),
        (status = 400, description = "`invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`user_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`external_id_taken`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["users:write"])),
)]
pub(in crate::routes) async fn update(
    State(state): State<AppState>,
    _: Allowed<Program, need::UsersWrite>,
    Path(user_id): Path<String>,
    Body(body): Body<UpdateUser>,
) -> Result<Json<User>, RouteError> {
    let binding = Binding { external_id: body.external_id, extension: body.extension };
    Ok(Json(state.people().bind(&user_id, binding).await?.into()))
}

/// Asks DingTalk again who the person is, without them.
///
/// Somebody who is not a member of the organisation any more, or whom the rules keep out now, is signed out everywhere.
#[utoipa::path(
    post,
    path = "/api/v1/users/{user_id}/refresh",
    tag = "users",
    params(("user_id" = String, Path, description = "As an identity has it")),
    responses(
        (status = 200, description = "The person", body = User),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`not_a_member`, `foreign_organisation`, `email_domain_not_allowed`, `insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`user_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`sign_in_required`: DingTalk's permission has ended; the person has to sign in again", body = schema::Problem, content_type = "application/problem+json"),
        (status = 502, description = "DingTalk does not say", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["users:write"])),
)]
pub(super) async fn refresh(
    State(state): State<AppState>,
    _: Allowed<Program, need::UsersWrite>,
    Path(user_id): Path<String>,
) -> Result<Json<User>, RouteError> {
    let user = state.people().user(&user_id).await?.ok_or(NoSuchUser)?;
    Ok(Json(refreshed(&state, &user).await?.into()))
}

/// Asks DingTalk again. Who may not come in any more is signed out, here and where else they are kept.
pub(in crate::routes) async fn refreshed(state: &AppState, user: &UserRow) -> Result<UserRow, RouteError> {
    match state.logins().refresh(user).await {
        Ok(user) => Ok(user),
        Err(error) => {
            if error.is_refusal_of_person() {
                let ended = state.sessions().end_all_of(&user.id).await?;
                #[cfg(feature = "platform")]
                state.relays().person_left(&user.id).await?;
                tracing::warn!(user.id = user.id, sessions = ended, "may not come in any more: signed out");
            }
            Err(error.into())
        }
    }
}

/// Signs a person out everywhere.
#[utoipa::path(
    delete,
    path = "/api/v1/users/{user_id}/sessions",
    tag = "users",
    params(("user_id" = String, Path, description = "As an identity has it")),
    responses(
        (status = 204, description = "Signed out"),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`user_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["users:write"])),
)]
pub(in crate::routes) async fn sign_out(
    State(state): State<AppState>,
    _: Allowed<Program, need::UsersWrite>,
    Path(user_id): Path<String>,
) -> Result<StatusCode, RouteError> {
    state.people().user(&user_id).await?.ok_or(NoSuchUser)?;
    state.sessions().end_all_of(&user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
