use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{limit, named, need};
use crate::error::RouteError;
use crate::routes::access::{Allowed, Program};
use crate::routes::openapi::schema;
use crate::state::AppState;
use crate::suite::{Customer as Known, SuiteError};

/// An organisation that has installed a third-party app.
#[derive(Serialize, ToSchema)]
pub(super) struct Customer {
    /// The organisation (DingTalk's `corpId`).
    corp_id: String,
    /// What it is called, if DingTalk has said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// The app's id in it (DingTalk's `agentId`), if DingTalk has said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_id: Option<i64>,
    /// Whether the app is switched on in it. Nobody signs in while it is not.
    enabled: bool,
    /// Since when, in milliseconds since the Unix epoch.
    authorized_at: i64,
}

/// Some customers, by corp id.
#[derive(Serialize, ToSchema)]
pub(super) struct CustomerList {
    customers: Vec<Customer>,
    /// Where the next page begins; missing after the last customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// The query of [`list`].
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListQuery {
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// How many customers at most.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<u32>,
}

impl From<Known> for Customer {
    fn from(customer: Known) -> Self {
        Self {
            corp_id: customer.corp_id,
            name: customer.name,
            agent_id: customer.agent_id,
            enabled: customer.is_enabled,
            authorized_at: customer.authorized_at.as_millis(),
        }
    }
}

/// Lists the organisations that have installed a third-party app, by corp id.
#[utoipa::path(
    get,
    path = "/api/v1/suites/{name}/customers",
    tag = "suites",
    params(("name" = String, Path, description = "The name of the third-party app"), ListQuery),
    responses(
        (status = 200, description = "The customers", body = CustomerList),
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
) -> Result<Json<CustomerList>, RouteError> {
    let Query(query) = query.map_err(|_| RouteError::Invalid { field: None })?;
    let after = query.cursor.unwrap_or_default();
    let page = state.suites().customers(named(&state, &name)?, &after, limit(query.limit)?).await?;
    let customers = page.customers.into_iter().map(Customer::from).collect();
    Ok(Json(CustomerList { customers, next_cursor: page.next }))
}

/// Reads what is known of a customer.
#[utoipa::path(
    get,
    path = "/api/v1/suites/{name}/customers/{corp_id}",
    tag = "suites",
    params(
        ("name" = String, Path, description = "The name of the third-party app"),
        ("corp_id" = String, Path, description = "The organisation"),
    ),
    responses(
        (status = 200, description = "The customer", body = Customer),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`suite_not_found`, `customer_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["suites:read"])),
)]
pub(super) async fn read(
    State(state): State<AppState>,
    _: Allowed<Program, need::SuitesRead>,
    Path((name, corp_id)): Path<(String, String)>,
) -> Result<Json<Customer>, RouteError> {
    let customer = state.suites().customer(named(&state, &name)?, &corp_id).await?;
    Ok(Json(customer.ok_or(SuiteError::NotACustomer)?.into()))
}

/// Asks DingTalk whether an organisation has installed the app, and keeps what it says.
///
/// For customers from before: DingTalk pushes who installs an app when that happens, and not again.
#[utoipa::path(
    put,
    path = "/api/v1/suites/{name}/customers/{corp_id}",
    tag = "suites",
    params(
        ("name" = String, Path, description = "The name of the third-party app"),
        ("corp_id" = String, Path, description = "The organisation"),
    ),
    responses(
        (status = 200, description = "The customer", body = Customer),
        (status = 401, description = "`operator_required`: the API key is missing or unknown", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`insufficient_scope`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`suite_not_found`, `customer_not_found`: DingTalk says that it has not", body = schema::Problem, content_type = "application/problem+json"),
        (status = 502, description = "DingTalk does not say", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "`suite_ticket_missing`, `upstream_busy`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("api_key" = ["suites:write"])),
)]
pub(super) async fn confirm(
    State(state): State<AppState>,
    _: Allowed<Program, need::SuitesWrite>,
    Path((name, corp_id)): Path<(String, String)>,
) -> Result<Json<Customer>, RouteError> {
    Ok(Json(state.suites().confirm(named(&state, &name)?, &corp_id).await?.into()))
}
