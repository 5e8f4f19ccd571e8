//! `/auth/dingtalk` of a local: to the cloud and back, in the browser's own address bar.
//!
//! 1. The local has the cloud begin a login that comes back to its own callback, keeps what proves that in a cookie of the browser,
//!    and sends the browser to the cloud, which sends it to DingTalk.
//! 2. The browser comes back with a proof in the fragment. The script of the callback's page gives it in as a form.
//! 3. The local gives proof and cookie in at the cloud, keeps the person, and begins a session.

use axum::Router;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::Here;
use crate::error::RouteError;
use crate::login::LoginError;
use crate::relay::{BeginLogin, Returned};
use crate::routes::cookies::Jar;
use crate::routes::headers::set_policy;
use crate::routes::login::access::only_own_forms;
use crate::routes::login::auth::see_other;
use crate::routes::login::browser::{language, trouble, with_cookie};
use crate::routes::login::pages::{ARRIVAL_SCRIPT, STYLE, render_arrival};
use crate::routes::login::{landing, session};
use crate::routes::peer::Peer;
use crate::secret::Presented;
use crate::state::AppState;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/auth/dingtalk", get(go))
        .route("/auth/dingtalk/callback", get(arrive).post(returned))
        .route("/embed/arrival.js", get(async || file("text/javascript; charset=utf-8", ARRIVAL_SCRIPT)))
        .route("/embed/pages.css", get(async || file("text/css; charset=utf-8", STYLE)))
}

fn file(content_type: &'static str, content: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, content).into_response()
}

/// The query of [`go`].
#[derive(Debug, Default, Deserialize)]
struct GoQuery {
    return_to: Option<String>,
    app: Option<String>,
    corp_id: Option<String>,
}

/// `GET /auth/dingtalk`: sends the browser to the cloud, which sends it to DingTalk.
async fn go(
    State(state): State<AppState>,
    Here(local): Here,
    Peer(peer): Peer,
    headers: HeaderMap,
    query: Result<Query<GoQuery>, QueryRejection>,
) -> Response {
    let Ok(Query(query)) = query else {
        return trouble(&state, &headers, RouteError::Invalid { field: None }, None);
    };
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let wish = BeginLogin {
        return_to: format!("{}/auth/dingtalk/callback", state.config().server.public_base()),
        app: query.app,
        corp_id: query.corp_id,
        peer,
        user_agent: user_agent.unwrap_or_default().to_owned(),
    };
    match local.begin_login(&wish).await {
        Ok(begun) => {
            let return_to = landing::of(query.return_to.as_deref(), state.config());
            let errand = Errand { flow_id: begun.flow_id, poll_token: begun.poll_token, return_to };
            with_cookie(see_other(&begun.url), Jar::Errand.set(state.config(), &errand.to_cookie()))
        }
        Err(error) => trouble(&state, &headers, error.into(), None),
    }
}

/// `GET /auth/dingtalk/callback`: the browser is back. What it brings is in the fragment, where no server sees it.
async fn arrive(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let html = render_arrival(language(&headers, None), &landing::prefix(state.config()));
    let mut response = Html(html).into_response();
    set_policy(
        &mut response,
        "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    );
    // With `no-referrer` the form would come from the origin `null`.
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// `POST /auth/dingtalk/callback`: begins the session.
async fn returned(
    State(state): State<AppState>,
    Here(local): Here,
    headers: HeaderMap,
    form: Result<Form<Returned>, FormRejection>,
) -> Response {
    let outcome = async {
        only_own_forms(&headers, state.config())?;
        let Form(Returned { proof }) = form.map_err(|_| RouteError::Invalid { field: None })?;
        let cookie = Jar::Errand.read(&headers, state.config());
        let errand = cookie.as_ref().and_then(Errand::from_cookie).ok_or(LoginError::State)?;
        let token = Presented::new(&errand.poll_token);
        let (user, method) = local.prove(&errand.flow_id, &token, &Presented::new(&proof)).await?;
        let cookie = session::begin(&state, &headers, &user.id, &method).await?;
        // The list of allowed places may have become shorter, and a cookie is the browser's to write.
        let target = landing::of(Some(&errand.return_to), state.config());
        Ok(with_cookie(with_cookie(see_other(&target), cookie), Jar::Errand.clear(state.config())))
    };
    outcome.await.unwrap_or_else(|error| trouble(&state, &headers, error, None))
}

/// What a browser is on its way for.
struct Errand {
    flow_id: String,
    /// Proves that this browser's login it is.
    poll_token: String,
    return_to: String,
}

impl Errand {
    fn to_cookie(&self) -> String {
        format!("{}.{}.{}", self.flow_id, self.poll_token, URL_SAFE_NO_PAD.encode(&self.return_to))
    }

    fn from_cookie(cookie: &Presented) -> Option<Self> {
        let (flow_id, rest) = cookie.expose().split_once('.')?;
        let (poll_token, return_to) = rest.rsplit_once('.')?;
        let is_id = flow_id.len() == 22
            && flow_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        let return_to = String::from_utf8(URL_SAFE_NO_PAD.decode(return_to).ok()?).ok()?;
        is_id.then(|| Self { flow_id: flow_id.to_owned(), poll_token: poll_token.to_owned(), return_to })
    }
}
