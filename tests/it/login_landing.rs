//! Where a browser ends up after a login: with us or with an allowed origin, whatever it was told.

use dingtalk_qr_simulator::people;
use dingtalk_qr_tests::{Browser, OWN, SHOP, TestApp, login_options};
use serde_json::{Value, json};
use url::form_urlencoded::byte_serialize;

#[tokio::test]
async fn nobody_is_led_elsewhere_after_a_login() {
    for wish in [
        "//evil.example",
        "///evil.example",
        "////evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "https:evil.example",
        "https:/evil.example",
        "https:///evil.example",
        "https://evil.example",
        "https://evil.example/auth",
        "HTTPS://EVIL.EXAMPLE",
        "http://bots.example/",
        "http://shop.example/",
        "https://shop.example:8443/",
        "https://shop.example.evil.example/",
        "https://shop.example@evil.example/",
        "https://bots.example@evil.example/",
        "https://user:word@shop.example/",
        "https://shop.example\\@evil.example/",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "%2F%2Fevil.example",
        "https%3A%2F%2Fevil.example",
        "evil.example",
        "",
    ] {
        check(&encoded(wish), "/").await;
    }
}

#[tokio::test]
async fn what_is_encoded_twice_stays_a_path_of_ours() {
    check("%2F%252F%252Fevil.example", "/%2F%2Fevil.example").await;
    check("%2F%255Cevil.example", "/%5Cevil.example").await;
    check("/x/..//evil.example", "/").await;
    check("/.//evil.example", "/").await;
}

#[tokio::test]
async fn a_path_of_ours_and_a_page_of_an_allowed_origin_are_reached() {
    check("/", "/").await;
    check(&encoded("/orders?open=1#top"), "/orders?open=1#top").await;
    check(&encoded("https://shop.example/cart?x=1"), "https://shop.example/cart?x=1").await;
    check(&encoded("HTTPS://SHOP.EXAMPLE/cart"), "https://shop.example/cart").await;
}

#[tokio::test]
async fn the_page_that_says_what_went_wrong_leads_nowhere_else_either() {
    let app = TestApp::with(login_options()).await;
    let browser = Browser::new(&app);

    for outcome in ["error=access_denied", "authCode=guess"] {
        let out = browser.go(&format!("/auth/dingtalk?return_to={}", encoded("//evil.example"))).await;
        let state = dingtalk_qr_tests::query_of(out.header("location"), "state");
        let page = browser.go(&format!("/auth/dingtalk/callback?{outcome}&state={state}")).await;

        assert!(
            page.body.contains("href=\"/auth/dingtalk?return_to=%2F&amp;app=dingsimexistingapp01\""),
            "{page:?}"
        );
        assert!(!page.body.contains("evil.example"), "{page:?}");
    }
}

#[tokio::test]
async fn a_page_of_another_origin_is_led_back_to_itself_only() {
    let app = TestApp::with(login_options()).await;
    let shop = Browser::at(&app, SHOP);

    for wish in [
        Value::Null,
        json!(""),
        json!("/cart"),
        json!("//shop.example/cart"),
        json!("https://evil.example/"),
        json!(format!("{OWN}/")),
        json!("https://shop.example.evil.example/"),
        json!("https://user@shop.example/"),
        json!("https://shop.example\\@evil.example/"),
        json!("https:shop.example\n"),
        json!("javascript:alert(1)"),
        json!(format!("{SHOP}/{}", "x".repeat(3000))),
    ] {
        let body = json!({ "method": "redirect", "return_to": wish });
        let answer = shop.api("POST", "/api/v1/logins", None, Some(&body)).await;
        assert_eq!(answer.problem(), "400 invalid_request return_to", "{wish}");
    }
    for method in ["qr", "frame", "workspace"] {
        let body = json!({ "method": method, "return_to": format!("{SHOP}/") });
        let answer = shop.api("POST", "/api/v1/logins", None, Some(&body)).await;
        assert_eq!(answer.problem(), "400 invalid_request return_to", "{method}");
    }
    shop.begin_login(&json!({ "method": "redirect", "return_to": format!("{SHOP}/cart") })).await;
}

#[tokio::test]
async fn a_page_of_our_own_that_asks_for_elsewhere_is_led_home() {
    let app = TestApp::with(login_options()).await;
    for (wish, expected) in [("https://evil.example/", "/"), ("//evil.example", "/"), ("/orders", "/orders")]
    {
        let browser = Browser::new(&app);
        let flow = browser.begin_login(&json!({ "method": "redirect", "return_to": wish })).await;
        let url = flow.started["door"]["url"].as_str().unwrap();

        let out = browser.go(url.strip_prefix(OWN).unwrap()).await;
        let back = browser.go(&app.approve_at_dingtalk(out.header("location"), people::LI_NA)).await;

        assert_eq!((back.status.as_u16(), back.header("location")), (303, expected), "{wish}");
    }
}

fn encoded(wish: &str) -> String {
    byte_serialize(wish.as_bytes()).collect()
}

async fn check(query: &str, expected: &str) {
    let app = TestApp::with(login_options()).await;
    let browser = Browser::new(&app);

    let out = browser.go(&format!("/auth/dingtalk?return_to={query}")).await;
    assert_eq!(out.status, 303, "{query}: {out:?}");
    let back = browser.go(&app.approve_at_dingtalk(out.header("location"), people::ZHANG_WEI)).await;

    assert_eq!((back.status.as_u16(), back.header("location")), (303, expected), "{query}");
    assert_eq!(browser.session().await.status, 200, "{query}");
}
