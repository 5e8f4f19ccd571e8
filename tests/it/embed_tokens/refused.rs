//! That an embed token gives no other right, and who gets none.

use dingtalk_qr_backend::document;
use dingtalk_qr_tests::{Answer, OWN, SHOP, TestApp};
use serde_json::{Value, json};

use super::{APPS, NOBODY, REGISTRATIONS, Shop, TOKENS};

#[tokio::test]
async fn a_token_opens_no_other_route() {
    let shop = Shop::open().await;
    let token = shop.token(&json!({ "origin": SHOP })).await;
    for (method, path, body) in [
        ("POST", TOKENS, json!({ "origin": SHOP })),
        ("GET", APPS, json!({})),
        ("POST", "/api/v1/apps/x/claim", json!({})),
        ("POST", "/api/v1/tickets/redeem", json!({ "ticket": "x" })),
        ("GET", "/api/v1/users?external_id=x", json!({})),
        ("GET", "/api/v1/users/x", json!({})),
        ("PATCH", "/api/v1/users/x", json!({ "external_id": "x" })),
        ("POST", "/api/v1/users/x/refresh", json!({})),
        ("DELETE", "/api/v1/users/x/sessions", json!({})),
        ("POST", "/api/v1/invitations", json!({ "email": "a@example.com" })),
        ("GET", "/api/v1/invitations", json!({})),
        ("DELETE", "/api/v1/invitations/x", json!({})),
    ] {
        let answer = shop.send(method, path, &token, &body).await;
        assert_eq!(answer.problem(), NOBODY, "{method} {path}");
    }
}

#[tokio::test]
async fn of_the_described_routes_a_token_opens_the_two_that_say_so() {
    let shop = Shop::open().await;
    let token = shop.token(&json!({ "origin": SHOP })).await;
    let description = serde_json::to_value(document()).unwrap();
    let mut open = Vec::new();
    for (path, methods) in description["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let (method, path) = (method.to_uppercase(), path.replace(['{', '}'], ""));
            if operation["security"].to_string().contains("embed_token") {
                open.push(format!("{method} {path}"));
                continue;
            }
            let body = json!({});
            let with = shop.send(&method, &path, &token, &body).await;
            let without = shop.send(&method, &path, "guess", &body).await;
            assert_eq!(told(&with), told(&without), "{method} {path}");
        }
    }
    assert_eq!(open, [format!("POST {APPS}"), format!("POST {REGISTRATIONS}")]);
}

#[tokio::test]
async fn a_token_in_an_address_is_not_read() {
    let shop = Shop::open().await;
    let token = shop.token(&json!({ "origin": SHOP })).await;
    for name in ["access_token", "embed_token", "token", "authorization"] {
        let path = format!("{REGISTRATIONS}?{name}={token}");
        let call = shop.app.call("POST", &path).header("origin", SHOP).json(&json!({}));
        assert_eq!(call.send().await.problem(), NOBODY, "{name}");
    }
    assert_eq!(shop.app.dingtalk.calls().len(), 0);
}

#[tokio::test]
async fn a_token_is_made_for_origins_on_the_list_only() {
    let shop = Shop::open().await;
    for (body, expected) in [
        (json!({ "origin": "https://evil.example" }), "400 invalid_request origin"),
        (json!({ "origin": OWN }), "400 invalid_request origin"),
        (json!({ "origin": "http://shop.example" }), "400 invalid_request origin"),
        (json!({ "origin": "https://shop.example/" }), "400 invalid_request origin"),
        (json!({ "origin": "https://user@shop.example" }), "400 invalid_request origin"),
        (json!({ "origin": "*" }), "400 invalid_request origin"),
        (json!({ "origin": "null" }), "400 invalid_request origin"),
        (json!({ "origin": 7 }), "400 invalid_request origin"),
        (json!({ "origin": SHOP, "app": "Support Bot" }), "400 invalid_request app"),
        (json!({ "origin": SHOP, "app": "" }), "400 invalid_request app"),
        (json!({ "origin": SHOP, "expires_in": 9999 }), "400 invalid_request expires_in"),
        (json!({}), "400 invalid_request"),
    ] {
        assert_eq!(shop.make(&body).await.problem(), expected, "{body}");
    }
}

#[tokio::test]
async fn a_token_is_made_for_an_api_key_only() {
    let shop = Shop::open().await;
    let body = json!({ "origin": SHOP });
    let code = shop.app.state.access().issue_setup_code();
    let setup = json!({ "setup_code": code.as_str() });
    let session = shop.app.call("POST", "/api/v1/operator-session").json(&setup).send().await;
    let cookie = session.header("set-cookie").split(';').next().unwrap();

    let nobody = shop.app.call("POST", TOKENS).json(&body).send().await;
    assert_eq!(nobody.problem(), NOBODY);
    let operator = shop.app.call("POST", TOKENS).header("cookie", cookie).header("origin", OWN);
    assert_eq!(operator.json(&body).send().await.problem(), NOBODY);
    let local = TestApp::start().await;
    assert_eq!(local.call("POST", TOKENS).json(&body).send().await.problem(), NOBODY, "with a simulator");
}

/// What an answer says, without what is another one each time.
fn told(answer: &Answer) -> (u16, String) {
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    (answer.status.as_u16(), body["code"].as_str().unwrap_or_default().to_owned())
}
