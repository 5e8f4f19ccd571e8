use js_sys::Reflect;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, Headers, RequestCache, RequestInit};

/// One HTTP request.
#[derive(Clone, Default)]
pub(super) struct Request<'a> {
    method: &'static str,
    url: &'a str,
    body: Option<String>,
    /// Finishes after the page is gone.
    keepalive: bool,
    bearer: Option<&'a str>,
    etag: Option<&'a str>,
}

impl<'a> Request<'a> {
    pub(super) fn get(url: &'a str) -> Self {
        Self { method: "GET", url, ..Self::default() }
    }

    pub(super) fn post(url: &'a str, body: String) -> Self {
        Self { method: "POST", url, body: Some(body), ..Self::default() }
    }

    pub(super) fn delete(url: &'a str) -> Self {
        Self { method: "DELETE", url, keepalive: true, ..Self::default() }
    }

    pub(super) fn bearer(self, token: &'a str) -> Self {
        self.token(Some(token))
    }

    pub(super) fn token(self, token: Option<&'a str>) -> Self {
        Self { bearer: token, ..self }
    }

    pub(super) fn etag(self, etag: Option<&'a str>) -> Self {
        Self { etag, ..self }
    }

    /// gloo-net's builder has no `keepalive`, so it is given a request that is built already.
    fn build(&self, abort: &AbortSignal) -> Result<gloo_net::http::Request, JsValue> {
        let headers = Headers::new()?;
        headers.set("accept", "application/json, application/problem+json")?;
        if let Some(token) = self.bearer {
            headers.set("authorization", &format!("Bearer {token}"))?;
        }
        if let Some(etag) = self.etag {
            headers.set("if-none-match", etag)?;
        }
        let init = RequestInit::new();
        init.set_method(self.method);
        init.set_cache(RequestCache::NoStore);
        if let Some(body) = &self.body {
            headers.set("content-type", "application/json")?;
            init.set_body(&body.into());
        }
        init.set_headers(&headers);
        init.set_signal(Some(abort));
        // web-sys has no setter for this one.
        Reflect::set(&init, &"keepalive".into(), &self.keepalive.into())?;
        Ok(web_sys::Request::new_with_str_and_init(self.url, &init)?.into())
    }
}

/// What came back.
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) etag: Option<String>,
    /// The header `Retry-After`, if it is a number of seconds.
    pub(super) retry_after: Option<u32>,
    /// The body read as JSON, `null` if it is none.
    pub(super) body: JsValue,
}

/// Sends `request`.
///
/// # Cancellation
///
/// Dropping the future aborts the request.
pub(super) async fn fetch(request: Request<'_>) -> Result<Response, Unreachable> {
    let abort = AbortOnDrop(AbortController::new()?);
    let response = request.build(&abort.0.signal())?.send().await?;

    let (status, headers) = (response.status(), response.headers());
    let retry_after = headers.get("retry-after").and_then(|seconds| seconds.trim().parse().ok());
    let body = web_sys::Response::from(response).json()?;
    let body = JsFuture::from(body).await.unwrap_or(JsValue::NULL);
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
