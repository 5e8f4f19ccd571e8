//! `/topapi/*`: who somebody is in the organisation, for an app with its own token.

use axum::Router;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::old_api::{self, TokenRefused};
use crate::control::Control;
use crate::world::{DirectoryRefusal, Member, Refusal};

pub(super) fn routes() -> Router<Control> {
    Router::new()
        .route("/topapi/v2/user/getuserinfo", post(by_code).fallback(old_api::post_only))
        .route("/topapi/v2/user/get", post(by_userid).fallback(old_api::post_only))
        .route("/topapi/user/getbyunionid", post(by_unionid).fallback(old_api::post_only))
}

#[derive(Deserialize)]
pub(super) struct Caller {
    #[serde(default)]
    pub(super) access_token: String,
}

#[derive(Deserialize)]
struct CodeBody {
    #[serde(default)]
    code: String,
}

async fn by_code(
    State(control): State<Control>,
    Query(caller): Query<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let body: CodeBody = old_api::read(&headers, &body)?;
    if body.code.is_empty() {
        return Err(Refusal { errcode: 41026, errmsg: "缺少临时授权码参数" });
    }
    let found = control.world().member_by_code(&caller.access_token, &body.code, control.now());
    Ok(answer_member(&control, found, identity))
}

#[derive(Deserialize)]
struct UserIdBody {
    userid: String,
}

async fn by_userid(
    State(control): State<Control>,
    Query(caller): Query<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let body: UserIdBody = old_api::read(&headers, &body)?;
    let found = control.world().member_by_userid(&caller.access_token, &body.userid, control.now());
    Ok(answer_member(&control, found, |member| detail(&control, member)))
}

#[derive(Deserialize)]
struct UnionIdBody {
    unionid: String,
}

async fn by_unionid(
    State(control): State<Control>,
    Query(caller): Query<Caller>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Refusal> {
    let body: UnionIdBody = old_api::read(&headers, &body)?;
    let found = control.world().member_by_unionid(&caller.access_token, &body.unionid, control.now());
    Ok(answer_member(&control, found, |member| json!({ "contact_type": 0, "userid": member.person.userid })))
}

/// Answers with `result` of a member.
pub(super) fn answer_member(
    control: &Control,
    found: Result<Member, DirectoryRefusal>,
    result: impl FnOnce(&Member) -> Value,
) -> Response {
    answer(control, found, |member| json!({ "result": result(member) }))
}

/// Answers with the members that are beside the envelope.
pub(super) fn answer<T>(
    control: &Control,
    found: Result<T, DirectoryRefusal>,
    content: impl FnOnce(&T) -> Value,
) -> Response {
    let refusal = match found {
        Ok(found) => {
            let mut content = content(&found);
            content["request_id"] = json!(control.world().random.request_id());
            return old_api::success(content);
        }
        Err(refusal) => refusal,
    };
    let (errcode, errmsg) = match refusal {
        DirectoryRefusal::Token => return TokenRefused.into_response(),
        DirectoryRefusal::IpNotAllowed => (60020, "访问ip不在白名单之中"),
        DirectoryRefusal::Permission(_) => (60011, "没有调用该接口的权限"),
        DirectoryRefusal::Code => (40078, "不存在的临时授权码"),
        DirectoryRefusal::UserId => (33012, "无效的USERID"),
        DirectoryRefusal::NotInOrganisation => (60121, "找不到该用户"),
        DirectoryRefusal::OutOfRange => (50002, "请求的员工userid不在授权范围内"),
        DirectoryRefusal::Department => (60003, "部门不存在"),
        DirectoryRefusal::DepartmentOutOfRange => (50004, "请求的部门id不在授权范围内"),
    };
    Refusal { errcode, errmsg }.into_response()
}

/// `result` of `getuserinfo`.
fn identity(member: &Member) -> Value {
    let Member { person, is_administrator, .. } = member;
    let sys_level = match (person.boss, is_administrator) {
        (true, _) => 100,
        (false, true) => 1,
        (false, false) => 0,
    };
    json!({
        "userid": person.userid,
        "unionid": person.unionid,
        "associated_unionid": person.unionid,
        "name": person.name,
        "device_id": format!("simdevice{}", person.userid),
        "sys": is_administrator,
        "sys_level": sys_level,
    })
}

/// `result` of `user/get`.
pub(super) fn detail(control: &Control, member: &Member) -> Value {
    let Member { person, departments, is_administrator, shows_mobile, shows_email } = member;
    let of_each = |name: &str, value: Value| -> Vec<_> {
        departments.iter().map(|id| json!({ "dept_id": id, name: value })).collect()
    };
    let mut result = json!({
        "userid": person.userid,
        "unionid": person.unionid,
        "name": person.name,
        "avatar": control.absolute(&person.avatar),
        "hide_mobile": false,
        "telephone": "",
        "job_number": person.job_number,
        "title": person.title,
        "work_place": "",
        "remark": "",
        "manager_userid": "",
        "dept_id_list": departments,
        "dept_order_list": of_each("order", json!(1)),
        "leader_in_dept": of_each("leader", json!(is_administrator)),
        "role_list": [],
        "extension": "{}",
        "active": true,
        "real_authed": true,
        "senior": person.senior,
        "admin": is_administrator,
        "boss": person.boss,
        "exclusive_account": false,
        "union_emp_ext": {},
    });
    if let Some(hired_date) = person.hired_date {
        result["hired_date"] = json!(hired_date);
    }
    if *shows_mobile {
        result["state_code"] = json!(person.state_code);
        result["mobile"] = json!(person.mobile);
    }
    if let Some(email) = person.email.as_ref().filter(|_| *shows_email) {
        result["email"] = json!(email);
        result["org_email"] = json!("");
    }
    result
}
