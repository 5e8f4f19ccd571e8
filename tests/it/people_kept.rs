//! What the server of an embedder keeps with a person, asks again about them, and ends.

use std::time::Duration;

use dingtalk_qr_simulator::{STUDIO_CORP_ID, people};
use dingtalk_qr_tests::{Answer, Browser, TestApp, login_options};
use serde_json::{Value, json};

#[tokio::test]
async fn an_external_id_is_set_kept_and_removed() {
    let shop = Shop::open().await;
    let id = shop.sign_in(people::ZHANG_WEI).await;
    for (patch, expected) in [
        (json!({ "external_id": "customer-1" }), json!("customer-1")),
        (json!({}), json!("customer-1")),
        (json!({ "extension": {} }), json!("customer-1")),
        (json!({ "external_id": "customer-1" }), json!("customer-1")),
        (json!({ "external_id": "顾".repeat(128) }), json!("顾".repeat(128))),
        (json!({ "external_id": null }), Value::Null),
    ] {
        let answer = shop.patch(&id, &patch).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["external_id"]), (200, &expected), "{patch}");
        assert_eq!(shop.user(&id).await["external_id"], expected, "{patch}");
    }
}

#[tokio::test]
async fn an_external_id_belongs_to_one_person() {
    let shop = Shop::open().await;
    let (first, second) = (shop.sign_in(people::ZHANG_WEI).await, shop.sign_in(people::LI_NA).await);
    let patch = json!({ "external_id": "customer-1", "extension": { "a": 1 } });
    assert_eq!(shop.patch(&first, &patch).await.status, 200);

    assert_eq!(shop.patch(&second, &patch).await.problem(), "409 external_id_taken");
    assert_eq!(shop.user(&second).await["extension"], json!({}), "nothing of it was kept");

    shop.patch(&first, &json!({ "external_id": null })).await;
    assert_eq!(shop.patch(&second, &patch).await.status, 200, "it is free again");
}

#[tokio::test]
async fn a_person_is_found_by_their_external_id() {
    let shop = Shop::open().await;
    let id = shop.sign_in(people::ZHANG_WEI).await;
    shop.patch(&id, &json!({ "external_id": "a&b=c d/%" })).await;

    for (query, found) in [
        ("external_id=a%26b%3Dc+d%2F%25", true),
        ("external_id=A%26B%3DC+D%2F%25", false),
        ("external_id=", false),
        ("external_id=%25", false),
    ] {
        let answer = shop.call("GET", &format!("/api/v1/users?{query}"), None).await;
        let users = answer.json()["users"].as_array().unwrap().clone();
        let ids: Vec<_> = users.iter().map(|user| user["user_id"].as_str().unwrap()).collect();
        assert_eq!(ids, if found { vec![id.as_str()] } else { vec![] }, "{query}");
    }
    for query in ["", "?external_id=a&external_id=b", "?email=zhangwei@example.com", "?external_id=a&x=y"] {
        let answer = shop.call("GET", &format!("/api/v1/users{query}"), None).await;
        assert_eq!(answer.problem(), "400 invalid_request external_id", "{query}");
    }
}

#[tokio::test]
async fn an_extension_is_merged_member_by_member() {
    let shop = Shop::open().await;
    let id = shop.sign_in(people::ZHANG_WEI).await;
    for (patch, expected) in [
        (json!({ "a": 1 }), json!({ "a": 1 })),
        (json!({ "b": { "c": [2] } }), json!({ "a": 1, "b": { "c": [2] } })),
        (json!({ "b": { "d": 3 } }), json!({ "a": 1, "b": { "d": 3 } })),
        (json!({ "a": null, "none": null }), json!({ "b": { "d": 3 } })),
    ] {
        let answer = shop.patch(&id, &json!({ "extension": patch })).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["extension"]), (200, &expected), "{patch}");
    }
    let again = shop.sign_in(people::ZHANG_WEI).await;
    assert_eq!(again, id);
    assert_eq!(shop.user(&id).await["extension"], json!({ "b": { "d": 3 } }), "a login takes nothing away");
}

