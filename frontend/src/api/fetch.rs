use gloo_timers::callback::Timeout;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal};

use crate::poll::WAIT_SECONDS;
use crate::wire::{object, optional};

/// After the longest wait of the backend: time for the network, then the connection counts as dead. Without it
/// a laptop that slept would wait for ever on a socket that is gone.
const PATIENCE_MILLIS: u32 = (WAIT_SECONDS + 10) * 1000;

/// One HTTP request.
#[derive(Default)]
pub(super) struct Request {
    pub(super) method: &'static str,
    pub(super) url: String,
    pub(super) body: Option<String>,
    /// Finishes after the page is gone.
    pub(super) keepalive: bool,
    pub(super) bearer: Option<String>,
    pub(super) etag: Option<String>,
}

impl Request {
    /// gloo-net's builder has no `keepalive`, so it is given a request that is built already.
    fn build(&self, abort: &AbortSignal) -> Result<gloo_net::http::Request, JsValue> {
        let mut headers = vec![("accept", "application/json, application/problem+json".into())];
        if let Some(token) = &self.bearer {
            headers.push(("authorization", ["Bearer ", token].concat().into()));
        }
        if let Some(etag) = &self.etag {
            headers.push(("if-none-match", etag.into()));
        }
        if self.body.is_some() {
            headers.push(("content-type", "application/json".into()));
        }
        // One call sets any field; a setter for each would be an import for each.
        let init = object(&[
            ("method", self.method.into()),
            ("cache", "no-store".into()),
            ("keepalive", self.keepalive.into()),
            ("signal", abort.into()),
            ("body", optional(self.body.as_deref())),
            ("headers", object(&headers)),
        ]);
        Ok(web_sys::Request::new_with_str_and_init(&self.url, init.unchecked_ref())?.into())
    }
}

/// What came back.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) etag: Option<String>,
    /// The header `Retry-After`, if it is a number of seconds.
    pub(crate) retry_after: Option<u32>,
    /// The body read as JSON, `null` if it is none.
    pub(crate) body: JsValue,
}

/// Sends `request`.
///
/// # Cancellation
///
/// Dropping the future aborts the request.
pub(super) async fn fetch(request: Request) -> Result<Response, Unreachable> {
    let abort = AbortOnDrop(AbortController::new()?);
    let late = abort.0.clone();
    let patience = Timeout::new(PATIENCE_MILLIS, move || late.abort());
    let response = request.build(&abort.0.signal())?.send().await?;

    let (status, headers) = (response.status(), response.headers());
    let retry_after = headers.get("retry-after").and_then(|seconds| seconds.parse().ok());
    let body = web_sys::Response::from(response).json()?;
    let body = JsFuture::from(body).await.unwrap_or(JsValue::NULL);
    drop(patience);
    Ok(Response { status, etag: headers.get("etag"), retry_after, body })
}

/// No answer, for a reason that the browser does not tell.
pub(super) struct Unreachable;

impl From<JsValue> for Unreachable {
    fn from(_: JsValue) -> Self {
        Self
    }
}

impl From<gloo_net::Error> for Unreachable {
    fn from(_: gloo_net::Error) -> Self {
        Self
    }
}

struct AbortOnDrop(AbortController);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
