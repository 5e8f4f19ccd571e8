//! Every way in which a request to us can be wrong.

use dingtalk_qr_simulator::{EXISTING_APP_CLIENT_ID, EXISTING_APP_CLIENT_SECRET};
use dingtalk_qr_tests::{JSON, TestApp, TestOptions};
use serde_json::{Value, json};

const REGISTRATIONS: &str = "/api/v1/registrations";
const APPS: &str = "/api/v1/apps";

#[tokio::test]
async fn a_body_that_is_wrong_is_named() {
    let app = TestApp::start().await;
    for (path, body, expected) in [
        (REGISTRATIONS, "", "400 invalid_request"),
        (REGISTRATIONS, "{", "400 invalid_request"),
        (REGISTRATIONS, "{} {}", "400 invalid_request"),
        (REGISTRATIONS, "[]", "400 invalid_request"),
        (REGISTRATIONS, "null", "400 invalid_request"),
        (REGISTRATIONS, "\u{0}", "400 invalid_request"),
        (REGISTRATIONS, r#"{"app_name":7}"#, "400 invalid_request app_name"),
        (REGISTRATIONS, r#"{"app_name":""}"#, "400 invalid_request app_name"),
        (REGISTRATIONS, r#"{"app_name":"Big Bot"}"#, "400 invalid_request app_name"),
        (REGISTRATIONS, r#"{"app_name":"../../etc"}"#, "400 invalid_request app_name"),
        (REGISTRATIONS, r#"{"idempotency_key":"short"}"#, "400 invalid_request idempotency_key"),
        (REGISTRATIONS, r#"{"idempotency_key":"white space in it"}"#, "400 invalid_request idempotency_key"),
        (REGISTRATIONS, r#"{"surplus":1}"#, "400 invalid_request surplus"),
        (APPS, "{}", "400 invalid_request"),
        (APPS, r#"{"client_id":"ding1"}"#, "400 invalid_request"),
        (APPS, r#"{"client_id":"","client_secret":"s"}"#, "400 invalid_request client_id"),
        (APPS, r#"{"client_id":"di ng","client_secret":"s"}"#, "400 invalid_request client_id"),
        (APPS, r#"{"client_id":"ding1","client_secret":""}"#, "400 invalid_request client_secret"),
        (APPS, r#"{"client_id":"ding1","client_secret":"two\nlines"}"#, "400 invalid_request client_secret"),
        (APPS, r#"{"client_id":"ding1","client_secret":"s","name":"Ü"}"#, "400 invalid_request name"),
        ("/api/v1/operator-session", "{}", "400 invalid_request"),
        ("/api/v1/operator-session", r#"{"setup_code":"guess"}"#, "403 setup_code_invalid"),
    ] {
        let answer = app.call("POST", path).text(JSON, body).send().await;
        assert_eq!(answer.problem(), expected, "{path} {body}");
    }
}

#[tokio::test]
async fn a_body_of_another_kind_or_size_is_refused() {
    let app = TestApp::start().await;
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""] {
        let answer = app.call("POST", REGISTRATIONS).text(content_type, "{}").send().await;
        assert_eq!(answer.problem(), "415 unsupported_media_type", "{content_type}");
    }
    let none = app.call("POST", REGISTRATIONS).send().await;
    assert_eq!(none.problem(), "415 unsupported_media_type");
    let large = json!({ "app_name": "x".repeat(20_000) });
    assert_eq!(app.call("POST", REGISTRATIONS).json(&large).send().await.problem(), "413 payload_too_large");
    let charset = app.call("POST", REGISTRATIONS).text("application/json; charset=utf-8", "{}").send().await;
    assert_eq!(charset.status, 201);
}

#[tokio::test]
async fn a_wrong_id_or_token_is_one_and_the_same_404() {
    let app = TestApp::start().await;
    let (mine, other) = (app.begin().await, app.begin().await);
    let path = |id: &str| format!("/api/v1/flows/{id}");
    let unknown = "A".repeat(22);
    let mut answers = Vec::new();
    for (id, token) in [
        (mine.id.as_str(), other.token.as_str()),
        (mine.id.as_str(), ""),
        (mine.id.as_str(), "short"),
        (mine.id.as_str(), &mine.token[1..]),
        (unknown.as_str(), mine.token.as_str()),
        ("x", mine.token.as_str()),
        ("..%2f..%2fapps", mine.token.as_str()),
        (&"x".repeat(5000), mine.token.as_str()),
    ] {
        for method in ["GET", "DELETE"] {
            answers.push(app.call(method, &path(id)).bearer(token).send().await);
        }
        answers.push(app.call("GET", &format!("{}/qr.svg", path(id))).bearer(token).send().await);
    }
    answers.push(app.call("GET", &path(&mine.id)).send().await);
    answers.push(app.call("GET", &path(&mine.id)).header("authorization", "Basic eDp5").send().await);

    for answer in answers {
        let mut body = answer.json();
        assert_eq!(answer.problem(), "404 flow_not_found");
        body["request_id"] = Value::Null;
        assert_eq!(
            body,
            json!({ "type": "about:blank", "title": "Not Found", "status": 404, "code": "flow_not_found", "request_id": null })
        );
    }
    assert_eq!(app.status(&mine).await, "pending", "nothing of this cancelled it");
}

#[tokio::test]
async fn a_wrong_query_is_named() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    for (method, query, expected) in [
        ("GET", "wait=-1", "400 invalid_request wait"),
        ("GET", "wait=soon", "400 invalid_request wait"),
        ("GET", "surplus=1", "400 invalid_request wait"),
        ("DELETE", "leaving=perhaps", "400 invalid_request leaving"),
    ] {
        let path = format!("/api/v1/flows/{}?{query}", flow.id);
        let answer = app.call(method, &path).bearer(&flow.token).send().await;
        assert_eq!(answer.problem(), expected, "{method} {query}");
    }
}

#[tokio::test]
async fn a_wrong_method_path_or_header_is_a_problem_too() {
    let app = TestApp::start().await;
    for (method, path, expected) in [
        ("GET", REGISTRATIONS, "405 method_not_allowed"),
        ("PUT", APPS, "405 method_not_allowed"),
        ("PATCH", "/api/v1/flows/AAAAAAAAAAAAAAAAAAAAAA", "405 method_not_allowed"),
        ("GET", "/api/v1/nothing", "404 not_found"),
        ("GET", "/%ff", "404 not_found"),
        ("GET", "/../../etc/passwd", "404 not_found"),
        ("GET", "/..%2f..%2fetc%2fpasswd", "404 not_found"),
    ] {
        assert_eq!(app.call(method, path).send().await.problem(), expected, "{method} {path}");
    }
    let huge = app.call("GET", "/healthz").header("x-huge", &"x".repeat(20_000)).send().await;
    assert_eq!(huge.problem(), "431 request_header_too_large");
}

#[tokio::test]
async fn a_request_id_is_echoed_if_it_is_plain() {
    let app = TestApp::start().await;
    let echoed = app.call("GET", "/healthz").header("x-request-id", "trace-7.a_B").send().await;
    assert_eq!(echoed.header("x-request-id"), "trace-7.a_B");

    for odd in ["", "two words", "{\"level\":\"error\"}", &"x".repeat(65)] {
        let answer = app.call("GET", "/healthz").header("x-request-id", odd).send().await;
        assert_eq!(answer.header("x-request-id").len(), 22, "{odd}");
    }
}

#[tokio::test]
async fn every_answer_says_what_a_browser_must_not_do() {
    let app = TestApp::start().await;
    let flow = app.begin().await;

    for answer in [app.watch(&flow).await, app.call("GET", "/api/v1/nothing").send().await] {
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        assert_eq!(answer.header("cross-origin-opener-policy"), "same-origin");
        assert_eq!(answer.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'");
    }
}

#[tokio::test]
async fn no_answer_with_a_token_or_about_a_secret_may_be_kept() {
    let app = TestApp::start().await;
    let credentials =
        json!({ "client_id": EXISTING_APP_CLIENT_ID, "client_secret": EXISTING_APP_CLIENT_SECRET });
    let setup_code = json!({ "setup_code": app.state.access().issue_setup_code().as_str() });

    for (path, body, status) in [
        (REGISTRATIONS, json!({}), 201),
        (APPS, credentials, 201),
        ("/api/v1/operator-session", setup_code.clone(), 204),
        ("/api/v1/operator-session", setup_code, 403),
    ] {
        let answer = app.call("POST", path).json(&body).send().await;
        assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (status, "no-store"), "{path}");
    }
}

#[tokio::test]
async fn browsers_are_told_to_stay_with_https_where_it_is_spoken() {
    for (public_url, expected) in [("https://bots.example", "max-age=31536000"), ("http://bots.example", "")]
    {
        let app = TestApp::with(TestOptions::default().var("PUBLIC_URL", public_url)).await;

        for path in ["/healthz", "/", REGISTRATIONS] {
            let answer = app.call("GET", path).send().await;
            assert_eq!(answer.header("strict-transport-security"), expected, "{public_url} {path}");
        }
    }
}
