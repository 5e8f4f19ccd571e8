//! Embed tokens: what a page may begin with one, and when not.

mod refused;

use std::time::Duration;

use dingtalk_qr_backend::open_store;
use dingtalk_qr_tests::{Answer, OWN, SHOP, TestApp, login_options};
use serde_json::{Value, json};

const REGISTRATIONS: &str = "/api/v1/registrations";
const APPS: &str = "/api/v1/apps";
const TOKENS: &str = "/api/v1/embed-tokens";
const INVALID: &str = "401 embed_token_invalid";
const NOBODY: &str = "401 operator_required";
const OTHER: &str = "https://other.example";

#[tokio::test]
async fn a_page_with_a_token_of_its_origin_may_begin_and_enter_apps() {
    let shop = Shop::open().await;

    let made = shop.make(&json!({ "origin": SHOP })).await;
    assert_eq!((made.status.as_u16(), made.header("cache-control")), (201, "no-store"));
    let token = made.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(made.json(), json!({ "token": token, "expires_in": 600 }));

    for _ in 0..3 {
        let begun = shop.begin(&token, SHOP, &json!({})).await;
        assert_eq!(begun.status, 201, "{begun:?}");
        assert_eq!(begun.header("access-control-allow-origin"), SHOP);
    }
    assert_eq!(shop.enter(&token, &credentials("ding1")).await.status, 201);
    assert_eq!(shop.app.call("POST", REGISTRATIONS).json(&json!({})).send().await.problem(), NOBODY);
}

#[tokio::test]
async fn who_answers_for_a_page_is_the_api_key_behind_it() {
    let shop = Shop::open().await;
    let token = shop.token(&json!({ "origin": SHOP })).await;

    assert_eq!(shop.begin(&token, SHOP, &json!({})).await.status, 201);

    let (store, _) = open_store(shop.app.state.config()).await.unwrap();
    let owners: Vec<_> = store.unsettled_flows().await.unwrap().into_iter().map(|flow| flow.owner).collect();
    assert_eq!(owners, ["key:shop"]);
}

#[tokio::test]
async fn a_token_is_good_for_pages_of_its_origin_only() {
    let shop = Shop::open().await;
    let token = shop.token(&json!({ "origin": "HTTPS://Shop.Example:443" })).await;

    for origin in [
        OTHER,
        OWN,
        "http://shop.example",
        "https://shop.example:8443",
        "https://shop.example.evil.example",
        "https://www.shop.example",
        "http://localhost:3000",
        "null",
        "",
    ] {
        assert_eq!(shop.begin(&token, origin, &json!({})).await.problem(), INVALID, "{origin:?}");
    }
    let program = shop.app.call("POST", REGISTRATIONS).bearer(&token).json(&json!({})).send().await;
    assert_eq!(program.problem(), INVALID, "without an origin");
    let begun = shop.begin(&token, SHOP, &json!({})).await;
    assert_eq!(begun.status, 201);
    assert_eq!(begun.header("access-control-allow-origin"), SHOP);
}

#[tokio::test]
async fn a_token_ends_after_ten_minutes() {
    let shop = Shop::open().await;
    let token = shop.token(&json!({ "origin": SHOP })).await;

    shop.app.clock.advance(Duration::from_secs(599));
    assert_eq!(shop.begin(&token, SHOP, &json!({})).await.status, 201);
    shop.app.clock.advance(Duration::from_secs(1));
    let late = shop.begin(&token, SHOP, &json!({})).await;
    assert_eq!(late.problem(), INVALID);
    assert_eq!(late.header("access-control-allow-origin"), SHOP, "so that the page can read it");
    assert_eq!(late.header("www-authenticate"), "Bearer");
}

#[tokio::test]
async fn a_token_ends_with_its_api_key_and_with_the_place_of_its_origin() {
    let shop = Shop::open().await;
    let token = shop.token(&json!({ "origin": SHOP })).await;
    let begin = async |shop: &Shop| shop.begin(&token, SHOP, &json!({})).await;

    let shop = Shop { app: shop.app.restart().await, ..shop };
    assert_eq!(begin(&shop).await.status, 201, "nothing of it is in memory");
    let elsewhere = login_options().var("ALLOWED_ORIGINS", OTHER);
    let shop = Shop { app: shop.app.restart_with(elsewhere).await, ..shop };
    assert_eq!(begin(&shop).await.problem(), INVALID);
    let shop = Shop { app: shop.app.restart_with(login_options()).await, ..shop };
    assert_eq!(begin(&shop).await.status, 201);

    assert!(shop.app.state.access().revoke_api_key("shop").await.unwrap());
    assert_eq!(begin(&shop).await.problem(), INVALID);
    shop.app.clock.advance(Duration::from_secs(1));
    shop.app.state.access().create_api_key("shop").await.unwrap().unwrap();
    assert_eq!(begin(&shop).await.problem(), INVALID, "it is another key of the same name");
}

#[tokio::test]
async fn what_is_no_token_of_ours_is_refused() {
    let shop = Shop::open().await;
    let token = shop.token(&json!({ "origin": SHOP })).await;
    let flow = shop.begin(&token, SHOP, &json!({})).await.json();
    let (head, signature) = token.rsplit_once('.').unwrap();

    for bad in [
        "",
        "x",
        "..",
        &token[1..],
        &token[..token.len() - 1],
        head,
        &format!("{head}."),
        &format!("{head}.{}", signature.to_ascii_uppercase()),
        &format!("{token}.x"),
        flow["poll_token"].as_str().unwrap(),
    ] {
        assert_eq!(shop.begin(bad, SHOP, &json!({})).await.problem(), INVALID, "{bad}");
        let entered = shop.enter(bad, &credentials("ding1")).await;
        assert_eq!(entered.problem(), INVALID, "{bad}");
    }
    let elsewhere = Shop::open().await;
    assert_eq!(elsewhere.begin(&token, SHOP, &json!({})).await.problem(), INVALID, "another backend's");
    assert_eq!(shop.begin("dqk_guess", SHOP, &json!({})).await.problem(), NOBODY, "an API key by its form");
}

