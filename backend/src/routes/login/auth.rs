//! `/auth/dingtalk`: to DingTalk and back, in the browser's own address bar.

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use super::access::Site;
use super::browser::{Browser, page, trouble, with_cookie};
use super::landing;
use super::logins::{asker, choice};
use super::pages::Page;
use super::session;
use crate::error::RouteError;
use crate::login::{Again, Answer, Arrived, Begin, Failed, Method};
use crate::routes::peer::Peer;
use crate::secret::Presented;
use crate::state::AppState;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/auth/dingtalk", get(go)).route("/auth/dingtalk/callback", get(callback))
}

/// The query of [`go`].
#[derive(Debug, Default, Deserialize)]
struct GoQuery {
    return_to: Option<String>,
    app: Option<String>,
    corp_id: Option<String>,
    /// A login that a page has begun.
    login: Option<String>,
}

/// The query of [`callback`]. DingTalk may add more.
#[derive(Deserialize)]
struct CallbackQuery {
    #[serde(rename = "authCode")]
    auth_code: Option<String>,
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
}

impl std::fmt::Debug for CallbackQuery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallbackQuery").finish_non_exhaustive()
    }
}

/// `GET /auth/dingtalk`: sends the browser to DingTalk's sign-in page.
async fn go(
    State(state): State<AppState>,
    browser: Browser,
    Peer(peer): Peer,
    headers: HeaderMap,
    query: Result<Query<GoQuery>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let Ok(Query(query)) = query else {
        return trouble(&state, &headers, RouteError::Invalid { field: None }, None);
    };
    let began = match &query.login {
        Some(flow_id) => crate::routes::flows::parsed(flow_id.clone()),
        None => begin(&state, &browser, peer, &headers, &query).await,
    };
    let url = match began {
        Ok(flow_id) => state.logins().go(&flow_id, &browser.cookie).await.map_err(RouteError::from),
        Err(error) => Err(error),
    };
    match url {
        Ok(url) => browser.remember(&state, see_other(&url)),
        Err(error) => trouble(&state, &headers, error, None),
    }
}

async fn begin(
    state: &AppState,
    browser: &Browser,
    peer: String,
    headers: &HeaderMap,
    query: &GoQuery,
) -> Result<dingtalk_qr_shared::FlowId, RouteError> {
    let asker = asker(&Site::own(state.config()), peer, headers, browser.cookie.duplicate());
    let request = Begin {
        method: Method::Redirect,
        choice: choice(query.app.as_deref(), query.corp_id.as_deref()),
        asker,
        return_to: Some(landing::of(query.return_to.as_deref(), state.config())),
    };
    Ok(state.logins().begin(request).await?.started.flow_id)
}

/// `GET /auth/dingtalk/callback`: takes in what the browser brings back.
async fn callback(
    State(state): State<AppState>,
    browser: Browser,
    headers: HeaderMap,
    query: Result<Query<CallbackQuery>, axum::extract::rejection::QueryRejection>,
) -> Response {
    let answer = query.ok().and_then(|Query(query)| answer(query, browser.cookie.duplicate()));
    let Some(answer) = answer else {
        return trouble(&state, &headers, crate::login::LoginError::State.into(), None);
    };
    match state.logins().returned(answer).await {
        Ok(Arrived::SignedIn { user_id, return_to }) => {
            let target = return_to.unwrap_or_else(|| landing::of(None, state.config()));
            match session::begin(&state, &headers, &user_id, Method::Redirect.name()).await {
                Ok(cookie) => with_cookie(see_other(&target), cookie),
                Err(error) => trouble(&state, &headers, error, None),
            }
        }
        Ok(Arrived::Confirm { scan_code }) => {
            see_other(&format!("{}/d/{scan_code}", landing::prefix(state.config())))
        }
        Ok(Arrived::Return { url }) => see_other(&url),
        Ok(Arrived::Denied { site, again }) => {
            let retry = again.map(|again| retry(&state, &again));
            page(&state, &headers, &Page::Denied { site: &site, retry: retry.as_deref() }, StatusCode::OK)
        }
        Err(Failed { error, again }) => {
            let retry = again.map(|again| retry(&state, &again));
            trouble(&state, &headers, error.into(), retry.as_deref())
        }
    }
}

/// Takes `authCode`, else `code`; a code or an error, and the state. Nothing of it is logged.
fn answer(query: CallbackQuery, cookie: Presented) -> Option<Answer> {
    let given = |text: Option<String>| text.filter(|text| !text.is_empty());
    let code = given(query.auth_code).or_else(|| given(query.code));
    let error = given(query.error);
    if code.is_none() && error.is_none() {
        return None;
    }
    Some(Answer {
        // An error is an error, whatever stands beside it.
        code: code.filter(|_| error.is_none()).as_deref().map(Presented::new),
        error,
        state: Presented::new(&query.state?),
        cookie: Some(cookie),
    })
}

fn retry(state: &AppState, again: &Again) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let query = query.append_pair("return_to", &again.return_to).append_pair("app", &again.app).finish();
    format!("{}/auth/dingtalk?{query}", landing::prefix(state.config()))
}

pub(in crate::routes) fn see_other(url: &str) -> Response {
    match HeaderValue::from_str(url) {
        Ok(location) => (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