#[tokio::test]
async fn what_cannot_be_kept_is_named_and_changes_nothing() {
    let shop = Shop::open().await;
    let id = shop.sign_in(people::ZHANG_WEI).await;
    shop.patch(&id, &json!({ "external_id": "customer-1", "extension": { "a": 1 } })).await;
    let before = shop.user(&id).await;
    for (patch, expected) in [
        (json!({ "external_id": "" }), "400 invalid_request external_id"),
        (json!({ "external_id": "x".repeat(129) }), "400 invalid_request external_id"),
        (json!({ "external_id": "two\nlines", "extension": { "b": 2 } }), "400 invalid_request external_id"),
        (json!({ "external_id": 7 }), "400 invalid_request external_id"),
        (json!({ "extension": "text" }), "400 invalid_request extension"),
        (json!({ "extension": [1] }), "400 invalid_request extension"),
        (json!({ "extension": 7 }), "400 invalid_request extension"),
        (
            json!({ "extension": { "b": "x".repeat(8192) }, "external_id": null }),
            "400 invalid_request extension",
        ),
        (json!({ "surplus": 1 }), "400 invalid_request surplus"),
        (json!({ "email": "a@example.com" }), "400 invalid_request email"),
        (json!({ "admin": true }), "400 invalid_request admin"),
    ] {
        assert_eq!(shop.patch(&id, &patch).await.problem(), expected, "{patch}");
        assert_eq!(shop.user(&id).await, before, "{patch}");
    }
    let largest = json!({ "extension": { "b": "x".repeat(8000) } });
    assert_eq!(shop.patch(&id, &largest).await.status, 200);
    for (method, path) in [("GET", ""), ("PATCH", ""), ("POST", "/refresh"), ("DELETE", "/sessions")] {
        let answer = shop.call(method, &format!("/api/v1/users/nobody{path}"), Some(&json!({}))).await;
        assert_eq!(answer.problem(), "404 user_not_found", "{method} {path}");
    }
}

#[tokio::test]
async fn a_refresh_brings_what_dingtalk_says_today() {
    let shop = Shop::open().await;
    let id = shop.sign_in(people::ZHANG_WEI).await;
    let before = shop.user(&id).await;

    // Each refresh token works once; the next comes with the answer.
    for number in ["E100", "E200", "E300"] {
        shop.app.clock.advance(Duration::from_hours(1));
        let mut person = shop.app.dingtalk.person(people::ZHANG_WEI).unwrap();
        number.clone_into(&mut person.job_number);
        shop.app.dingtalk.put_person(person).unwrap();

        let answer = shop.refresh(&id).await;

        let mut expected = before.clone();
        expected["job_number"] = json!(number);
        assert_eq!((answer.status.as_u16(), answer.json()), (200, expected), "and they have not signed in");
    }
}

#[tokio::test]
async fn a_refresh_that_dingtalk_does_not_permit_asks_for_a_login() {
    let shop = Shop::open().await;
    let id = shop.sign_in(people::ZHANG_WEI).await;
    shop.app.dingtalk.advance(Duration::from_hours(31 * 24));
    assert_eq!(shop.refresh(&id).await.problem(), "409 sign_in_required");
    assert_eq!(shop.sign_in(people::ZHANG_WEI).await, id);
    assert_eq!(shop.refresh(&id).await.status, 200);

    // The workspace gives no token that lasts.
    let browser = Browser::new(&shop.app);
    let flow = browser.begin_login(&json!({ "method": "workspace" })).await;
    let code = shop.app.dingtalk.jsapi_code(None, STUDIO_CORP_ID, people::ZHAO_LEI).unwrap();
    browser.login_call(&flow, "workspace", &json!({ "code": code })).await;
    let id = browser.state(&flow).await["identity"]["user_id"].as_str().unwrap().to_owned();
    assert_eq!(shop.refresh(&id).await.problem(), "409 sign_in_required");
}

