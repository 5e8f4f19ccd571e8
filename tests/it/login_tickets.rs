//! Tickets, proofs and poll tokens: each is good for one thing, once, and for its own page.

use std::time::Duration;

use dingtalk_qr_simulator::people;
use dingtalk_qr_tests::{Answer, Browser, Flow, SHOP, TestApp, login_options, query_of};
use serde_json::{Value, json};

const TICKET: &str = "400 ticket_invalid";

#[tokio::test]
async fn a_ticket_is_given_in_once() {
    for [first, second] in [[Way::Session, Way::Redeem], [Way::Redeem, Way::Session]]
        .into_iter()
        .chain([[Way::Redeem; 2], [Way::Session; 2]])
    {
        let app = TestApp::with(login_options()).await;
        let (key, browser) = (app.api_key("shop").await, Browser::new(&app));
        let (flow, ticket) = browser.sign_in_by_phone(people::ZHANG_WEI).await;

        assert_eq!(first.give(&browser, &key, &ticket).await.status, 200, "{first:?} {second:?}");
        assert_eq!(second.give(&browser, &key, &ticket).await.problem(), TICKET, "{first:?} {second:?}");

        let state = browser.state(&flow).await;
        assert_eq!((&state["status"], state.get("ticket")), (&json!("authenticated"), None), "{state}");
    }
}

