//! `/oauth2/auth`: the pages on which somebody signs in to an app.
//!
//! 1. The app's page leads here, or shows this in a frame (`iframe=true`).
//! 2. Who are you? Asked once; a cookie remembers it, as the DingTalk app knows whose phone it is in.
//! 3. Which organisation? Asked when the scope has `corpid` and there is more than one.
//! 4. May the app know you? Asked always with `prompt=consent`, else once.
//! 5. The browser goes back to the app with a code or an error. In a frame, a message tells the app's page the URL instead.

mod callback;
pub(crate) mod request;

use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Form, Router};
use serde::Deserialize;

use self::callback::Ending;
use self::request::AuthorizationRequest;
use crate::app::App;
use crate::control::Control;
use crate::page::login::{self, Framing, LoginProblem};
use crate::people::Person;
use crate::world::Purpose;

/// Path of the authorize page.
pub(crate) const AUTHORIZE_PATH: &str = "/oauth2/auth";
/// Cookie that says who signed in last.
const PERSON_COOKIE: &str = "dingsim_person";

pub(super) fn routes() -> Router<Control> {
    Router::new().route(AUTHORIZE_PATH, get(visit).post(answer))
}

/// What was said on the pages so far. `seen_…` are hidden fields: no cookie comes to a frame on another site.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Answers {
    person: Option<String>,
    seen_person: Option<String>,
    organisation: Option<String>,
    seen_organisation: Option<String>,
    decision: Option<Decision>,
    account: Option<String>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Decision {
    Approve,
    Deny,
}

async fn visit(State(control): State<Control>, uri: Uri, headers: HeaderMap) -> Response {
    let known = person_in_cookie(&headers).or_else(|| person_in_app(&control, &headers));
    let remembered = known.filter(|_| !AuthorizationRequest::asks_for_another_person(&uri));
    let answers = Answers { seen_person: remembered, ..Answers::default() };
    proceed(&control, &uri, &answers)
}

async fn answer(
    State(control): State<Control>,
    uri: Uri,
    form: Result<Form<Answers>, FormRejection>,
) -> Response {
    let Ok(Form(mut answers)) = form else { return problem(&uri, LoginProblem::Form) };
    if answers.account.is_some() {
        answers = Answers::default();
    }
    let chosen = answers.person.clone().filter(|userid| control.person(userid).is_ok());
    let mut response = proceed(&control, &uri, &answers);
    let cookie = chosen.map(|userid| format!("{PERSON_COOKIE}={userid}; Path=/; HttpOnly; SameSite=Lax"));
    if let Some(Ok(cookie)) = cookie.map(HeaderValue::try_from) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Shows the first page whose question is open.
fn proceed(control: &Control, uri: &Uri, answers: &Answers) -> Response {
    match next_page(control, uri, answers) {
        Ok(response) => response,
        Err(found) => problem(uri, found),
    }
}

fn next_page(control: &Control, uri: &Uri, answers: &Answers) -> Result<Response, LoginProblem> {
    let now = control.now();
    let world = control.world();
    let accepts = |client_id: &str, url: &str| {
        world.app_to_sign_in_to(client_id, now).map(|app| app.accepts_redirect_to(url))
    };
    let request = AuthorizationRequest::read(uri, accepts).map_err(LoginProblem::Request)?;
    let app = world.app(&request.client_id).cloned().ok_or(LoginProblem::Form)?;

    let userid = answers.person.as_deref().or(answers.seen_person.as_deref());
    let Some(person) = userid.and_then(|userid| world.person(userid)).cloned() else {
        return Ok(login::people(&request, world.people()));
    };
    let choices = world.organisations_to_choose(&app, &person, &request.choice)?;
    let chosen = answers.organisation.as_ref().or(answers.seen_organisation.as_ref());
    let chosen = chosen.filter(|corp_id| choices.contains(corp_id)).cloned();
    let corp_id = match (chosen, choices.as_slice()) {
        (Some(corp_id), _) => Some(corp_id),
        (None, []) => None,
        (None, [only]) => Some(only.clone()),
        (None, several) => return Ok(login::organisations(&request, &person, several)),
    };
    if let Some(corp_id) = &corp_id {
        world.check_choice(&app, corp_id)?;
    }
    let was_asked = !request.always_asks && world.has_consented(&app.client_id, &person.userid);
    drop(world);
    match answers.decision {
        None if !was_asked => Ok(login::consent(&request, &person, corp_id.as_deref())),
        Some(Decision::Deny) => Ok(end(control, &request, &Ending::Denied)),
        None | Some(Decision::Approve) => Ok(approve(control, &request, &app, &person, corp_id)),
    }
}

fn approve(
    control: &Control,
    request: &AuthorizationRequest,
    app: &App,
    person: &Person,
    corp_id: Option<String>,
) -> Response {
    let ending = {
        let now = control.now();
        let mut world = control.world();
        world.consents.insert((app.client_id.clone(), person.userid.clone()));
        let purpose = Purpose::OAuth { client_id: app.client_id.clone(), corp_id };
        Ending::Approved {
            code: world.issue_code(purpose, &person.userid, now),
            other: world.random.temporary_code(),
        }
    };
    end(control, request, &ending)
}

fn end(control: &Control, request: &AuthorizationRequest, ending: &Ending) -> Response {
    let settings = control.settings();
    let url = callback::url(request, ending, &settings);
    if request.is_framed {
        return login::frame_end(&request.redirect_uri, &url, settings.frame);
    }
    match HeaderValue::try_from(url) {
        Ok(url) => (StatusCode::FOUND, [(header::LOCATION, url)]).into_response(),
        Err(_) => login::problem(LoginProblem::Form, Framing::Alone),
    }
}

fn problem(uri: &Uri, problem: LoginProblem) -> Response {
    login::problem(problem, Framing::of(AuthorizationRequest::is_framed(uri)))
}

/// Who signed in last, if the browser says so.
pub(super) fn person_in_cookie(headers: &HeaderMap) -> Option<String> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split("; ")).filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| *name == PERSON_COOKIE).map(|(_, userid)| userid.to_owned())
}

/// Whose phone it is, for a page that opens in the DingTalk app.
fn person_in_app(control: &Control, headers: &HeaderMap) -> Option<String> {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok())?;
    control.in_app().filter(|_| agent.contains("DingTalk")).map(|in_app| in_app.userid)
}
