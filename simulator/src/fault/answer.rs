//! Plays a fault on one call.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::stream;
use serde_json::{Map, Value};

use super::{Disconnect, Fault};
use crate::connection::Connection;

/// Answers one call as `fault` says. `real` runs only when the fault leaves the real answer in place.
pub(crate) async fn answer(
    fault: Fault,
    connection: Option<Connection>,
    real: impl Future<Output = Response>,
) -> Response {
    let mut answer = match Answer::in_place_of_real(&fault) {
        Some(answer) => answer,
        None => Answer::read(real.await).await,
    };
    answer.alter(&fault);
    if let Some(delay_ms) = fault.delay_ms {
        tokio::time::sleep(Duration::from_millis(delay_ms)).await;
    }
    answer.deliver(&fault, connection)
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    fn in_place_of_real(fault: &Fault) -> Option<Self> {
        if let Some(url) = &fault.redirect {
            let mut answer = Self::text(StatusCode::FOUND, String::new());
            answer.headers.extend(HeaderValue::from_str(url).map(|url| (header::LOCATION, url)));
            return Some(answer);
        }
        let given = fault.http.and_then(|status| StatusCode::from_u16(status).ok());
        if let Some(preset) = fault.preset {
            let (status, text) = preset.content();
            return Some(Self::text(given.unwrap_or(status), text.to_owned()));
        }
        if let Some(body) = &fault.body {
            return Some(Self::text(given.unwrap_or(StatusCode::OK), body.clone()));
        }
        let status = given?;
        let is_json = fault.set.is_some();
        Some(Self::text(status, if is_json { "{}".to_owned() } else { gateway_page(status) }))
    }

    async fn read(response: Response) -> Self {
        let (head, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
        Self { status: head.status, headers: head.headers, body }
    }

    fn text(status: StatusCode, text: String) -> Self {
        let content_type =
            if text.starts_with(['{', '[']) { "application/json" } else { "text/html; charset=utf-8" };
        let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(content_type))].into_iter().collect();
        Self { status, headers, body: text.into() }
    }

    fn alter(&mut self, fault: &Fault) {
        let changes_members = fault.set.is_some() || fault.remove.is_some();
        if changes_members && let Ok(mut members) = serde_json::from_slice::<Map<String, Value>>(&self.body) {
            members.extend(fault.set.clone().unwrap_or_default());
            members.retain(|name, _| !fault.remove.iter().flatten().any(|removed| removed == name));
            self.body = Value::Object(members).to_string().into();
        }
        if let Some(length) = fault.oversized_bytes {
            self.pad(length);
        }
        if let Some(seconds) = fault.retry_after {
            self.headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if let Some(Ok(content_type)) = fault.content_type.as_deref().map(HeaderValue::from_str) {
            self.headers.insert(header::CONTENT_TYPE, content_type);
        }
    }

    /// Appends white space, which leaves JSON what it was.
    fn pad(&mut self, length: usize) {
        let mut longer = Vec::with_capacity(self.body.len() + length);
        longer.extend_from_slice(&self.body);
        longer.resize(self.body.len() + length, b' ');
        self.body = longer.into();
    }

    fn deliver(mut self, fault: &Fault, connection: Option<Connection>) -> Response {
        self.headers.insert(header::CONTENT_LENGTH, self.body.len().into());
        match (fault.disconnect, connection) {
            (Some(Disconnect::BeforeAnswer), Some(connection)) => {
                connection.close();
                StatusCode::OK.into_response()
            }
            (Some(Disconnect::Reset), Some(connection)) => {
                connection.reset();
                StatusCode::OK.into_response()
            }
            (Some(Disconnect::MidBody), Some(connection)) => {
                self.in_halves(fault.body_delay_ms, Some(connection))
            }
            (Some(_), None) | (None, _) if fault.body_delay_ms.is_some() => {
                self.in_halves(fault.body_delay_ms, None)
            }
            (Some(_), None) | (None, _) => (self.status, self.headers, self.body).into_response(),
        }
    }

    /// Sends half of the body, waits, and sends the rest, unless `cut` takes the connection away in between.
    fn in_halves(self, delay_ms: Option<u64>, cut: Option<Connection>) -> Response {
        let mut first = self.body;
        let second = first.split_off(first.len() / 2);
        let pause = Duration::from_millis(delay_ms.unwrap_or(1));
        let rest = async move {
            // Being pending for a moment is what makes hyper send the first half.
            tokio::time::sleep(pause).await;
            if let Some(connection) = cut {
                connection.close();
            }
            Ok(second)
        };
        let halves = stream::StreamExt::chain(stream::iter([Ok::<_, Infallible>(first)]), stream::once(rest));
        (self.status, self.headers, Body::from_stream(halves)).into_response()
    }
}

fn gateway_page(status: StatusCode) -> String {
    format!(
        "<html><head><title>{status}</title></head><body><center><h1>{status}</h1></center></body></html>"
    )
}
