//! The four doors, each with the right person behind it in the end.

use dingtalk_qr_simulator::{STUDIO_CORP_ID, people};
use dingtalk_qr_tests::{Browser, OWN, SHOP, TestApp, login_options, numbers, query_of, scan_path};
use serde_json::json;

#[tokio::test]
async fn a_phone_signs_in_the_page_that_shows_the_code() {
    let app = TestApp::with(login_options()).await;
    let (desktop, phone) = (Browser::new(&app), Browser::new(&app));
    let flow = desktop.begin_qr().await;
    assert_eq!(flow.started["qr"]["text"], format!("{OWN}{}", scan_path(&flow)));

    let page = phone.scan(&flow, people::ZHANG_WEI).await;
    let number = desktop.state(&flow).await["number"].as_u64().unwrap();
    assert!(numbers(&page).contains(&number) && numbers(&page).len() == 3, "{page:?}");
    let done = phone.pick(&flow, &page, number).await;
    assert_eq!(done.status, 303, "{done:?}");
    assert!(phone.go(&scan_path(&flow)).await.body.contains("data-page=\"done\""));

    let state = desktop.state(&flow).await;
    assert_eq!(
        (&state["status"], &state["identity"]["name"]),
        (&json!("authenticated"), &json!("张伟")),
        "{state}"
    );
    let session = desktop.open_session(state["ticket"].as_str().unwrap()).await;
    assert_eq!(session.status, 200, "{session:?}");
    assert_eq!(desktop.session().await.json()["identity"]["email"], "zhangwei@example.com");
    assert_eq!(phone.session().await.status, 204);
}

#[tokio::test]
async fn a_browser_goes_to_dingtalk_and_comes_back_signed_in() {
    let app = TestApp::with(login_options()).await;
    let browser = Browser::new(&app);

    let out = browser.go("/auth/dingtalk?return_to=%2Forders%3Fopen%3D1").await;
    let page = out.header("location").to_owned();
    assert_eq!(query_of(&page, "redirect_uri"), format!("{OWN}/auth/dingtalk/callback"));
    assert_eq!(
        (query_of(&page, "scope").as_str(), query_of(&page, "corpId").as_str()),
        ("openid corpid", STUDIO_CORP_ID)
    );
    let back = browser.go(&app.approve_at_dingtalk(&page, people::LI_NA)).await;

    assert_eq!((back.status.as_u16(), back.header("location")), (303, "/orders?open=1"), "{back:?}");
    assert_eq!(browser.session().await.json()["identity"]["name"], "李娜");
}

#[tokio::test]
async fn a_page_of_another_origin_gets_a_ticket_for_its_own_server() {
    let app = TestApp::with(login_options()).await;
    let (key, shop) = (app.api_key("shop").await, Browser::at(&app, SHOP));
    let flow =
        shop.begin_login(&json!({ "method": "redirect", "return_to": format!("{SHOP}/cart?x=1#y") })).await;
    let path = flow.started["door"]["url"].as_str().unwrap().strip_prefix(OWN).unwrap().to_owned();

    let out = shop.go(&path).await;
    let back = shop.go(&app.approve_at_dingtalk(out.header("location"), people::ZHANG_WEI)).await;
    let (page, proof) = back.header("location").split_once("#dingtalk-qr-proof=").unwrap();
    assert_eq!(page, format!("{SHOP}/cart?x=1"));
    assert_eq!(shop.state(&flow).await["status"], "pending", "the proof is missing");
    let path = format!("/api/v1/logins/{}/proof", flow.id);
    let proven = shop.api("POST", &path, Some(&flow.token), Some(&json!({ "proof": proof }))).await;
    assert_eq!(proven.status, 204, "{proven:?}");

    let ticket = shop.state(&flow).await["ticket"].as_str().unwrap().to_owned();
    let redeemed = app.redeem(&key, &ticket).await;
    assert_eq!(redeemed.status, 200, "{redeemed:?}");
    let redeemed = redeemed.json();
    assert_eq!((&redeemed["user"]["staff_id"], &redeemed["site"]), (&json!("zhangwei"), &json!(SHOP)));
}

#[tokio::test]
async fn the_frame_gives_its_code_to_the_backend_only() {
    let app = TestApp::with(login_options()).await;
    let (key, shop) = (app.api_key("shop").await, Browser::at(&app, SHOP));
    let flow = shop.begin_login(&json!({ "method": "frame" })).await;
    assert_eq!(flow.started["door"]["url"], format!("{OWN}/embed/frame"));

    // What follows is said by the frame page, on our own origin, which sends no cookies.
    let base = format!("/api/v1/logins/{}", flow.id);
    let answer =
        shop.api("POST", &format!("{base}/authorization"), Some(&flow.token), Some(&json!({}))).await;
    let url = answer.json()["url"].as_str().unwrap().to_owned();
    assert_eq!(query_of(&url, "iframe"), "true");
    let code = app.sign_in_code(&url, people::ZHANG_WEI);
    let body = json!({ "code": code, "state": query_of(&url, "state") });
    let answer = shop.api("POST", &format!("{base}/code"), Some(&flow.token), Some(&body)).await;
    assert_eq!(answer.status, 204, "{answer:?}");

    let ticket = shop.state(&flow).await["ticket"].as_str().unwrap().to_owned();
    assert_eq!(app.redeem(&key, &ticket).await.json()["user"]["job_number"], "E001");
}

#[tokio::test]
async fn the_workspace_signs_in_by_its_own_kind_of_code() {
    let app = TestApp::with(login_options()).await;
    let browser = Browser::new(&app);
    let flow = browser.begin_login(&json!({ "method": "workspace", "corp_id": STUDIO_CORP_ID })).await;
    assert_eq!(flow.started["door"]["corp_id"], STUDIO_CORP_ID);

    let code = app.dingtalk.jsapi_code(None, STUDIO_CORP_ID, people::ZHAO_LEI).unwrap();
    let path = format!("/api/v1/logins/{}/workspace", flow.id);
    let answer = browser.api("POST", &path, Some(&flow.token), Some(&json!({ "code": code }))).await;
    assert_eq!(answer.status, 204, "{answer:?}");

    let state = browser.state(&flow).await;
    browser.open_session(state["ticket"].as_str().unwrap()).await;
    let identity = browser.session().await.json()["identity"].clone();
    assert_eq!(identity["email"], "simUnionZhaoLei0004iEiE@dingtalk.local", "{identity}");
    assert_eq!(identity["avatar_url"], json!(null));
}
