//! What a collector of OpenTelemetry is sent.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use dingtalk_qr_simulator::{Approval, Options, Settings, Simulator, Status};
use dingtalk_qr_tests::{Flow, Program};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use prost::Message as _;
use serde_json::json;
use tempfile::TempDir;

const CANARY: &str = "canary-canary-canary";
const TRACE: u128 = 0x4bf9_2f35_77b3_4da6_a3ce_929d_0e0e_4736;

#[tokio::test]
async fn a_registration_is_traced_from_the_request_to_dingtalk_and_nothing_secret_is_in_it() {
    let world = World::start(&[]).await;

    let flow = world.register().await;
    let spans = world.collector.until("app_token").await;

    let begun = named(&spans, "POST /api/v1/registrations");
    assert_eq!(begun.kind, SpanKind::Server as i32);
    assert_eq!(attribute(begun, "http.route"), "/api/v1/registrations");
    assert_eq!(attribute(begun, "http.response.status_code"), "201");
    for operation in ["init", "begin"] {
        let call = call(&spans, operation);
        assert_eq!((&call.parent_span_id, &call.trace_id), (&begun.span_id, &begun.trace_id), "{operation}");
        assert_eq!(
            (call.kind, attribute(call, "upstream.outcome")),
            (SpanKind::Client as i32, "ok".to_owned())
        );
    }
    let turn = call(&spans, "app_token");
    let turn = spans.iter().find(|span| span.span_id == turn.parent_span_id).unwrap();
    assert_eq!((turn.name.as_str(), attribute(turn, "flow.id")), ("flow turn", flow.id.clone()));
    assert!(spans.iter().any(|span| {
        span.parent_span_id == turn.span_id && attribute(span, "upstream.operation") == "poll"
    }));
    let names: BTreeSet<_> = spans.iter().map(|span| span.name.as_str()).collect();
    let known =
        ["GET /api/v1/flows/{flow_id}", "GET", "POST /api/v1/registrations", "flow turn", "upstream call"];
    assert_eq!(names, BTreeSet::from(known));

    let sent = world.collector.sent();
    assert!(sent.contains("operation") && sent.contains("my-name"), "{sent}");
    for secret in world.secrets(&flow) {
        assert!(!sent.contains(&secret), "a secret was sent");
    }
}

#[tokio::test]
async fn only_a_trusted_proxy_says_to_which_trace_a_request_belongs() {
    for (vars, is_adopted) in [(&[][..], false), (&[("TRUSTED_PROXIES", "127.0.0.1")], true)] {
        let world = World::start(vars).await;

        let call = world.http.get(format!("{}/healthz", world.program.url));
        call.header("traceparent", format!("00-{TRACE:032x}-00f067aa0ba902b7-01")).send().await.unwrap();

        let spans = world.collector.until("GET /healthz").await;
        let span = named(&spans, "GET /healthz");
        assert_eq!(span.trace_id == TRACE.to_be_bytes(), is_adopted, "{vars:?}");
        assert_eq!(span.parent_span_id.is_empty(), !is_adopted, "{vars:?}");
    }
}

