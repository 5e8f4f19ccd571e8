//! The wire types, the description of the API and the routes say the same.

use std::collections::BTreeSet;
use std::path::Path;

use dingtalk_qr_backend::document;
use dingtalk_qr_shared::{
    AppDelivery, AppEntry, AppList, AppSaved, Authorization, DeliveryState, Door, ErrorCode, FlowId,
    FlowStarted, FlowState, FlowUpdate, Identity, LoginConfig, Problem, Qr, RevealedCredentials, Session,
    SignedIn, Sink,
};
use dingtalk_qr_tests::TestApp;
use serde_json::{Value, json};

#[test]
fn the_committed_description_is_the_generated_one() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("docs/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap();

    assert_eq!(
        serde_json::from_str::<Value>(&committed).unwrap(),
        serde_json::to_value(document()).unwrap(),
        "run `cargo run -p dingtalk-qr-backend -- openapi > docs/openapi.json`"
    );
}

#[test]
fn every_wire_type_fits_its_schema() {
    for state in states() {
        let update = FlowUpdate { state: state.clone(), expires_in: 1, reconnecting: true };
        check("FlowUpdate", &serde_json::to_value(&update).unwrap());
        check("FlowState", &serde_json::to_value(&state).unwrap());
        check("FlowStarted", &serde_json::to_value(started(state)).unwrap());
    }
    check("AppSaved", &serde_json::to_value(saved()).unwrap());
    check(
        "AppList",
        &serde_json::to_value(AppList { apps: vec![entry()], next_cursor: Some("c".into()) }).unwrap(),
    );
    let revealed = RevealedCredentials { client_id: "ding1".into(), client_secret: "s".into() };
    check("RevealedCredentials", &serde_json::to_value(&revealed).unwrap());
    assert_eq!(format!("{revealed:?}"), "RevealedCredentials { client_id: \"ding1\", .. }");
    check("AppDelivery", &serde_json::to_value(delivery()).unwrap());
    check("StartRegistration", &json!({}));
    check("StartRegistration", &json!({ "app_name": "bot", "idempotency_key": "0123456789abcdef" }));
    for door in doors() {
        let login =
            FlowStarted { qr: None, user_code: None, door: Some(door), ..started(FlowState::Pending) };
        check("FlowStarted", &serde_json::to_value(login).unwrap());
    }
    check("Session", &serde_json::to_value(Session { identity: identity(), expires_in: 1 }).unwrap());
    check("Authorization", &serde_json::to_value(Authorization { url: "https://x".into() }).unwrap());
    check("LoginConfig", &serde_json::to_value(LoginConfig { client_id: "ding1".into() }).unwrap());
    check("StartLogin", &json!({ "method": "redirect", "app": "a", "return_to": "https://x/" }));
    check("StartLogin", &json!({ "method": "workspace", "corp_id": "dingcorp" }));
    check("CodePresented", &json!({ "code": "c", "state": "s" }));
    check("TicketPresented", &json!({ "ticket": "t" }));
    check("ProofPresented", &json!({ "proof": "p" }));
    check("StartOperatorSession", &json!({ "setup_code": "x" }));
    check("AddApp", &json!({ "client_id": "ding1", "client_secret": "s", "name": "bot" }));
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let schema = serde_json::to_value(document()).unwrap();
    let items = schema["paths"].as_object().unwrap().values();
    let operations: Vec<_> = items.flat_map(|item| item.as_object().unwrap().values()).collect();
    let names: BTreeSet<_> =
        operations.iter().map(|operation| operation["operationId"].as_str().unwrap()).collect();
    assert_eq!(names.len(), operations.len(), "{names:?}");
    assert!(names.contains("getAppsByName"), "{names:?}");
}

#[test]
fn every_error_code_is_described() {
    let schema = serde_json::to_value(document()).unwrap();
    let described = schema["components"]["schemas"]["ErrorCode"]["enum"].as_array().unwrap().clone();
    for code in &described {
        let read: ErrorCode = serde_json::from_value(code.clone()).unwrap();
        assert_ne!(read, ErrorCode::Unknown, "{code} is described but not known");
        check("Problem", &serde_json::to_value(problem(read)).unwrap());
    }
    // `Unknown` is what the browser makes of a newer backend's code; no backend sends it.
    let known = include_str!("../../shared/src/error.rs").split("pub enum ErrorCode").nth(1).unwrap();
    let variants = known.lines().filter(|line| line.starts_with("    ") && line.ends_with(',')).count();
    assert_eq!(variants - 1, described.len());
}

#[test]
fn yesterdays_answers_can_be_read() {
    let update: FlowUpdate =
        serde_json::from_value(json!({ "status": "polishing", "expires_in": 3, "more": [1] })).unwrap();
    assert_eq!(update.state, FlowState::Unknown);
    let saved: AppSaved = serde_json::from_value(json!({
        "app": "a", "client_id": "c", "hint": "h", "saved_to": ["vault"], "verified": true, "findings": ["newer"]
    }))
    .unwrap();
    assert_eq!((saved.saved_to, saved.findings), (vec![Sink::Unknown], vec![ErrorCode::Unknown]));
}

