//! What a cloud does for its locals, behind `/relay/v1`. Only another end of the relay speaks it.

use std::time::Duration;

use axum::Json;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware;
use axum::routing::{get, post};
use dingtalk_qr_shared::FlowId;
use serde::Deserialize;
use url::{Origin, Url};

use super::BODY_LIMIT;
use super::guard::{Caller, admit};
use crate::app::Choice;
use crate::error::RouteError;
use crate::login::{Begin, LoginError, MemberId, Method, Redeemed};
use crate::message::Draft;
use crate::relay::{
    BeginLogin, BegunLogin, Checked, EventBatch, EventsAsked, LookUp, MemberRecord, MessageAccepted,
    MessageSent, ProveLogin, RecipientBatch, RecipientOutcome, Redemption, RefreshPerson, TicketRedeemed,
};
use crate::routes::body::Body;
use crate::routes::envelope::LONGEST_WAIT;
use crate::routes::flows::parsed;
use crate::routes::login::access::Site;
use crate::routes::login::error::NoSuchUser;
use crate::routes::login::landing;
use crate::routes::login::logins::{asker, choice};
use crate::routes::messages::{self, NoSuchMessage};
use crate::secret::Presented;
use crate::state::AppState;
use crate::store::RelayRow;

/// Returns the routes, for a cloud.
pub(in crate::routes) fn routes(state: &AppState) -> Router<AppState> {
    Router::new()
        .route("/relay/v1/check", get(check))
        .route("/relay/v1/events", get(events))
        .route("/relay/v1/logins", post(begin_login))
        .route("/relay/v1/logins/{flow_id}/proof", post(prove))
        .route("/relay/v1/members", post(look_up))
        .route("/relay/v1/messages", post(send))
        .route("/relay/v1/messages/{id}/recipients", get(recipients))
        .route("/relay/v1/people/refresh", post(refresh))
        .route("/relay/v1/tickets", post(redeem))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .route_layer(middleware::from_fn_with_state(state.clone(), admit))
}

/// `GET /relay/v1/check`: who the local is to us.
async fn check(State(state): State<AppState>, Caller(relay): Caller) -> Json<Checked> {
    Json(Checked {
        origins: relay.origins.split_whitespace().map(str::to_owned).collect(),
        name: relay.name,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        time: state.relays().now().as_millis(),
    })
}

/// The query of [`events`].
#[derive(Debug, Deserialize)]
struct EventsQuery {
    after: i64,
    wait: u64,
}