#[tokio::test]
async fn a_token_for_one_app_is_for_no_other() {
    let shop = Shop::open().await;
    let token = shop.token(&json!({ "origin": SHOP, "app": "support-bot" })).await;
    let other = shop.app.call("POST", APPS).bearer(&shop.key);
    let mut credentials_of_other = credentials("ding-other");
    credentials_of_other["name"] = json!("other-bot");
    assert_eq!(other.json(&credentials_of_other).send().await.status, 201);

    let wrong = shop.begin(&token, SHOP, &json!({ "app_name": "other-bot" })).await;
    assert_eq!(wrong.problem(), INVALID);
    assert_eq!(shop.enter(&token, &credentials_of_other).await.problem(), INVALID);
    let unnamed = shop.enter(&token, &credentials("ding-other")).await;
    assert_eq!(unnamed.problem(), INVALID, "its secret would be replaced under the other name");
    assert_eq!(shop.begin(&token, SHOP, &json!({ "app_name": "support-bot" })).await.status, 201);

    let entered = shop.enter(&token, &credentials("ding-support")).await;
    assert_eq!(entered.json()["app"], "support-bot", "{entered:?}");
    assert_eq!(shop.begin(&token, SHOP, &json!({})).await.problem(), "409 app_name_taken");
    assert_eq!(shop.enter(&token, &credentials("ding-support")).await.status, 201, "the secret anew");
}

#[tokio::test]
async fn a_registration_with_a_token_for_one_app_makes_that_app() {
    let shop = Shop::open().await;
    let token = shop.token(&json!({ "origin": SHOP, "app": "support-bot" })).await;
    let flow = dingtalk_qr_tests::Flow::from(shop.begin(&token, SHOP, &json!({})).await.json());

    shop.app.approve(&flow);
    shop.app.pass_watched(&flow, 20).await;

    assert_eq!(shop.app.state(&flow).await["app"], "support-bot");
}

#[tokio::test]
async fn an_idempotency_key_belongs_to_the_pages_of_one_origin() {
    let shop = Shop::open().await;
    let token = shop.token(&json!({ "origin": SHOP })).await;
    let again = shop.token(&json!({ "origin": SHOP })).await;
    let named = shop.token(&json!({ "origin": SHOP, "app": "support-bot" })).await;
    let body = json!({ "idempotency_key": "0123456789abcdef" });
    let id = |answer: Answer| answer.json()["flow_id"].as_str().unwrap().to_owned();

    let first = id(shop.begin(&token, SHOP, &body).await);
    assert_eq!(id(shop.begin(&token, SHOP, &body).await), first);
    assert_eq!(id(shop.begin(&again, SHOP, &body).await), first, "a fresh token goes on with the flow");
    assert_ne!(id(shop.begin(&named, SHOP, &body).await), first);
    let server = shop.app.call("POST", REGISTRATIONS).bearer(&shop.key).json(&body).send().await;
    assert_ne!(id(server), first, "the server's keys are its own");
}

#[tokio::test]
async fn a_browser_may_send_a_token_from_an_allowed_origin() {
    let shop = Shop::open().await;
    for path in [REGISTRATIONS, APPS] {
        let call = shop.app.call("OPTIONS", path).header("origin", SHOP);
        let call = call.header("access-control-request-method", "POST");
        let answer =
            call.header("access-control-request-headers", "authorization, content-type").send().await;

        assert_eq!(answer.header("access-control-allow-origin"), SHOP, "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), "", "{path}");
        for header in ["authorization", "content-type"] {
            assert!(answer.header("access-control-allow-headers").contains(header), "{path} {header}");
        }
    }
}

/// The server of a site, with its API key.
struct Shop {
    app: TestApp,
    key: String,
}

impl Shop {
    async fn open() -> Self {
        let app = TestApp::with(login_options().var("ALLOWED_ORIGINS", format!("{SHOP},{OTHER}"))).await;
        let key = app.state.access().create_api_key("shop").await.unwrap().unwrap().to_string();
        Self { app, key }
    }

    async fn make(&self, body: &Value) -> Answer {
        self.app.call("POST", TOKENS).bearer(&self.key).json(body).send().await
    }

    async fn token(&self, body: &Value) -> String {
        self.make(body).await.json()["token"].as_str().unwrap().to_owned()
    }

    async fn begin(&self, token: &str, origin: &str, body: &Value) -> Answer {
        self.app.call("POST", REGISTRATIONS).bearer(token).header("origin", origin).json(body).send().await
    }

    async fn enter(&self, token: &str, body: &Value) -> Answer {
        self.send("POST", APPS, token, body).await
    }

    /// Calls as the page of the shop.
    async fn send(&self, method: &str, path: &str, token: &str, body: &Value) -> Answer {
        self.app.call(method, path).bearer(token).header("origin", SHOP).json(body).send().await
    }
}

fn credentials(client_id: &str) -> Value {
    json!({ "client_id": client_id, "client_secret": "a-secret-of-an-app" })
}
