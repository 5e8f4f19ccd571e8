//! Who may begin a registration.

use dingtalk_qr_tests::{Answer, TestApp, TestOptions};
use serde_json::json;

const REGISTRATIONS: &str = "/api/v1/registrations";

#[tokio::test]
async fn a_stranger_may_begin_enter_and_list_nothing() {
    let app = TestApp::with(TestOptions::default().guarded()).await;

    let begin = app.call("POST", REGISTRATIONS).json(&json!({})).send().await;
    assert_eq!(begin.problem(), "401 operator_required");
    assert_eq!(begin.header("www-authenticate"), "Bearer");
    let add = app
        .call("POST", "/api/v1/apps")
        .json(&json!({ "client_id": "d", "client_secret": "s" }))
        .send()
        .await;
    assert_eq!(add.problem(), "401 operator_required");
    assert_eq!(app.call("GET", "/api/v1/apps").send().await.problem(), "401 operator_required");
    assert_eq!(app.call("POST", "/api/v1/apps/x/claim").send().await.problem(), "401 operator_required");
    assert_eq!(app.dingtalk.calls().len(), 0);
}

#[tokio::test]
async fn an_api_key_may_until_it_is_revoked() {
    let app = TestApp::with(TestOptions::default().guarded()).await;
    let key = app.state.access().create_api_key("ci").await.unwrap().unwrap();
    let begin = |key: String| app.call("POST", REGISTRATIONS).bearer(&key).json(&json!({})).send();

    assert_eq!(begin(key.to_string()).await.status, 201);
    assert_eq!(begin(format!("{}x", key.as_str())).await.problem(), "401 operator_required");
    assert_eq!(begin("dqk_".to_owned()).await.problem(), "401 operator_required");

    assert!(app.state.access().revoke_api_key("ci").await.unwrap());
    assert_eq!(begin(key.to_string()).await.problem(), "401 operator_required");
}

#[tokio::test]
async fn the_setup_link_works_once_and_its_session_for_twelve_hours() {
    let app = TestApp::with(TestOptions::default().guarded()).await;
    let code = app.state.access().issue_setup_code();
    let exchange = || {
        let body = json!({ "setup_code": code.as_str() });
        app.call("POST", "/api/v1/operator-session")
            .header("origin", "https://bots.example")
            .json(&body)
            .send()
    };

    let first = exchange().await;
    assert_eq!(first.status, 204);
    let set_cookie = first.header("set-cookie").to_owned();
    let (cookie, attributes) = set_cookie.split_once(';').unwrap();
    assert!(cookie.starts_with("__Host-dingtalk-qr-operator="), "{cookie}");
    for attribute in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/", "Max-Age=43200"] {
        assert!(attributes.contains(attribute), "{attributes}");
    }
    assert_eq!(exchange().await.problem(), "403 setup_code_invalid");

    assert_eq!(begin_as(&app, cookie, "https://bots.example").await.status, 201);
    app.clock.advance(std::time::Duration::from_hours(12));
    assert_eq!(begin_as(&app, cookie, "https://bots.example").await.problem(), "401 operator_required");
}

#[tokio::test]
async fn the_session_of_an_operator_is_of_no_use_to_other_pages() {
    let app =
        TestApp::with(TestOptions::default().guarded().var("ALLOWED_ORIGINS", "https://www.bots.example"))
            .await;
    let cookie = operator(&app).await;

    for origin in
        ["https://evil.example", "https://bots.example.evil.example", "http://bots.example", "null", "x"]
    {
        assert_eq!(begin_as(&app, &cookie, origin).await.problem(), "403 forbidden_origin", "{origin}");
    }
    assert_eq!(begin_as(&app, &cookie, "https://www.bots.example").await.status, 201);
    assert_eq!(begin_as(&app, "__Host-dingtalk-qr-operator=guess", "https://bots.example").await.status, 401);
}

#[tokio::test]
async fn a_foreign_page_cannot_even_use_up_the_setup_link() {
    let app = TestApp::with(TestOptions::default().guarded()).await;
    let code = app.state.access().issue_setup_code();
    let body = json!({ "setup_code": code.as_str() });
    let exchange = |origin: &'static str| {
        app.call("POST", "/api/v1/operator-session").header("origin", origin).json(&body).send()
    };

    assert_eq!(exchange("https://evil.example").await.problem(), "403 forbidden_origin");
    assert_eq!(exchange("https://bots.example").await.status, 204);
}

#[tokio::test]
async fn a_simulator_on_loopback_opens_the_door_to_this_machine_and_no_further() {
    let app = TestApp::start().await;
    let begin = |origin: &'static str| {
        app.call("POST", REGISTRATIONS).header("origin", origin).json(&json!({})).send()
    };

    for origin in
        ["http://127.0.0.1:3000", "http://localhost:3000", "http://localhost:8080", "http://[::1]:3000"]
    {
        assert_eq!(begin(origin).await.status, 201, "{origin}");
    }
    for origin in ["https://evil.example", "http://127.0.0.1.evil.example", "null"] {
        assert_eq!(begin(origin).await.problem(), "403 forbidden_origin", "{origin}");
    }
}

#[tokio::test]
async fn pages_of_other_origins_are_let_in_by_name_only() {
    let app = TestApp::with(TestOptions::default().var("ALLOWED_ORIGINS", "https://shop.example")).await;
    let preflight = |origin: &'static str| {
        let call = app.call("OPTIONS", REGISTRATIONS).header("origin", origin);
        call.header("access-control-request-method", "POST").send()
    };

    let allowed = preflight("https://shop.example").await;
    assert_eq!(allowed.header("access-control-allow-origin"), "https://shop.example");
    assert_eq!(allowed.header("access-control-allow-credentials"), "");
    assert_eq!(preflight("https://evil.example").await.header("access-control-allow-origin"), "");
}

/// Opens an operator session and returns its cookie.
pub(crate) async fn operator(app: &TestApp) -> String {
    let code = app.state.access().issue_setup_code();
    let body = json!({ "setup_code": code.as_str() });
    let answer = app.call("POST", "/api/v1/operator-session").json(&body).send().await;
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

async fn begin_as(app: &TestApp, cookie: &str, origin: &str) -> Answer {
    app.call("POST", REGISTRATIONS)
        .header("cookie", cookie)
        .header("origin", origin)
        .json(&json!({}))
        .send()
        .await
}