/// `GET /relay/v1/events`: what the local has not applied yet.
async fn events(
    State(state): State<AppState>,
    Caller(relay): Caller,
    query: Result<Query<EventsQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<EventBatch>, RouteError> {
    let Query(query) = query.map_err(|_| RouteError::Invalid { field: None })?;
    let asked = EventsAsked { after: query.after, wait: LONGEST_WAIT.min(Duration::from_secs(query.wait)) };
    let is_closing = || state.engine().is_closed();
    Ok(Json(state.relays().events(&relay, state.messages(), asked, is_closing).await?))
}

/// `POST /relay/v1/tickets`: who signed in on a page of the local. Works once.
async fn redeem(
    State(state): State<AppState>,
    Caller(relay): Caller,
    Body(body): Body<Redemption>,
) -> Result<Json<TicketRedeemed>, RouteError> {
    let ticket = Presented::new(&body.ticket);
    let sites: Vec<_> = relay.origins.split_whitespace().collect();
    entrust(&state, &relay, state.logins().redeem_on(&ticket, &sites).await?).await
}

/// `POST /relay/v1/logins`: begins a login by redirect, for a page of the local.
async fn begin_login(
    State(state): State<AppState>,
    Caller(relay): Caller,
    Body(body): Body<BeginLogin>,
) -> Result<Json<BegunLogin>, RouteError> {
    let invalid = || RouteError::Invalid { field: Some("return_to".to_owned()) };
    let origin = Url::parse(&body.return_to).map(|url| url.origin()).map_err(|_| invalid())?;
    let return_to = landing::on(&origin, &body.return_to).filter(|_| is_of(&relay, &origin));
    let site = Site { origin, is_own: false };
    let mut headers = HeaderMap::new();
    if let Ok(user_agent) = HeaderValue::from_str(&body.user_agent) {
        headers.insert(header::USER_AGENT, user_agent);
    }
    let peer = format!("relay:{}:{}", relay.id, body.peer);
    let request = Begin {
        method: Method::Redirect,
        choice: choice(body.app.as_deref(), body.corp_id.as_deref()),
        asker: asker(&site, peer, &headers, Presented::new("")),
        return_to: Some(return_to.ok_or_else(invalid)?),
    };
    let started = state.logins().begin(request).await?.started;
    let url = format!("{}/auth/dingtalk?login={}", state.logins().settings().public_url, started.flow_id);
    Ok(Json(BegunLogin { flow_id: started.flow_id.to_string(), poll_token: started.poll_token, url }))
}

fn is_of(relay: &RelayRow, origin: &Origin) -> bool {
    relay.origins.split_whitespace().any(|known| known == origin.ascii_serialization())
}

/// `POST /relay/v1/logins/{flow_id}/proof`: the browser is back at the local.
async fn prove(
    State(state): State<AppState>,
    Caller(relay): Caller,
    Path(flow_id): Path<String>,
    Body(body): Body<ProveLogin>,
) -> Result<Json<TicketRedeemed>, RouteError> {
    let flow_id: FlowId = parsed(flow_id)?;
    let (token, proof) = (Presented::new(&body.poll_token), Presented::new(&body.proof));
    state.logins().prove(&flow_id, &token, &proof).await?;
    let ticket = state.logins().ticket(&flow_id).await?.ok_or(LoginError::Ticket)?;
    let sites: Vec<_> = relay.origins.split_whitespace().collect();
    entrust(&state, &relay, state.logins().redeem_on(&Presented::new(&ticket), &sites).await?).await
}

async fn entrust(
    state: &AppState,
    relay: &RelayRow,
    redeemed: Redeemed,
) -> Result<Json<TicketRedeemed>, RouteError> {
    state.relays().entrust(relay, &redeemed.user.id).await?;
    tracing::info!(user.id = redeemed.user.id, relay.name = relay.name, "person handed to a local");
    Ok(Json(TicketRedeemed { person: redeemed.user.into(), method: redeemed.method }))
}

/// `POST /relay/v1/people/refresh`: asks DingTalk again who somebody is whom the local keeps.
async fn refresh(
    State(state): State<AppState>,
    Caller(relay): Caller,
    Body(body): Body<RefreshPerson>,
) -> Result<Json<TicketRedeemed>, RouteError> {
    let user = state.relays().person(&relay, &body.corp_id, &body.union_id).await?.ok_or(NoSuchUser)?;
    let user = crate::routes::login::users::refreshed(&state, &user).await?;
    Ok(Json(TicketRedeemed { person: user.into(), method: String::new() }))
}

/// `POST /relay/v1/members`: what the organisation knows of a member.
async fn look_up(
    State(state): State<AppState>,
    _: Caller,
    Body(body): Body<LookUp>,
) -> Result<Json<MemberRecord>, RouteError> {
    let id = match (&body.staff_id, &body.union_id) {
        (Some(staff_id), None) => MemberId::Staff(staff_id),
        (None, Some(union_id)) => MemberId::Union(union_id),
        (None, None) | (Some(_), Some(_)) => {
            return Err(RouteError::Invalid { field: Some("staff_id".to_owned()) });
        }
    };
    let app = body.app.as_deref().map_or(Choice::Default, Choice::Named);
    let (corp_id, member) = state.logins().member(app, id).await?;
    Ok(Json(MemberRecord {
        corp_id,
        staff_id: member.staff_id,
        name: member.name,
        email: member.email,
        mobile: member.mobile,
        state_code: member.state_code,
        job_number: member.job_number,
        avatar_url: member.avatar_url,
    }))
}

/// `POST /relay/v1/messages`: takes a message, once for each id.
async fn send(
    State(state): State<AppState>,
    Caller(relay): Caller,
    Body(body): Body<MessageSent>,
) -> Result<Json<MessageAccepted>, RouteError> {
    let draft = Draft { idempotency_key: Some(body.id), ..body.draft };
    let message = state.messages().submit(&relay.owner(), draft).await?;
    Ok(Json(MessageAccepted { message_id: message.id }))
}

/// The query of [`recipients`].
#[derive(Debug, Deserialize)]
struct RecipientsQuery {
    cursor: Option<String>,
    limit: u32,
}

/// `GET /relay/v1/messages/{id}/recipients`: what became of a message of the local, for each who gets it.
async fn recipients(
    State(state): State<AppState>,
    Caller(relay): Caller,
    Path(id): Path<String>,
    query: Result<Query<RecipientsQuery>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<RecipientBatch>, RouteError> {
    let Query(query) = query.map_err(|_| RouteError::Invalid { field: None })?;
    let (after, limit) = (messages::cursor(query.cursor)?, query.limit.min(messages::MOST_RECIPIENTS));
    let message = state.messages().find_by_key(&relay.owner(), &id).await?.ok_or(NoSuchMessage)?;
    let page = state.messages().recipients(&message.id, after.as_ref(), limit).await?;
    Ok(Json(RecipientBatch {
        corp_id: message.corp_id,
        recipients: page.recipients.into_iter().map(RecipientOutcome::from).collect(),
        next_cursor: page.next.map(|cursor| cursor.to_string()),
    }))
}