#[tokio::test]
async fn a_ticket_is_good_for_a_minute() {
    for (seconds, is_good) in [(59, true), (60, false), (3600, false)] {
        for way in [Way::Session, Way::Redeem] {
            let app = TestApp::with(login_options()).await;
            let (key, browser) = (app.api_key("shop").await, Browser::new(&app));
            let (flow, ticket) = browser.sign_in_by_phone(people::ZHANG_WEI).await;

            app.clock.advance(Duration::from_secs(seconds));

            let state = browser.state(&flow).await;
            assert_eq!(state.get("ticket").is_some(), is_good, "{seconds} s: {state}");
            let answer = way.give(&browser, &key, &ticket).await;
            assert_eq!(answer.status == 200, is_good, "{seconds} s: {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_ticket_of_our_own_page_opens_a_session_in_its_own_browser_only() {
    let app = TestApp::with(login_options()).await;
    let (browser, thief, stranger) = (Browser::new(&app), Browser::new(&app), Browser::new(&app));
    thief.begin_qr().await;
    assert!(thief.cookie("browser").is_some() && stranger.cookie("browser").is_none());
    let (_, ticket) = browser.sign_in_by_phone(people::ZHANG_WEI).await;

    for other in [&thief, &stranger] {
        assert_eq!(other.open_session(&ticket).await.problem(), TICKET);
        assert_eq!(other.session().await.status, 204);
    }

    assert_eq!(browser.open_session(&ticket).await.status, 200, "it is still good for its own browser");
}

#[tokio::test]
async fn a_ticket_of_another_origin_opens_no_session_here() {
    let app = TestApp::with(login_options()).await;
    let (shop, own) = (Browser::at(&app, SHOP), Browser::new(&app));
    own.begin_qr().await;
    let (_, ticket) = shop.sign_in_by_phone(people::ZHANG_WEI).await;

    assert_eq!(own.open_session(&ticket).await.problem(), TICKET);
    assert_eq!(shop.open_session(&ticket).await.problem(), "403 forbidden_origin");
    assert_eq!(own.session().await.status, 204);

    let redeemed = app.redeem(&app.api_key("shop").await, &ticket).await.json();
    assert_eq!(redeemed["site"], SHOP);
}

#[tokio::test]
async fn a_ticket_is_redeemed_by_a_program_with_a_key() {
    let app = TestApp::with(login_options()).await;
    let browser = Browser::new(&app);
    let (flow, ticket) = browser.sign_in_by_phone(people::ZHANG_WEI).await;
    let body = json!({ "ticket": ticket });

    for token in [None, Some(""), Some("dqk_guess"), Some(flow.token.as_str()), Some(ticket.as_str())] {
        let answer = browser.api("POST", "/api/v1/tickets/redeem", token, Some(&body)).await;
        assert_eq!(answer.problem(), "401 operator_required", "{token:?}");
    }

    assert_eq!(app.redeem(&app.api_key("shop").await, &ticket).await.status, 200);
}

#[tokio::test]
async fn a_ticket_cannot_be_made_up() {
    let app = TestApp::with(login_options()).await;
    let (key, browser) = (app.api_key("shop").await, Browser::new(&app));
    let (flow, ticket) = browser.sign_in_by_phone(people::ZHANG_WEI).await;
    let other = browser.begin_qr().await;
    let (_, seal) = ticket.split_once('.').unwrap();
    let short = &ticket[..ticket.len() - 1];

    for made_up in [
        String::new(),
        ".".to_owned(),
        flow.id.clone(),
        format!("{}.", flow.id),
        format!(".{seal}"),
        seal.to_owned(),
        short.to_owned(),
        format!("{ticket}A"),
        format!("{ticket} "),
        format!("{}.{}", flow.id, flow.token),
        format!("{}.{seal}", other.id),
        format!("{}.{}", flow.id, "A".repeat(seal.len())),
        flow.token.clone(),
    ] {
        assert_eq!(app.redeem(&key, &made_up).await.problem(), TICKET, "{made_up}");
        assert_eq!(browser.open_session(&made_up).await.problem(), TICKET, "{made_up}");
    }
    assert_eq!(app.redeem(&key, &ticket).await.status, 200);
}

#[tokio::test]
async fn a_proof_is_good_once_for_its_own_login_and_page() {
    let app = TestApp::with(login_options()).await;
    let shop = Browser::at(&app, SHOP);
    let (flow, proof) = back_at_shop(&app, &shop).await;
    let (other, of_other) = back_at_shop(&app, &shop).await;
    let give = async |flow: &Flow, token: Option<&str>, proof: &str| {
        let path = format!("/api/v1/logins/{}/proof", flow.id);
        shop.api("POST", &path, token, Some(&json!({ "proof": proof }))).await
    };

    for token in [None, Some(""), Some("guess"), Some(other.token.as_str()), Some(proof.as_str())] {
        assert_eq!(give(&flow, token, &proof).await.problem(), "404 flow_not_found", "{token:?}");
    }
    for wrong in ["", "guess", of_other.as_str(), &flow.token] {
        let answer = give(&flow, Some(&flow.token), wrong).await;
        assert_eq!(answer.problem(), "400 login_state_invalid", "{wrong}");
    }
    assert_eq!(shop.state(&flow).await["status"], "pending");

    assert_eq!(give(&flow, Some(&flow.token), &proof).await.status, 204, "it is still good");
    assert_eq!(give(&flow, Some(&flow.token), &proof).await.problem(), "409 login_ended");
    assert_eq!(shop.state(&other).await["status"], "pending");
}

#[tokio::test]
async fn what_comes_too_late_confirms_nothing() {
    for ending in ["expired", "cancelled"] {
        let app = TestApp::with(login_options().var("LOGIN_SECONDS", "5")).await;
        let shop = Browser::at(&app, SHOP);
        let (redirect, proof) = back_at_shop(&app, &shop).await;
        let frame = shop.begin_login(&json!({ "method": "frame" })).await;
        let url = shop.login_call(&frame, "authorization", &json!({})).await.json()["url"].clone();
        let url = url.as_str().unwrap();
        let code = app.sign_in_code(url, people::ZHANG_WEI);
        let workspace = shop.begin_login(&json!({ "method": "workspace" })).await;
        let calls = app.dingtalk.calls().len();

        if ending == "expired" {
            app.pass(6).await;
        }
        for flow in [&redirect, &frame, &workspace] {
            let path = format!("/api/v1/flows/{}", flow.id);
            assert_eq!(shop.api("DELETE", &path, Some(&flow.token), None).await.status, 204);
        }

        for (flow, route, body) in [
            (&redirect, "proof", json!({ "proof": proof })),
            (&frame, "authorization", json!({})),
            (&frame, "code", json!({ "code": code, "state": query_of(url, "state") })),
            (&workspace, "workspace", json!({ "code": "x" })),
        ] {
            let answer = shop.login_call(flow, route, &body).await;
            assert_eq!(answer.problem(), "409 login_ended", "{ending} {route}");
            let state = shop.state(flow).await;
            assert_eq!((&state["status"], state.get("ticket")), (&json!(ending), None), "{route}");
        }
        let page = shop.go(&format!("/auth/dingtalk?login={}", redirect.id)).await;
        assert_eq!(page.trouble(), "409 login_ended", "{ending}");
        assert_eq!(app.dingtalk.calls().len(), calls, "{ending}: DingTalk was asked");
    }
}

#[tokio::test]
async fn a_token_opens_its_own_flow_and_its_own_door_only() {
    let app = TestApp::with(login_options()).await;
    let (key, browser) = (app.api_key("ci").await, Browser::new(&app));
    let begun = app.call("POST", "/api/v1/registrations").bearer(&key).json(&json!({})).send().await;
    let registration = Flow::from(begun.json());
    let qr = browser.begin_qr().await;
    let frame = browser.begin_login(&json!({ "method": "frame" })).await;
    let routes = [
        ("authorization", json!({})),
        ("code", json!({ "code": "c", "state": "s" })),
        ("workspace", json!({ "code": "c" })),
        ("proof", json!({ "proof": "p" })),
    ];

    for (route, body) in &routes {
        for flow in [&registration, &qr] {
            let answer = browser.login_call(flow, route, body).await;
            assert_eq!(answer.problem(), "404 flow_not_found", "{route}: not for this flow");
        }
        let foreign = Flow { token: registration.token.clone(), ..frame.clone() };
        assert_eq!(
            browser.login_call(&foreign, route, body).await.problem(),
            "404 flow_not_found",
            "{route}"
        );
    }
    let page = browser.go(&format!("/auth/dingtalk?login={}", qr.id)).await;
    assert_eq!(page.trouble(), "404 flow_not_found");
    let mixed = [(&qr, &registration), (&registration, &qr), (&frame, &qr), (&qr, &frame)];
    for (flow, other) in mixed {
        for path in [format!("/api/v1/flows/{}", flow.id), format!("/api/v1/flows/{}/qr.svg", flow.id)] {
            let answer = browser.api("GET", &path, Some(&other.token), None).await;
            assert_eq!(answer.problem(), "404 flow_not_found", "{path}");
        }
        let answer =
            browser.api("DELETE", &format!("/api/v1/flows/{}", flow.id), Some(&other.token), None).await;
        assert_eq!(answer.problem(), "404 flow_not_found");
    }
    for (flow, expected) in [(&qr, 200), (&registration, 200), (&frame, 404)] {
        let path = format!("/api/v1/flows/{}/qr.svg", flow.id);
        assert_eq!(browser.api("GET", &path, Some(&flow.token), None).await.status, expected);
    }
}

/// Where a ticket is given in.
#[derive(Clone, Copy, Debug)]
enum Way {
    Session,
    Redeem,
}

impl Way {
    async fn give(self, browser: &Browser<'_>, key: &str, ticket: &str) -> Answer {
        match self {
            Self::Session => browser.open_session(ticket).await,
            Self::Redeem => browser.app().redeem(key, ticket).await,
        }
    }
}

/// Signs in for a page of the shop, up to the proof that the browser brings back.
async fn back_at_shop(app: &TestApp, shop: &Browser<'_>) -> (Flow, String) {
    let body: Value = json!({ "method": "redirect", "return_to": format!("{SHOP}/cart") });
    let flow = shop.begin_login(&body).await;
    let out = shop.go(&format!("/auth/dingtalk?login={}", flow.id)).await;
    let back = shop.go(&app.approve_at_dingtalk(out.header("location"), people::ZHANG_WEI)).await;
    let (_, proof) = back.header("location").split_once("#dingtalk-qr-proof=").unwrap();
    (flow, proof.to_owned())
}
