//! What the metrics say, value by value.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroU64;
use std::time::Duration;

use dingtalk_qr_backend::telemetry::{self, Kind, METRICS};
use dingtalk_qr_simulator::{Fault, FaultRule, Options, Simulator, people};
use dingtalk_qr_tests::{
    Browser, Flow, Messaging, Program, Scrape, TestApp, TestOptions, login_options, run, with_suite,
};
use metrics::LocalRecorderGuard;
use metrics_exporter_prometheus::{PrometheusHandle, PrometheusRecorder};
use serde_json::json;

const STARTED: &str = "dingtalk_qr_flows_started_total";
const CHANGES: &str = "dingtalk_qr_flow_changes_total";
const FAILURES: &str = "dingtalk_qr_flow_failures_total";
const CALLS: &str = "dingtalk_qr_upstream_request_duration_seconds_count";
const REQUESTS: &str = "dingtalk_qr_http_request_duration_seconds_count";

#[tokio::test]
async fn every_end_of_a_registration_is_counted_once() {
    let (recorder, handle) = recorder();
    let _recording = record(&recorder);
    let app = TestApp::with(TestOptions::default().var("QR_DISPLAY_SECONDS", "60")).await;

    let key = json!({ "idempotency_key": "0123456789abcdef" });
    let created = app.begin_with(&key).await;
    assert_eq!(app.begin_with(&key).await.id, created.id);
    let approved = app.begin().await;
    let denied = app.begin().await;
    let cancelled = app.begin().await;
    app.begin().await;
    app.approve(&created);
    app.approve_subject_to_administrator(&approved);
    app.dingtalk.deny(&denied.user_code, Some("hostile {reason=\"x\"}".to_owned())).unwrap();
    let path = format!("/api/v1/flows/{}", cancelled.id);
    app.call("DELETE", &path).bearer(&cancelled.token).send().await;
    app.pass_watched(&created, 20).await;
    app.dingtalk.admin_approve(&approved.user_code).unwrap();
    app.pass_watched(&approved, 60).await;
    assert_eq!(app.status(&approved).await, "created");

    let scrape = look(&app, &handle).await;
    assert_eq!(scrape.of(STARTED), series(&[("kind=registration,method=qr", 5.0)]));
    let by_status = [
        ("kind=registration,method=qr,status=approval_pending", 1.0),
        ("kind=registration,method=qr,status=cancelled", 1.0),
        ("kind=registration,method=qr,status=created", 2.0),
        ("kind=registration,method=qr,status=creating", 2.0),
        ("kind=registration,method=qr,status=denied", 1.0),
        ("kind=registration,method=qr,status=expired", 1.0),
    ];
    assert_eq!(scrape.of(CHANGES), series(&by_status));
    assert_eq!(scrape.of(FAILURES), series(&[]));
    assert_eq!(
        scrape.value(&format!("{CHANGES}{{kind=\"registration\",method=\"qr\",status=\"failed\"}}")),
        Some(0.0)
    );
}

#[tokio::test]
async fn logins_are_counted_by_their_door() {
    let (recorder, handle) = recorder();
    let _recording = record(&recorder);
    let app = TestApp::with(login_options()).await;

    Browser::new(&app).sign_in(people::ZHANG_WEI).await;
    let (_, _) = Browser::new(&app).sign_in_by_phone(people::ZHANG_WEI).await;
    let browser = Browser::new(&app);
    let flow = browser.begin_login(&json!({ "method": "workspace" })).await;
    browser.login_call(&flow, "workspace", &json!({ "code": "nonsense" })).await;

    let scrape = look(&app, &handle).await;
    let by_door = [
        ("kind=login,method=qr", 1.0),
        ("kind=login,method=redirect", 1.0),
        ("kind=login,method=workspace", 1.0),
    ];
    assert_eq!(scrape.of(STARTED), series(&by_door));
    let by_status = [
        ("kind=login,method=qr,status=authenticated", 1.0),
        ("kind=login,method=qr,status=scanned", 1.0),
        ("kind=login,method=redirect,status=authenticated", 1.0),
        ("kind=login,method=workspace,status=failed", 1.0),
    ];
    assert_eq!(scrape.of(CHANGES), series(&by_status));
    assert_eq!(
        scrape.of(FAILURES),
        series(&[("code=workspace_code_invalid,kind=login,method=workspace", 1.0)])
    );
}

