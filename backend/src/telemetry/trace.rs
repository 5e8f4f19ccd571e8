use axum::http::{HeaderMap, StatusCode};
use tracing::Span;
use tracing::field::Empty;

/// A request as a trace shows it: by its route, without its address.
#[derive(Debug)]
pub(crate) struct Traced(Span);

impl Traced {
    /// Begins, in the trace that the headers name if they do.
    #[cfg_attr(not(feature = "otel"), expect(unused_variables, reason = "traces are left out"))]
    pub(crate) fn new(headers: &HeaderMap, method: &'static str, route: &str, request_id: &str) -> Self {
        let span = tracing::debug_span!(
            "request served",
            otel.name = format!("{method} {route}").trim_end(),
            otel.kind = "server",
            otel.status_code = Empty,
            http.request.method = method,
            http.route = route,
            http.response.status_code = Empty,
            request.id = request_id,
        );
        #[cfg(feature = "otel")]
        super::traces::adopt(&span, headers);
        Self(span)
    }

    /// Returns the span, for what happens in it.
    pub(crate) fn span(&self) -> Span {
        self.0.clone()
    }

    /// Ends. A client's error is none of the server's (OpenTelemetry, "Semantic conventions for HTTP spans").
    pub(crate) fn answered(self, status: StatusCode) {
        self.0.record("http.response.status_code", status.as_u16());
        if status.is_server_error() {
            self.0.record("otel.status_code", "ERROR");
        }
    }
}
