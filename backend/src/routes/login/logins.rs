use axum::Json;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dingtalk_qr_shared::{
    Authorization, CodePresented, Door, FlowStarted, LoginMethod, ProofPresented, Qr, StartLogin,
};

use super::access::Site;
use super::browser::Browser;
use super::landing;
use crate::app::Choice;
use crate::error::RouteError;
use crate::login::{Answer, Asker, Begin, Begun, Method, browser_in_words};
use crate::routes::access::PollToken;
use crate::routes::body::Body;
use crate::routes::convert::{flow_state, seconds_until};
use crate::routes::flows::parsed;
use crate::routes::openapi::schema;
use crate::routes::peer::Peer;
use crate::secret::Presented;
use crate::state::AppState;

/// Begins a login.
///
/// Open to pages of the backend's own origin and of the allowed ones. What the page does next is in `door`. In the end
/// the flow is `authenticated`, with a ticket.
#[utoipa::path(
    post,
    path = "/api/v1/logins",
    tag = "logins",
    request_body = schema::StartLogin,
    responses(
        (status = 201, description = "The flow has begun", body = schema::FlowStarted),
        (status = 400, description = "`invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden_origin`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`login_config_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 429, description = "`too_many_flows`, with `Retry-After`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn start(
    State(state): State<AppState>,
    Visitor { site, browser, asker }: Visitor,
    Body(body): Body<StartLogin>,
) -> Result<Response, RouteError> {
    let return_to = return_to(&body, &site, &state)?;
    let choice = choice(body.app.as_deref(), body.corp_id.as_deref());
    let request = Begin { method: method(body.method), choice, asker, return_to };
    let begun = state.logins().begin(request).await?;
    let location = format!("/api/v1/flows/{}", begun.started.flow_id);
    let body = flow_started(&state, body.method, begun)?;
    let response = (StatusCode::CREATED, [(header::LOCATION, location)], Json(body)).into_response();
    Ok(if site.is_own { browser.remember(&state, response) } else { response })
}

/// Who asks for a login, and from where.
#[derive(Debug)]
pub(super) struct Visitor {
    site: Site,
    browser: Browser,
    asker: Asker,
}

impl FromRequestParts<AppState> for Visitor {
    type Rejection = RouteError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let site = Site::from_request_parts(parts, state).await?;
        let Ok(browser) = Browser::from_request_parts(parts, state).await;
        let Ok(Peer(peer)) = Peer::from_request_parts(parts, state).await;
        let asker = asker(&site, peer, &parts.headers, browser.cookie.duplicate());
        Ok(Self { site, browser, asker })
    }
}

/// Returns the app that is meant.
pub(in crate::routes) fn choice<'a>(app: Option<&'a str>, corp_id: Option<&'a str>) -> Choice<'a> {
    match (app, corp_id) {
        (None, None) => Choice::Default,
        (Some(name), None) => Choice::Named(name),
        (None, Some(corp_id)) => Choice::OfOrganisation(corp_id),
        (Some(name), Some(corp_id)) => Choice::InOrganisation { name, corp_id },
    }
}

/// Describes the page that asks. Only a page of our own can be bound to its browser by a cookie.
pub(in crate::routes) fn asker(site: &Site, peer: String, headers: &HeaderMap, cookie: Presented) -> Asker {
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    Asker {
        site: site.origin.ascii_serialization(),
        is_own: site.is_own,
        browser: browser_in_words(user_agent.unwrap_or_default()),
        peer,
        cookie: site.is_own.then_some(cookie),
    }
}

fn return_to(body: &StartLogin, site: &Site, state: &AppState) -> Result<Option<String>, RouteError> {
    let invalid = || RouteError::Invalid { field: Some("return_to".to_owned()) };
    match (body.method, &body.return_to) {
        (LoginMethod::Redirect, wish) if site.is_own => {
            Ok(Some(landing::of(wish.as_deref(), state.config())))
        }
        (LoginMethod::Redirect, Some(wish)) => landing::on(&site.origin, wish).map(Some).ok_or_else(invalid),
        (LoginMethod::Redirect, None) | (_, Some(_)) => Err(invalid()),
        (LoginMethod::Qr | LoginMethod::Frame | LoginMethod::Workspace, None) => Ok(None),
    }
}

fn method(method: LoginMethod) -> Method {
    match method {
        LoginMethod::Qr => Method::Qr,
        LoginMethod::Redirect => Method::Redirect,
        LoginMethod::Frame => Method::Frame,
        LoginMethod::Workspace => Method::Workspace,
    }
}

fn flow_started(state: &AppState, method: LoginMethod, begun: Begun) -> Result<FlowStarted, RouteError> {
    let settings = state.logins().settings();
    let base = &settings.public_url;
    let started = begun.started;
    let door = match method {
        LoginMethod::Qr => Door::Qr,
        LoginMethod::Redirect => {
            Door::Redirect { url: format!("{base}/auth/dingtalk?login={}", started.flow_id) }
        }
        LoginMethod::Frame => Door::Frame { url: format!("{base}/embed/frame") },
        LoginMethod::Workspace => Door::Workspace {
            client_id: begun.app.client_id,
            corp_id: begun.corp_id.unwrap_or_default(),
            script_url: settings.script_url.clone(),
        },
    };
    let qr = begun.scan_url.map(|text| {
        let qr = crate::qr::Qr::encode(&text).map_err(RouteError::Qr)?;
        Ok::<_, RouteError>(Qr { text, size: u32::try_from(qr.size).unwrap_or_default(), path: qr.path })
    });
    Ok(FlowStarted {
        flow_id: started.flow_id,
        poll_token: started.poll_token,
        qr: qr.transpose()?,
        user_code: None,
        door: Some(door),
        expires_in: seconds_until(started.snapshot.deadline, state.clock().now()),
        interval: 2,
        brand: None,
        simulated: state.config().dingtalk.simulator.is_some(),
        state: flow_state(started.snapshot.status),
    })
}

/// Returns the address of DingTalk's page, for the frame of a login.
///
/// Each call makes another state; the one before is void then.
#[utoipa::path(
    post,
    path = "/api/v1/logins/{flow_id}/authorization",
    tag = "logins",
    params(("flow_id" = String, Path, description = "As the start of the login gave it")),
    responses(
        (status = 200, description = "The address", body = schema::Authorization),
        (status = 404, description = "`flow_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`login_ended`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("poll_token" = [])),
)]
pub(super) async fn authorization(
    State(state): State<AppState>,
    Path(flow_id): Path<String>,
    PollToken(token): PollToken,
) -> Result<Json<Authorization>, RouteError> {
    let url = state.logins().frame(&parsed(flow_id)?, &token).await?;
    Ok(Json(Authorization { url }))
}

/// Takes in what DingTalk's page in the frame gave: a code, or an error, with its state.
#[utoipa::path(
    post,
    path = "/api/v1/logins/{flow_id}/code",
    tag = "logins",
    params(("flow_id" = String, Path, description = "As the start of the login gave it")),
    request_body = schema::CodePresented,
    responses(
        (status = 204, description = "Taken in; the flow says who it is"),
        (status = 400, description = "`login_state_invalid`, `authorization_code_invalid`, `invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`foreign_organisation`, `not_a_member`, `not_invited`, `email_domain_not_allowed`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`flow_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`login_ended`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 502, description = "DingTalk does not say who it is: `upstream_unavailable`, `upstream_refused`, `credentials_rejected`, \
            `permission_missing`, `address_not_allowed`, `profile_incomplete`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "`upstream_busy`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("poll_token" = [])),
)]
pub(super) async fn code(
    State(state): State<AppState>,
    Path(flow_id): Path<String>,
    PollToken(token): PollToken,
    Body(body): Body<CodePresented>,
) -> Result<StatusCode, RouteError> {
    let missing = |field: &str| RouteError::Invalid { field: Some(field.to_owned()) };
    if body.code.is_none() && body.error.is_none() {
        return Err(missing("code"));
    }
    let answer = Answer {
        code: body.code.as_deref().map(Presented::new),
        error: body.error,
        state: Presented::new(&body.state.ok_or_else(|| missing("state"))?),
        cookie: None,
    };
    state.logins().framed_code(&parsed(flow_id)?, &token, answer).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes in the code that DingTalk's script gave inside its workspace.
#[utoipa::path(
    post,
    path = "/api/v1/logins/{flow_id}/workspace",
    tag = "logins",
    params(("flow_id" = String, Path, description = "As the start of the login gave it")),
    request_body = schema::CodePresented,
    responses(
        (status = 204, description = "Taken in; the flow says who it is"),
        (status = 400, description = "`workspace_code_invalid`, `invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 403, description = "`not_a_member`, `not_invited`, `email_domain_not_allowed`, `foreign_organisation`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`flow_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`login_ended`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 502, description = "DingTalk does not say who it is, as for `/code`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 503, description = "`upstream_busy`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("poll_token" = [])),
)]
pub(super) async fn workspace(
    State(state): State<AppState>,
    Path(flow_id): Path<String>,
    PollToken(token): PollToken,
    Body(body): Body<CodePresented>,
) -> Result<StatusCode, RouteError> {
    let code = body.code.filter(|_| body.state.is_none() && body.error.is_none());
    let code = code.ok_or_else(|| RouteError::Invalid { field: Some("code".to_owned()) })?;
    state.logins().workspace_code(&parsed(flow_id)?, &token, &Presented::new(&code)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes in the proof that a browser brought back from DingTalk to the page of another origin.
#[utoipa::path(
    post,
    path = "/api/v1/logins/{flow_id}/proof",
    tag = "logins",
    params(("flow_id" = String, Path, description = "As the start of the login gave it")),
    request_body = schema::ProofPresented,
    responses(
        (status = 204, description = "Taken in; the flow says who it is"),
        (status = 400, description = "`login_state_invalid`, `invalid_request`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 404, description = "`flow_not_found`", body = schema::Problem, content_type = "application/problem+json"),
        (status = 409, description = "`login_ended`", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("poll_token" = [])),
)]
pub(super) async fn proof(
    State(state): State<AppState>,
    Path(flow_id): Path<String>,
    PollToken(token): PollToken,
    Body(body): Body<ProofPresented>,
) -> Result<StatusCode, RouteError> {
    state.logins().prove(&parsed(flow_id)?, &token, &Presented::new(&body.proof)).await?;
    Ok(StatusCode::NO_CONTENT)
}
