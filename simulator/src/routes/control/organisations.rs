//! `/_sim/organisations/*`.

use axum::extract::{Path, State};
use axum::routing::{get, put};
use axum::{Json, Router};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::read;
use crate::control::{Control, ControlError, OrganisationSize};

pub(super) fn routes() -> Router<Control> {
    Router::new()
        .route("/organisations", get(list).post(fill))
        .route(
            "/organisations/{corp_id}/departments/{department_id}",
            put(put_department).delete(remove_department),
        )
        .route("/organisations/{corp_id}/people/{userid}", put(place).delete(displace))
}

async fn list(State(control): State<Control>) -> Json<Vec<OrganisationSize>> {
    Json(control.organisations())
}

async fn fill(State(control): State<Control>, body: Bytes) -> Result<Json<OrganisationSize>, ControlError> {
    control.fill(&read(&body)?).map(Json)
}

async fn put_department(
    State(control): State<Control>,
    Path((corp_id, department_id)): Path<(String, u64)>,
    body: Bytes,
) -> Result<Json<Value>, ControlError> {
    control.put_department(&corp_id, department_id, read(&body)?)?;
    Ok(Json(json!({})))
}

async fn remove_department(
    State(control): State<Control>,
    Path((corp_id, department_id)): Path<(String, u64)>,
) -> Result<Json<Value>, ControlError> {
    control.remove_department(&corp_id, department_id)?;
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Places {
    departments: Vec<u64>,
}

async fn place(
    State(control): State<Control>,
    Path((corp_id, userid)): Path<(String, String)>,
    body: Bytes,
) -> Result<Json<Value>, ControlError> {
    let places: Places = read(&body)?;
    control.place(&corp_id, &userid, places.departments)?;
    Ok(Json(json!({})))
}

async fn displace(
    State(control): State<Control>,
    Path((corp_id, userid)): Path<(String, String)>,
) -> Result<Json<Value>, ControlError> {
    control.displace(&corp_id, &userid)?;
    Ok(Json(json!({})))
}