#[tokio::test]
async fn calls_to_dingtalk_are_counted_by_operation_and_outcome() {
    let (recorder, handle) = recorder();
    let _recording = record(&recorder);
    let app = TestApp::start().await;
    let flow = app.begin().await;

    for fault in [
        Fault { http: Some(502), ..Fault::default() },
        Fault { http: Some(429), ..Fault::default() },
        Fault { set: json!({ "status": "NOVEL" }).as_object().cloned(), ..Fault::default() },
    ] {
        let rule = FaultRule { path: "/app/registration/poll".to_owned(), times: NonZeroU64::new(1), fault };
        app.dingtalk.add_fault(rule).unwrap();
    }
    app.pass_watched(&flow, 60).await;
    app.approve(&flow);
    app.pass_watched(&flow, 30).await;

    let scrape = look(&app, &handle).await;
    assert_eq!(app.status(&flow).await, "created");
    let polls = app.asked("/app/registration/poll");
    let outcomes = [
        ("operation=app_token,outcome=ok".to_owned(), 1.0),
        ("operation=begin,outcome=ok".to_owned(), 1.0),
        ("operation=init,outcome=ok".to_owned(), 1.0),
        ("operation=poll,outcome=busy".to_owned(), 1.0),
        ("operation=poll,outcome=ok".to_owned(), f64::from(u32::try_from(polls - 2).unwrap())),
        ("operation=poll,outcome=server_error".to_owned(), 1.0),
    ];
    assert_eq!(scrape.of(CALLS), BTreeMap::from(outcomes));
    assert_eq!(scrape.value("dingtalk_qr_upstream_unknown_statuses_total"), Some(1.0));
}

#[tokio::test]
async fn live_flows_watched_flows_and_waiting_requests_are_told_apart() {
    let (recorder, handle) = recorder();
    let _recording = record(&recorder);
    let app = TestApp::start().await;
    let (watched, cancelled) = (app.begin().await, app.begin().await);
    app.begin().await;
    let path = format!("/api/v1/flows/{}", cancelled.id);
    app.call("DELETE", &path).bearer(&cancelled.token).send().await;
    let tag = app.watch(&watched).await.header("etag").to_owned();
    let wait = || {
        let path = format!("/api/v1/flows/{}?wait=25", watched.id);
        tokio::spawn(app.call("GET", &path).bearer(&watched.token).header("if-none-match", &tag).send())
    };

    let waiting = [wait(), wait()];
    app.settle().await;

    let gauges = |scrape: &Scrape| {
        ["flows_live", "flows_watched", "flow_waiters"].map(|name| {
            scrape.value(&format!("dingtalk_qr_{name}{{kind=\"registration\"}}")).unwrap().to_string()
        })
    };
    assert_eq!(gauges(&look(&app, &handle).await), ["2", "1", "2"]);
    app.state.engine().close();
    for wait in waiting {
        assert_eq!(wait.await.unwrap().status, 304);
    }
    assert_eq!(gauges(&look(&app, &handle).await), ["2", "0", "0"]);
}

#[tokio::test]
async fn the_outbox_shows_what_is_late_and_how_late() {
    let (recorder, handle) = recorder();
    let _recording = record(&recorder);
    let app = TestApp::start().await;
    std::fs::create_dir(app.path(".env")).unwrap();
    let body = json!({ "client_id": "ding-typed", "client_secret": "typed-typed-typed" });
    app.call("POST", "/api/v1/apps").json(&body).send().await;
    app.pass(100).await;

    let age = "dingtalk_qr_oldest_pending_delivery_age_seconds{sink=\"env_file\"}";
    let late = look(&app, &handle).await;
    assert_eq!(late.of("dingtalk_qr_deliveries"), series(&[("sink=env_file,state=pending", 1.0)]));
    assert_eq!(late.value(age), Some(100.0));
    let failed = late.of("dingtalk_qr_delivery_attempts_total");
    assert!(failed["result=failed,sink=env_file"] > 3.0 && failed.len() == 1, "{failed:?}");

    std::fs::remove_dir(app.path(".env")).unwrap();
    app.pass(300).await;
    let done = look(&app, &handle).await;
    assert_eq!(done.of("dingtalk_qr_deliveries"), series(&[("sink=env_file,state=delivered", 1.0)]));
    assert_eq!(done.value(age), Some(0.0));
    assert_eq!(
        done.of("dingtalk_qr_delivery_attempts_total")["result=delivered,sink=env_file"].to_string(),
        "1"
    );
}

