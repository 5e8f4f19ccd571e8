//! `/d/{scan_code}`: what the phone shows that scanned a QR code of ours.

use axum::Router;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::get;
use dingtalk_qr_shared::ErrorCode;
use serde::Deserialize;

use super::access::only_own_forms;
use super::auth::see_other;
use super::browser::{Browser, page, request_id, trouble};
use super::landing;
use super::pages::{self, Page};
use crate::error::RouteError;
use crate::flow::Failure;
use crate::login::{Asking, Choosing, PhoneView};
use crate::routes::convert::failure_code;
use crate::secret::Presented;
use crate::state::AppState;

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/d/{scan_code}", get(look).post(answer))
}

/// What the forms send.
#[derive(Deserialize)]
struct Answered {
    token: String,
    #[serde(rename = "do")]
    deed: Option<Deed>,
    number: Option<u8>,
}

#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Deed {
    Continue,
    Deny,
}

/// `GET /d/{scan_code}`: shows who asks, or how it went on. Changes nothing, for previews open links as well.
async fn look(
    State(state): State<AppState>,
    Path(scan_code): Path<String>,
    browser: Browser,
    headers: HeaderMap,
) -> Response {
    let view = match state.logins().phone(&scan_code, &browser.cookie).await {
        Ok(view) => view,
        Err(error) => return trouble(&state, &headers, error.into(), None),
    };
    browser.remember(&state, draw(&state, &headers, &scan_code, view))
}

fn draw(state: &AppState, headers: &HeaderMap, scan_code: &str, view: PhoneView) -> Response {
    let action = format!("{}/d/{scan_code}", landing::prefix(state.config()));
    let ok = |drawn: &Page<'_>| page(state, headers, drawn, StatusCode::OK);
    match view {
        PhoneView::Ask { asking, form_token } => {
            ok(&Page::Ask { asking: &shown(asking), action: &action, token: &form_token })
        }
        PhoneView::Confirm { asking, form_token, name, numbers } => {
            let asking = &shown(asking);
            ok(&Page::Confirm { asking, action: &action, token: &form_token, name: &name, numbers })
        }
        PhoneView::Done { site, name } => ok(&Page::Done { site: &site, name: &name }),
        PhoneView::Denied { site } => ok(&Page::Denied { site: &site, retry: None }),
        PhoneView::Failed { failure: Failure::NumberMismatch, site } => {
            ok(&Page::WrongNumber { site: &site })
        }
        PhoneView::Failed { failure, .. } => {
            let (code, request_id) = (failure_code(failure), request_id(headers));
            ok(&Page::Trouble { code, request_id, retry: None })
        }
        PhoneView::Over => page(state, headers, &Page::Over, StatusCode::NOT_FOUND),
    }
}

fn shown(asking: Asking) -> pages::Asking {
    let Asking { site, app, browser, address, begun_at } = asking;
    pages::Asking { site, app, browser, address, begun_at }
}

/// `POST /d/{scan_code}`: goes on to DingTalk, picks a number, or says no.
async fn answer(
    State(state): State<AppState>,
    Path(scan_code): Path<String>,
    browser: Browser,
    headers: HeaderMap,
    form: Result<Form<Answered>, axum::extract::rejection::FormRejection>,
) -> Response {
    match act(&state, &scan_code, &browser, &headers, form.ok().map(|Form(form)| form)).await {
        Ok(url) => see_other(&url),
        Err(error) if matches!(error.public().1, ErrorCode::LoginEnded | ErrorCode::FlowNotFound) => {
            draw(&state, &headers, &scan_code, PhoneView::Over)
        }
        Err(error) => trouble(&state, &headers, error, None),
    }
}

/// Does it, and returns where the browser goes next.
async fn act(
    state: &AppState,
    scan_code: &str,
    browser: &Browser,
    headers: &HeaderMap,
    form: Option<Answered>,
) -> Result<String, RouteError> {
    only_own_forms(headers, state.config())?;
    let form = form.ok_or(RouteError::Invalid { field: None })?;
    let (logins, token) = (state.logins(), Presented::new(&form.token));
    let choosing = match (form.deed, form.number) {
        (Some(Deed::Continue), None) => {
            return Ok(logins.phone_goes(scan_code, &browser.cookie, &token).await?);
        }
        (Some(Deed::Deny), None) => Choosing::Deny,
        (None, Some(number)) => Choosing::Number(number),
        (None, None) | (Some(_), Some(_)) => {
            return Err(RouteError::Invalid { field: Some("do".to_owned()) });
        }
    };
    logins.phone_chooses(scan_code, &browser.cookie, &token, choosing).await?;
    // The page that it leads to can be reloaded.
    Ok(format!("{}/d/{scan_code}", landing::prefix(state.config())))
}
