//! `/auth/scopes`, `/topapi/v2/department/*` and lists of members: what an organisation is made of.

use axum::Router;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::{get, post};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::directory::{Caller, answer, answer_member, detail};
use super::old_api;
use crate::control::Control;
use crate::world::{Department, MemberPage, Refusal};

/// The largest page of members.
const LARGEST_PAGE: usize = 100;

pub(super) fn routes() -> Router<Control> {
    Router::new()
        .route("/auth/scopes", get(range).fallback(old_api::get_only))
        .route("/topapi/v2/department/get", post(department).fallback(old_api::post_only))
        .route("/topapi/v2/department/listsub", post(sub_departments).fallback(old_api::post_only))
        .route("/topapi/v2/user/list", post(members).fallback(old_api::post_only))
        .route("/topapi/user/listid", post(userids).fallback(old_api::post_only))
        .route("/topapi/v2/user/getbymobile", post(by_mobile).fallback(old_api::post_only))
}

async fn range(State(control): State<Control>, Query(caller): Query<Caller>) -> Response {
    let found = control.world().range(&caller.access_token, control.now());
    let fields = ["name", "mobile", "email", "job_number"];
    answer(&control, found, |departments| {
        json!({
            "auth_user_field": fields,
            "auth_org_scopes": { "authed_dept": departments, "authed_user": [] },
        })
    })
}

#[derive(Deserialize)]
struct DepartmentBody {
    #[serde(default = "root")]
    dept_id: u64,
}

fn root() -> u64 {
    1
}

async fn department(
    State(control): State<Control>,
    Query(caller): Query<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let body: DepartmentBody = old_api::read(&headers, &body)?;
    let found = control.world().department(&caller.access_token, body.dept_id, control.now());
    Ok(answer(&control, found, |department| json!({ "result": told(department) })))
}

async fn sub_departments(
    State(control): State<Control>,
    Query(caller): Query<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let body: DepartmentBody = old_api::read(&headers, &body)?;
    let found = control.world().sub_departments(&caller.access_token, body.dept_id, control.now());
    Ok(answer(
        &control,
        found,
        |departments| json!({ "result": departments.iter().map(told).collect::<Vec<_>>() }),
    ))
}

fn told(department: &Department) -> Value {
    let mut told = json!({
        "dept_id": department.id,
        "name": department.name,
        "create_dept_group": false,
        "auto_add_user": false,
    });
    if let Some(parent_id) = department.parent_id {
        told["parent_id"] = json!(parent_id);
    }
    told
}

#[derive(Deserialize)]
struct PageBody {
    dept_id: u64,
    cursor: usize,
    size: usize,
}

async fn members(
    State(control): State<Control>,
    Query(caller): Query<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let PageBody { dept_id, cursor, size } = old_api::read(&headers, &body)?;
    if !(1..=LARGEST_PAGE).contains(&size) {
        return Err(Refusal::parameter("size must be from 1 to 100"));
    }
    let page = (cursor, size);
    let found = control.world().department_members(&caller.access_token, dept_id, page, control.now());
    Ok(answer(&control, found, |MemberPage { members, next }| {
        let list: Vec<_> = members.iter().map(|member| detail(&control, member)).collect();
        let mut result = json!({ "has_more": next.is_some(), "list": list });
        if let Some(next) = next {
            result["next_cursor"] = json!(next);
        }
        json!({ "result": result })
    }))
}

async fn userids(
    State(control): State<Control>,
    Query(caller): Query<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let body: DepartmentBody = old_api::read(&headers, &body)?;
    let found = control.world().department_userids(&caller.access_token, body.dept_id, control.now());
    Ok(answer(&control, found, |userids| json!({ "result": { "userid_list": userids } })))
}

#[derive(Deserialize)]
struct MobileBody {
    mobile: String,
}

async fn by_mobile(
    State(control): State<Control>,
    Query(caller): Query<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let body: MobileBody = old_api::read(&headers, &body)?;
    let found = control.world().member_by_mobile(&caller.access_token, &body.mobile, control.now());
    Ok(answer_member(&control, found, |member| json!({ "userid": member.person.userid })))
}