#[tokio::test]
async fn who_has_left_the_organisation_is_signed_out_everywhere() {
    let shop = Shop::open().await;
    let (first, second, other) = (Browser::new(&shop.app), Browser::new(&shop.app), Browser::new(&shop.app));
    first.sign_in(people::ZHANG_WEI).await;
    second.sign_in(people::ZHANG_WEI).await;
    other.sign_in(people::LI_NA).await;
    let id = first.session().await.json()["identity"]["user_id"].as_str().unwrap().to_owned();
    let mut person = shop.app.dingtalk.person(people::ZHANG_WEI).unwrap();
    person.organisations.clear();
    shop.app.dingtalk.put_person(person).unwrap();

    assert_eq!(shop.refresh(&id).await.problem(), "403 not_a_member");

    for browser in [&first, &second] {
        assert_eq!(browser.session().await.status, 204);
    }
    assert_eq!(other.session().await.status, 200);
}

#[tokio::test]
async fn a_refresh_that_fails_signs_nobody_out() {
    for (path, fault, expected) in [
        ("/v1.0/oauth2/userAccessToken", json!({ "http": 500 }), "502 upstream_unavailable"),
        ("/v1.0/oauth2/userAccessToken", json!({ "preset": "qps" }), "503 upstream_busy"),
        ("/v1.0/contact/users/me", json!({ "http": 500 }), "502 upstream_unavailable"),
        ("/v1.0/contact/users/me", json!({ "set": { "unionId": "another" } }), "409 sign_in_required"),
    ] {
        let shop = Shop::open().await;
        let browser = Browser::new(&shop.app);
        browser.sign_in(people::ZHANG_WEI).await;
        let id = browser.session().await.json()["identity"]["user_id"].as_str().unwrap().to_owned();
        let before = shop.user(&id).await;
        let rule = json!({ "path": path, "fault": fault });
        shop.app.dingtalk.add_fault(serde_json::from_value(rule).unwrap()).unwrap();

        assert_eq!(shop.refresh(&id).await.problem(), expected, "{path} {fault}");

        assert_eq!(browser.session().await.status, 200, "{path} {fault}");
        assert_eq!(shop.user(&id).await, before, "{path} {fault}");
    }
}

#[tokio::test]
async fn a_person_is_signed_out_everywhere_by_the_server() {
    let shop = Shop::open().await;
    let (first, second, other) = (Browser::new(&shop.app), Browser::new(&shop.app), Browser::new(&shop.app));
    first.sign_in(people::ZHANG_WEI).await;
    second.sign_in(people::ZHANG_WEI).await;
    other.sign_in(people::LI_NA).await;
    let id = first.session().await.json()["identity"]["user_id"].as_str().unwrap().to_owned();

    for _ in 0..2 {
        let answer = shop.call("DELETE", &format!("/api/v1/users/{id}/sessions"), None).await;
        assert_eq!(answer.status, 204, "{answer:?}");
    }

    for browser in [&first, &second] {
        assert_eq!(browser.session().await.status, 204);
    }
    assert_eq!(other.session().await.status, 200);
    first.sign_in(people::ZHANG_WEI).await;
    assert_eq!(first.session().await.status, 200, "they may come again");
}

/// The server of an embedder.
struct Shop {
    app: TestApp,
    key: String,
}

impl Shop {
    async fn open() -> Self {
        let app = TestApp::with(login_options()).await;
        let key = app.api_key("shop").await;
        Self { app, key }
    }

    async fn sign_in(&self, userid: &str) -> String {
        let browser = Browser::new(&self.app);
        browser.sign_in(userid).await;
        browser.session().await.json()["identity"]["user_id"].as_str().unwrap().to_owned()
    }

    async fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let call = self.app.call(method, path).bearer(&self.key);
        match body {
            Some(body) => call.json(body).send().await,
            None => call.send().await,
        }
    }

    async fn user(&self, id: &str) -> Value {
        let answer = self.call("GET", &format!("/api/v1/users/{id}"), None).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    async fn patch(&self, id: &str, patch: &Value) -> Answer {
        self.call("PATCH", &format!("/api/v1/users/{id}"), Some(patch)).await
    }

    async fn refresh(&self, id: &str) -> Answer {
        self.call("POST", &format!("/api/v1/users/{id}/refresh"), None).await
    }
}