#[tokio::test]
async fn a_collector_that_is_away_keeps_nobody_waiting() {
    let world = World::start(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")]).await;

    world.register().await;

    let log = world.program.log();
    assert!(log.contains("opentelemetry"), "{log}");
}

/// A program with its DingTalk and its collector.
struct World {
    collector: Collector,
    dingtalk: Simulator,
    http: reqwest::Client,
    program: Program,
    _folder: TempDir,
}

impl World {
    async fn start(more: &[(&str, &str)]) -> Self {
        let settings = Settings { interval: 2, ..Settings::default() };
        let dingtalk = Simulator::start(Options { settings, ..Options::default() }).await.unwrap();
        let (collector, folder) = (Collector::start().await, tempfile::tempdir().unwrap());
        let mut vars = vec![
            ("LISTEN_ADDR", "127.0.0.1:0"),
            ("DINGTALK_SIMULATOR_URL", dingtalk.url()),
            ("OTEL_SERVICE_NAME", "my-name"),
            ("OTEL_BSP_SCHEDULE_DELAY", "100"),
            // The log has no say in what is traced.
            ("RUST_LOG", "error"),
        ];
        if !more.iter().any(|(name, _)| *name == "OTEL_EXPORTER_OTLP_ENDPOINT") {
            vars.push(("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url));
        }
        vars.extend(more);
        let program = Program::start(folder.path(), &vars);
        Self { collector, http: crate::http_client(), program, dingtalk, _folder: folder }
    }

    /// Registers an app, and knocks at a wrong door with a secret in hand.
    async fn register(&self) -> Flow {
        let url = format!("{}/api/v1/registrations", self.program.url);
        let answer = self.http.post(url).json(&json!({})).send().await.unwrap();
        let flow = Flow::from(answer.json::<serde_json::Value>().await.unwrap());
        let approval = Approval { steps: Some(vec![Status::Success]), ..Approval::default() };
        self.dingtalk.approve(&flow.user_code, approval).unwrap();
        let url = format!("{}/a/{CANARY}?access_token={CANARY}", self.program.url);
        self.http.get(url).bearer_auth(CANARY).send().await.unwrap();
        let url = format!("{}/api/v1/flows/{}", self.program.url, flow.id);
        for _ in 0..100 {
            let answer = self.http.get(&url).bearer_auth(&flow.token).send().await.unwrap();
            if answer.json::<serde_json::Value>().await.unwrap()["status"] == "created" {
                return flow;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the flow does not end");
    }

    fn secrets(&self, flow: &Flow) -> Vec<String> {
        let mut secrets = vec![CANARY.to_owned(), flow.token.clone(), flow.user_code.clone()];
        secrets
            .extend(self.dingtalk.registrations().into_iter().map(|registration| registration.device_code));
        for call in self.dingtalk.calls() {
            let body: serde_json::Value = serde_json::from_str(&call.body).unwrap_or_default();
            let fields = ["nonce", "device_code", "appSecret"];
            secrets.extend(fields.into_iter().filter_map(|field| body[field].as_str().map(str::to_owned)));
        }
        assert!(secrets.len() > 6, "init, begin, a poll and a probe");
        secrets
    }
}

/// A collector that keeps what it is sent.
struct Collector {
    url: String,
    bodies: Arc<Mutex<Vec<Bytes>>>,
}

impl Collector {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let bodies = Arc::<Mutex<Vec<Bytes>>>::default();
        let kept = Arc::clone(&bodies);
        let take = async move |body: Bytes| kept.lock().unwrap().push(body);
        let router = Router::new().route("/v1/traces", post(take));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, bodies }
    }

    /// Returns the spans that have come when one has this name or operation.
    async fn until(&self, name: &str) -> Vec<Span> {
        for _ in 0..200 {
            let spans = self.spans();
            if spans.iter().any(|span| span.name == name || attribute(span, "upstream.operation") == name) {
                // What it is a part of ends later.
                tokio::time::sleep(Duration::from_millis(500)).await;
                return self.spans();
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{name} does not come: {:?}", self.spans());
    }

    fn spans(&self) -> Vec<Span> {
        let bodies = self.bodies.lock().unwrap();
        let requests = bodies.iter().map(|body| ExportTraceServiceRequest::decode(body.clone()).unwrap());
        let scopes =
            requests.flat_map(|request| request.resource_spans).flat_map(|resource| resource.scope_spans);
        scopes.flat_map(|scope| scope.spans).collect()
    }

    /// Returns all that was sent, as text.
    fn sent(&self) -> String {
        self.bodies.lock().unwrap().iter().map(|body| String::from_utf8_lossy(body).into_owned()).collect()
    }
}

#[track_caller]
fn named<'a>(spans: &'a [Span], name: &str) -> &'a Span {
    spans.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("{name} is missing: {spans:?}"))
}

#[track_caller]
fn call<'a>(spans: &'a [Span], operation: &str) -> &'a Span {
    let found = spans.iter().find(|span| attribute(span, "upstream.operation") == operation);
    found.unwrap_or_else(|| panic!("{operation} is missing: {spans:?}"))
}

/// Returns an attribute, empty if there is none.
fn attribute(span: &Span, key: &str) -> String {
    let found = span.attributes.iter().find(|attribute| attribute.key == key);
    match found {
        Some(KeyValue { value: Some(AnyValue { value: Some(Value::StringValue(text)) }), .. }) => {
            text.clone()
        }
        Some(KeyValue { value: Some(AnyValue { value: Some(Value::IntValue(number)) }), .. }) => {
            number.to_string()
        }
        _ => String::new(),
    }
}
