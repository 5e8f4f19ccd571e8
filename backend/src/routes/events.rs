//! The same as a long poll tells, as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use dingtalk_qr_shared::{FlowId, FlowUpdate};
use futures_util::stream::{self, Stream};

use super::access::PollToken;
use super::convert::flow_update;
use super::envelope::LONGEST_WAIT;
use super::flows::parsed;
use super::openapi::schema;
use super::reveal::{self, add_right};
use crate::causes::Causes;
use crate::error::RouteError;
use crate::flow::Snapshot;
use crate::secret::Presented;
use crate::state::AppState;

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// Tells nginx to pass every event on at once.
const UNBUFFERED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));

const UNKEPT: (HeaderName, HeaderValue) = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));

/// What a stream still has to tell.
struct Telling {
    state: AppState,
    flow_id: FlowId,
    token: Presented,
    /// Who may see the secret.
    browser: Option<Presented>,
    known: Option<String>,
    has_ended: bool,
}

/// Tells how a flow stands, now and whenever that changes, as server-sent events.
///
/// Each event has the state as `data`, in the form of a [`FlowUpdate`], and its tag as `id`. A reader that was cut off sends the last
/// id as `Last-Event-ID`, and hears nothing twice. The stream ends with the flow, and when the backend does: then the reader comes
/// again. The browser's `EventSource` cannot send the token: read the stream with `fetch`.
///
/// Source: <https://html.spec.whatwg.org/multipage/server-sent-events.html>
#[utoipa::path(
    get,
    path = "/api/v1/flows/{flow_id}/events",
    tag = "flows",
    params(("flow_id" = String, Path, description = "As the start of the flow gave it"),
        ("Last-Event-ID" = Option<String>, Header, description = "The `id` of the last event that was read")),
    responses(
        (status = 200, description = "The states; `data` of each event is a `FlowUpdate`", body = String, content_type = "text/event-stream"),
        (status = 404, description = "`flow_not_found`: no such flow, or not with this token", body = schema::Problem, content_type = "application/problem+json"),
        (status = "default", description = "Another problem", body = schema::Problem, content_type = "application/problem+json"),
    ),
    security(("poll_token" = [])),
)]
pub(super) async fn events(
    State(state): State<AppState>,
    Path(flow_id): Path<String>,
    PollToken(token): PollToken,
    headers: HeaderMap,
) -> Result<Response, RouteError> {
    let flow_id = parsed(flow_id)?;
    let known = headers.get(LAST_EVENT_ID).and_then(|id| id.to_str().ok()).map(str::to_owned);
    // Whose flow it is not hears that before the stream begins.
    let now = state.engine().watch(&flow_id, &token, None, Duration::ZERO).await?;
    let has_ended = now.is_some_and(|now| now.status.is_ended() && known.as_deref() == Some(&now.tag));
    let browser = reveal::cookie(&state, &headers);
    let telling = Telling { state, flow_id, token, browser, known, has_ended };
    let events = Sse::new(told(telling)).keep_alive(KeepAlive::default());
    Ok(([UNBUFFERED, UNKEPT], events).into_response())
}

fn told(telling: Telling) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(telling, async |mut telling| Some((Ok(telling.next().await?), telling)))
}

impl Telling {
    /// Waits for the next event; `None` at the end of the stream.
    async fn next(&mut self) -> Option<Event> {
        while !self.has_ended && !self.state.engine().is_closed() {
            let engine = self.state.engine();
            let heard = engine.watch(&self.flow_id, &self.token, self.known.as_deref(), LONGEST_WAIT).await;
            match heard {
                Ok(Some(snapshot)) => return self.event(snapshot).await,
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(error = %Causes(&error), flow.id = %self.flow_id, "a page is told no more");
                    return None;
                }
            }
        }
        None
    }

    async fn event(&mut self, snapshot: Snapshot) -> Option<Event> {
        self.has_ended = snapshot.status.is_ended();
        let tag = snapshot.tag.clone();
        let update = self.update(snapshot).await?;
        self.known = Some(tag.clone());
        Event::default().id(tag).json_data(update).ok()
    }

    async fn update(&self, snapshot: Snapshot) -> Option<FlowUpdate> {
        let mut update = flow_update(snapshot, self.state.clock().now());
        let (state, flow_id) = (&self.state, &self.flow_id);
        add_right(state, self.browser.as_ref(), flow_id, &mut update.state).await.ok()?;
        #[cfg(feature = "login")]
        super::login::add_ticket(state, flow_id, &mut update.state).await.ok()?;
        Some(update)
    }
}
