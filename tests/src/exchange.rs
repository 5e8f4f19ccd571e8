use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::JSON;

/// A request to the backend, without a socket.
#[derive(Debug)]
pub struct Call {
    router: Router,
    request: axum::http::request::Builder,
    body: Body,
}

impl Call {
    /// Begins a request to a router.
    pub fn new(router: Router, method: &str, path: &str) -> Self {
        let request = Request::builder().method(method).uri(path);
        Self { router, request, body: Body::empty() }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// Adds a bearer token.
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Adds a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.text(JSON, &body.to_string())
    }

    /// Adds a body of any kind.
    #[must_use]
    pub fn text(mut self, content_type: &str, body: &str) -> Self {
        self = self.header("content-type", content_type);
        self.body = Body::from(body.to_owned());
        self
    }

    /// Sends the request and reads the whole answer.
    ///
    /// # Panics
    ///
    /// If the request cannot be built or the answer breaks off.
    pub async fn send(self) -> Answer {
        let request = self.request.body(self.body).unwrap();
        let response = self.router.oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}

/// An answer of the backend.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: String,
}

impl Answer {
    /// Returns the body as JSON.
    ///
    /// # Panics
    ///
    /// If it is not JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// Returns a header, empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap_or_default())
    }

    /// Returns status and code of a problem, and checks the form of everything around them.
    ///
    /// # Panics
    ///
    /// If the answer is not a well-formed problem (RFC 9457).
    #[track_caller]
    pub fn problem(&self) -> String {
        let problem = self.json();
        assert_eq!(self.header(header::CONTENT_TYPE.as_str()), "application/problem+json", "{self:?}");
        assert_eq!(problem["type"], "about:blank", "{self:?}");
        assert_eq!(problem["status"], self.status.as_u16(), "{self:?}");
        assert_eq!(problem["request_id"], self.header("x-request-id"), "{self:?}");
        let field = problem["field"].as_str().map_or(String::new(), |field| format!(" {field}"));
        format!("{} {}{field}", self.status.as_u16(), problem["code"].as_str().unwrap())
    }

    /// Returns status and code of a page that says what went wrong, and checks the form of everything around them.
    ///
    /// # Panics
    ///
    /// If the answer is not such a page.
    #[track_caller]
    pub fn trouble(&self) -> String {
        assert_eq!(self.header(header::CONTENT_TYPE.as_str()), "text/html; charset=utf-8", "{self:?}");
        let (_, rest) = self.body.split_once("data-page=\"trouble\" data-code=\"").expect(&self.body);
        let id = self.header("x-request-id");
        assert!(!id.is_empty() && self.body.contains(&format!("<code>{id}</code>")), "{self:?}");
        format!("{} {}", self.status.as_u16(), rest.split('"').next().unwrap())
    }

    /// Returns status and name of a page of ours.
    ///
    /// # Panics
    ///
    /// If the answer is not such a page.
    #[track_caller]
    pub fn page(&self) -> String {
        let (_, rest) = self.body.split_once("data-page=\"").unwrap_or_else(|| panic!("no page: {self:?}"));
        format!("{} {}", self.status.as_u16(), rest.split('"').next().unwrap())
    }
}
