//! Traces to a collector of OpenTelemetry, over OTLP/HTTP with protobuf.

use std::time::Duration;

use async_trait::async_trait;
use axum::http::HeaderMap;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{Bytes, HeaderExtractor, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{ExporterBuildError, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tracing::level_filters::LevelFilter;
use tracing::{Level, Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::registry::LookupSpan;
use url::Url;

use crate::http::{self, Proxy};

/// The longest that what is left may take to be sent at the end.
const LAST_FLUSH: Duration = Duration::from_secs(5);

/// What sends traces. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
}

/// Traces cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum TracesError {
    /// The HTTP client cannot be made.
    #[error("the HTTP client cannot be made")]
    Http(#[source] reqwest::Error),
    /// The exporter cannot be made.
    #[error("the exporter cannot be made")]
    Exporter(#[source] ExporterBuildError),
}

impl Traces {
    /// Begins to send to the collector at `endpoint`, which is without `/v1/traces`. Nothing is lost if it is away but traces.
    ///
    /// # Errors
    ///
    /// [`TracesError`].
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    pub fn to(endpoint: &Url, service_name: &str) -> Result<Self, TracesError> {
        let http = http::client(Proxy::FromEnvironment).map_err(TracesError::Http)?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Client { http, runtime: Handle::current() })
            .with_endpoint(format!("{}/v1/traces", endpoint.as_str().trim_end_matches('/')))
            .build()
            .map_err(TracesError::Exporter)?;
        let resource = Resource::builder().with_service_name(service_name.to_owned()).build();
        let provider =
            SdkTracerProvider::builder().with_resource(resource).with_batch_exporter(exporter).build();
        Ok(Self { provider })
    }

    /// Returns what takes spans from `tracing`: those of this library only, and of events what is at least `INFO`.
    pub fn layer<S>(&self) -> impl Layer<S> + Send + Sync + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a> + Send + Sync,
    {
        let is_wanted = |metadata: &tracing::Metadata<'_>| {
            let level = metadata.level();
            metadata.target().starts_with("dingtalk_qr_backend")
                && if metadata.is_span() { *level == Level::DEBUG } else { *level <= Level::INFO }
        };
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("dingtalk-qr"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(filter_fn(is_wanted).with_max_level_hint(LevelFilter::DEBUG))
    }

    /// Sends what is left, for five seconds at most.
    pub async fn close(self) {
        let shutdown = tokio::task::spawn_blocking(move || self.provider.shutdown_with_timeout(LAST_FLUSH));
        if !matches!(shutdown.await, Ok(Ok(()))) {
            tracing::warn!("the last traces could not be sent");
        }
    }
}

/// Makes a span part of the trace that the headers name, if they do (W3C Trace Context).
pub(super) fn adopt(span: &Span, headers: &HeaderMap) {
    if headers.contains_key("traceparent") {
        let parent = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
        // Without traces there is nothing to be a part of.
        span.set_parent(parent).ok();
    }
}

/// The client of every other call. The exporter has a thread without a runtime.
#[derive(Debug)]
struct Client {
    http: reqwest::Client,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let request = reqwest::Request::try_from(request)?;
        let http = self.http.clone();
        let sent = self.runtime.spawn(async move {
            let answer = http.execute(request).await.map_err(reqwest::Error::without_url)?;
            // What the collector says is of no use here.
            Ok::<_, reqwest::Error>(Response::builder().status(answer.status()).body(Bytes::new()))
        });
        Ok(sent.await???)
    }
}