#[tokio::test]
async fn every_described_route_exists_and_is_served_as_described() {
    let app = TestApp::start().await;
    let served = app.call("GET", "/api/v1/openapi.json").send().await.json();
    assert_eq!(served, serde_json::to_value(document()).unwrap());

    for (path, item) in served["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let path = path
                .replace("{flow_id}", &"A".repeat(22))
                .replace("{name}", "x")
                .replace("{user_id}", "x")
                .replace("{corp_id}", "x")
                .replace("{invitation_id}", "x");
            let answer = app.call(&method.to_uppercase(), &path).send().await;
            let status = answer.status.as_u16().to_string();
            let is_framework =
                matches!(status.as_str(), "405" | "500") || answer.body.contains("\"not_found\"");
            assert!(!is_framework, "{method} {path}: {answer:?}");
            let is_described = operation["responses"].get(&status).is_some() || status == "415";
            assert!(is_described, "{method} {path} answers {status}, which is not described");
        }
    }
}

/// Checks a value against a schema of the description, in which nothing may be surplus.
#[track_caller]
fn check(name: &str, value: &Value) {
    let document = serde_json::to_value(document()).unwrap();
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": format!("#/components/schemas/{name}"),
        "unevaluatedProperties": false,
        "components": document["components"],
    });
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<_> = validator.iter_errors(value).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{name}: {value}: {errors:?}");
}

fn states() -> Vec<FlowState> {
    vec![
        FlowState::Pending,
        FlowState::Scanned { number: 47 },
        FlowState::Creating,
        FlowState::Authenticated(signed_in()),
        FlowState::ApprovalPending { client_id: "ding1".into() },
        FlowState::Created(saved()),
        FlowState::Denied { reason: Some("no".into()) },
        FlowState::Denied { reason: None },
        FlowState::Expired,
        FlowState::Cancelled,
        FlowState::Failed { code: ErrorCode::AppCredentialMissing },
    ]
}

fn doors() -> Vec<Door> {
    let (url, text) = ("https://bots.example/embed/frame".to_owned(), "ding1".to_owned());
    let workspace = Door::Workspace { client_id: text.clone(), corp_id: text, script_url: url.clone() };
    vec![Door::Qr, Door::Redirect { url: url.clone() }, Door::Frame { url }, workspace]
}

fn signed_in() -> SignedIn {
    SignedIn { identity: identity(), ticket: Some("ticket".into()) }
}

fn identity() -> Identity {
    Identity {
        user_id: "u".into(),
        name: "Zhang Wei".into(),
        email: "zhangwei@example.com".into(),
        avatar_url: Some("https://static.example/a.png".into()),
        corp_id: Some("dingcorp".into()),
        admin: true,
    }
}

fn saved() -> AppSaved {
    AppSaved {
        app: "bot".into(),
        client_id: "ding1".into(),
        hint: "abcd••••••••".into(),
        saved_to: vec![Sink::Store, Sink::EnvFile],
        verified: false,
        findings: vec![ErrorCode::CredentialsRejected],
        revealable: false,
    }
}

fn delivery() -> AppDelivery {
    AppDelivery {
        sink: Sink::Webhook,
        state: DeliveryState::Dead,
        id: "msg_1".into(),
        attempts: 3,
        next_attempt_in: Some(1),
        last_error: Some("http_500".into()),
    }
}

fn entry() -> AppEntry {
    AppEntry {
        app: "bot".into(),
        client_id: "ding1".into(),
        hint: "abcd••••••••".into(),
        verified: true,
        claimed: false,
        configured: true,
        saved_to: vec![Sink::Store],
        findings: vec![ErrorCode::SinkFailed],
        title: Some("Bot".into()),
        corp_id: Some("dingcorp".into()),
        agent_id: Some(1_000_000_001),
        age: 1,
        deliveries: vec![delivery()],
    }
}

fn started(state: FlowState) -> FlowStarted {
    FlowStarted {
        flow_id: FlowId::try_from("A".repeat(22)).unwrap(),
        poll_token: "token".into(),
        qr: Some(Qr { text: "https://open-dev.dingtalk.com/".into(), size: 37, path: "M0 0h7v1h-7z".into() }),
        user_code: Some("MUEU-DEKR-5TN3".into()),
        door: None,
        expires_in: 600,
        interval: 2,
        brand: Some("OpenClaw".into()),
        simulated: true,
        state,
    }
}

fn problem(code: ErrorCode) -> Problem {
    Problem {
        kind: "about:blank".into(),
        title: "Bad Request".into(),
        status: 400,
        code,
        field: Some("name".into()),
        request_id: Some("id".into()),
    }
}