#[tokio::test]
async fn requests_are_counted_by_route_and_not_by_address() {
    let (recorder, handle) = recorder();
    let _recording = record(&recorder);
    let app = TestApp::start().await;
    let flow = app.begin().await;

    app.watch(&flow).await;
    app.watch(&flow).await;
    app.call("GET", &format!("/api/v1/flows/{}", flow.id)).send().await;
    app.call("GET", "/healthz").send().await;

    let served = [
        ("method=GET,route=/api/v1/flows/{flow_id},status=2xx", 2.0),
        ("method=GET,route=/api/v1/flows/{flow_id},status=4xx", 1.0),
        ("method=GET,route=/healthz,status=2xx", 1.0),
        ("method=POST,route=/api/v1/registrations,status=2xx", 1.0),
    ];
    assert_eq!(look(&app, &handle).await.of(REQUESTS), series(&served));
}

#[tokio::test]
async fn nothing_that_strangers_send_makes_a_new_series() {
    const CANARY: &str = "canary";
    let (recorder, handle) = recorder();
    let _recording = record(&recorder);
    let app = TestApp::with(TestOptions::default().var("MAX_LIVE_FLOWS_PER_PEER", "1000")).await;
    let visit = async |round: usize| {
        let word = format!("{CANARY}{round}");
        let name = json!({ "app_name": word, "idempotency_key": format!("{CANARY}-0123456789-{round}") });
        let flow = app.begin_with(&name).await;
        app.dingtalk.deny(&flow.user_code, Some(format!("{word}\"}} 1\n{word} 2"))).unwrap();
        for path in [
            format!("/a/b/{word}"),
            format!("/api/v1/{word}"),
            format!("/embed/{word}.js"),
            format!("/d/{word}"),
            format!("/api/v1/flows/{word}?wait={word}"),
            format!("/auth/dingtalk/callback?code={word}&state={word}"),
        ] {
            app.call("GET", &path).header("x-request-id", &word).header("user-agent", &word).send().await;
        }
        app.call(&word.to_uppercase(), "/healthz").header("host", &word).send().await;
        app.call(&word.to_uppercase(), &format!("/{word}")).send().await;
        let typed = json!({ "name": word, "client_id": format!("ding{word}"), "client_secret": word });
        app.call("POST", "/api/v1/apps").json(&typed).send().await;
        app.pass(10).await;
        let page = page(&app, &handle).await;
        (page.lines().filter(|line| !line.starts_with('#')).count(), page)
    };

    let (first, _) = visit(0).await;
    for round in 1..8 {
        visit(round).await;
    }
    let (last, page) = visit(8).await;

    assert_eq!(first, last, "{page}");
    assert!(!page.to_lowercase().contains(CANARY), "{page}");
    let scrape = Scrape::read(&page);
    assert!(
        scrape.value(&format!("{REQUESTS}{{route=\"unmatched\",method=\"other\",status=\"4xx\"}}")).is_some()
    );
    assert!(scrape.label_values().iter().all(|value| !value.contains("127.0.0.1")), "{page}");
}

#[tokio::test]
async fn messages_are_counted_by_channel_and_outcome() {
    let (recorder, handle) = recorder();
    let _recording = record(&recorder);
    let sender = Messaging::start().await;
    let rule = FaultRule {
        path: "/v1.0/robot/oToMessages/batchSend".to_owned(),
        times: NonZeroU64::new(1),
        fault: Fault { http: Some(500), ..Fault::default() },
    };
    sender.dingtalk.add_fault(rule).unwrap();

    sender.say(&[people::LI_NA, people::ZHANG_WEI], "lost").await;
    sender.pass(1).await;
    sender.notify(&["nobody"], "x").await;
    sender.pass(5).await;
    sender.notify(&[people::LI_NA], "y").await;
    sender.pass(5).await;

    let scrape = look(&sender, &handle).await;
    assert_eq!(
        scrape.of("dingtalk_qr_message_part_attempts_total"),
        series(&[("channel=robot,result=unknown", 1.0), ("channel=work_notice,result=sent", 2.0)])
    );
    assert_eq!(
        scrape.of("dingtalk_qr_message_outcomes_total"),
        series(&[("channel=robot,outcome=unknown", 2.0), ("channel=work_notice,outcome=invalid", 1.0)])
    );
    let parts = scrape.of("dingtalk_qr_message_parts");
    let parts: Vec<_> = parts.into_iter().filter(|(_, count)| *count > 0.0).collect();
    let expected = [("state=sent", 1.0), ("state=settled", 1.0), ("state=unknown", 1.0)];
    assert_eq!(parts, expected.map(|(state, count)| (state.to_owned(), count)));
}

#[tokio::test]
async fn the_page_has_every_metric_of_the_table_with_its_type_labels_and_help() {
    let (recorder, handle) = recorder();
    let _recording = record(&recorder);
    let app = Messaging::of(TestApp::with(with_suite(login_options())).await).await;
    app.say(&["nobody"], "x").await;
    let listening = app.listen().await;
    app.register_suite(&listening).await;
    let browser = Browser::new(&app);
    let flow = browser.begin_login(&json!({ "method": "workspace" })).await;
    browser.login_call(&flow, "workspace", &json!({ "code": "nonsense" })).await;
    let body = json!({ "client_id": "ding-typed", "client_secret": "typed-typed-typed" });
    let key = app.api_key("ci").await;
    app.call("POST", "/api/v1/apps").bearer(&key).json(&body).send().await;
    let begun = app.call("POST", "/api/v1/registrations").bearer(&key).json(&json!({})).send().await;
    app.approve(&Flow::from(begun.json()));
    app.pass(15).await;

    let scrape = look(&app, &handle).await;

    let known = METRICS.map(|metric| (metric.name.to_owned(), labels(metric.labels)));
    let told = scrape.labels().into_iter().map(|(name, labels)| {
        assert_eq!(labels.len(), 1, "{name} always has the same labels");
        (name, labels.into_iter().next().unwrap())
    });
    assert_eq!(told.collect::<BTreeMap<_, _>>(), BTreeMap::from(known));
    for metric in METRICS {
        assert_eq!(scrape.kinds[metric.name], word(metric.kind));
        assert_eq!(scrape.helps[metric.name], metric.help);
    }
    assert_eq!(scrape.value("dingtalk_qr_credentials_keep_duration_seconds_count"), Some(1.0));
    assert_eq!(scrape.value("process_start_time_seconds"), Some(1_790_000_000.0));
    assert_eq!(scrape.of("dingtalk_qr_build_info"), series(&[("version=0.1.0", 1.0)]));
}

#[tokio::test]
async fn the_program_serves_metrics_where_it_is_told_and_nowhere_else() {
    let dingtalk = Simulator::start(Options::default()).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let vars = [("LISTEN_ADDR", "127.0.0.1:0"), ("DINGTALK_SIMULATOR_URL", dingtalk.url())];
    let http = crate::http_client();

    let quiet = Program::start(folder.path(), &vars);
    assert_eq!(http.get(format!("{}/metrics", quiet.url)).send().await.unwrap().status(), 404);
    assert!(!quiet.log().contains("metrics are served"));
    quiet.kill();
    let program = Program::start(folder.path(), &[&vars[..], &[("METRICS_ADDR", "127.0.0.1:0")]].concat());
    let log = program.log();
    let (_, address) = log.split_once("\"metrics.address\":\"").unwrap();
    let address = format!("http://{}", address.split('"').next().unwrap());

    assert_ne!(address, program.url);
    assert_eq!(http.get(format!("{}/metrics", program.url)).send().await.unwrap().status(), 404);
    assert_eq!(http.get(format!("{address}/healthz")).send().await.unwrap().status(), 404);
    http.post(format!("{}/api/v1/registrations", program.url)).json(&json!({})).send().await.unwrap();
    let answer = http.get(format!("{address}/metrics")).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    let scrape = Scrape::read(&answer.text().await.unwrap());
    assert_eq!(scrape.of(STARTED), series(&[("kind=registration,method=qr", 1.0)]));
    assert_eq!(scrape.value("dingtalk_qr_ready"), Some(1.0));
}

#[test]
fn metrics_cannot_be_served_where_the_api_is() {
    let folder = tempfile::tempdir().unwrap();
    let vars = [("LISTEN_ADDR", "127.0.0.1:3999"), ("METRICS_ADDR", "0.0.0.0:3999")];

    let output = run(folder.path(), &vars, &["serve"]);

    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("METRICS_ADDR is not an address other than LISTEN_ADDR"), "{said}");
}

fn recorder() -> (PrometheusRecorder, PrometheusHandle) {
    let recorder = telemetry::prometheus::recorder();
    let handle = recorder.handle();
    (recorder, handle)
}

/// Records what happens on this thread, where all of a test happens.
fn record(recorder: &PrometheusRecorder) -> LocalRecorderGuard<'_> {
    let guard = metrics::set_default_local_recorder(recorder);
    telemetry::describe();
    guard
}

async fn page(app: &TestApp, handle: &PrometheusHandle) -> String {
    tokio::time::timeout(Duration::from_secs(20), app.state.measure()).await.unwrap();
    handle.render()
}

async fn look(app: &TestApp, handle: &PrometheusHandle) -> Scrape {
    Scrape::read(&page(app, handle).await)
}

fn series(expected: &[(&str, f64)]) -> BTreeMap<String, f64> {
    expected.iter().map(|(labels, value)| ((*labels).to_owned(), *value)).collect()
}

fn labels(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Counter => "counter",
        Kind::Gauge => "gauge",
        Kind::Histogram => "histogram",
    }
}
