//! Who may come in for the first time where only invited people may.

use dingtalk_qr_simulator::{EXISTING_APP_CLIENT_ID, people};
use dingtalk_qr_tests::{Answer, Browser, TestApp, TestOptions, login_options};
use serde_json::{Value, json};

const INVITATIONS: &str = "/api/v1/invitations";

#[tokio::test]
async fn who_is_not_invited_does_not_come_in() {
    let app = TestApp::with(invite_only()).await;
    let (browser, workspace) = (Browser::new(&app), Browser::new(&app));

    assert_eq!(try_to_sign_in(&browser, people::ZHANG_WEI).await.trouble(), "403 not_invited");
    let flow = workspace.begin_login(&json!({ "method": "workspace" })).await;
    let corp_id = dingtalk_qr_simulator::STUDIO_CORP_ID;
    let code = app.dingtalk.jsapi_code(None, corp_id, people::ZHANG_WEI).unwrap();
    let answer = workspace.login_call(&flow, "workspace", &json!({ "code": code })).await;
    assert_eq!(answer.problem(), "403 not_invited");

    assert_eq!(browser.session().await.status, 204);
    assert!(!app.database().contains("simUnion"), "nobody is stored");
}

#[tokio::test]
async fn an_invitation_lets_one_person_in_for_good() {
    for invitation in
        [json!({ "email": " ZhangWei@Example.COM " }), json!({ "union_id": "simUnionZhangWei0001iEiE" })]
    {
        let app = TestApp::with(invite_only()).await;
        let key = app.api_key("shop").await;
        assert_eq!(invite(&app, &key, &invitation).await.status, 201);
        let namesake = Browser::new(&app);
        assert_eq!(try_to_sign_in(&namesake, people::LI_NA).await.trouble(), "403 not_invited");

        Browser::new(&app).sign_in(people::ZHANG_WEI).await;
        assert_eq!(list(&app, &key).await, json!([]), "it is used up");

        // Another one with the same address comes too late.
        let mut lina = app.dingtalk.person(people::LI_NA).unwrap();
        lina.email = Some("zhangwei@example.com".to_owned());
        app.dingtalk.put_person(lina).unwrap();
        assert_eq!(try_to_sign_in(&namesake, people::LI_NA).await.trouble(), "403 not_invited");
        Browser::new(&app).sign_in(people::ZHANG_WEI).await;
    }
}

#[tokio::test]
async fn who_was_there_before_needs_no_invitation() {
    let app = TestApp::with(login_options()).await;
    Browser::new(&app).sign_in(people::ZHANG_WEI).await;

    let app = app.restart_with(invite_only()).await;

    Browser::new(&app).sign_in(people::ZHANG_WEI).await;
    assert_eq!(try_to_sign_in(&Browser::new(&app), people::LI_NA).await.trouble(), "403 not_invited");
}

#[tokio::test]
async fn an_administrator_needs_no_invitation() {
    let app = TestApp::with(invite_only().var("ADMIN_EMAILS", "lina@example.com")).await;
    Browser::new(&app).sign_in(people::LI_NA).await;
    assert_eq!(try_to_sign_in(&Browser::new(&app), people::ZHANG_WEI).await.trouble(), "403 not_invited");
}

#[tokio::test]
async fn an_address_that_anybody_can_write_is_no_invitation() {
    for (trust, is_let_in) in [("false", false), ("true", true)] {
        let app = TestApp::with(invite_only().var("TRUST_PROFILE_EMAILS", trust)).await;
        let key = app.api_key("shop").await;
        invite(&app, &key, &json!({ "email": "lina@example.com" })).await;
        // The organisation tells no addresses, so the one of the profile is all there is.
        let mut at_dingtalk = app.dingtalk.app(EXISTING_APP_CLIENT_ID).unwrap();
        at_dingtalk.permissions.retain(|name| name != "fieldEmail");
        app.dingtalk.put_app(at_dingtalk).unwrap();

        let answer = try_to_sign_in(&Browser::new(&app), people::LI_NA).await;

        assert_eq!(answer.status == 303, is_let_in, "{trust}: {answer:?}");
        assert_eq!(list(&app, &key).await.as_array().unwrap().is_empty(), is_let_in, "{trust}");
    }
}

#[tokio::test]
async fn a_made_up_address_is_no_invitation_either() {
    let app = TestApp::with(invite_only()).await;
    let key = app.api_key("shop").await;
    let made_up = json!({ "email": "simUnionZhaoLei0004iEiE@dingtalk.local" });
    assert_eq!(invite(&app, &key, &made_up).await.problem(), "400 invalid_request email");
    assert_eq!(try_to_sign_in(&Browser::new(&app), people::ZHAO_LEI).await.trouble(), "403 not_invited");
}

#[tokio::test]
async fn invitations_are_listed_and_taken_back() {
    let app = TestApp::with(invite_only()).await;
    let key = app.api_key("shop").await;
    let first = invite(&app, &key, &json!({ "email": "zhangwei@example.com" })).await.json();
    app.clock.advance(std::time::Duration::from_secs(1));
    let second = invite(&app, &key, &json!({ "union_id": "simUnionLiNa0002iEiE" })).await.json();
    let again = invite(&app, &key, &json!({ "email": "ZHANGWEI@example.com" })).await;
    assert_eq!((again.status.as_u16(), again.json()), (201, first.clone()), "one for a person");
    assert_eq!(list(&app, &key).await, json!([second, first]), "the newest first");
    assert_eq!(
        first,
        json!({
            "invitation_id": first["invitation_id"], "email": "zhangwei@example.com", "union_id": null,
            "created_at": 1_790_000_000_000_i64,
        })
    );

    let path = format!("{INVITATIONS}/{}", first["invitation_id"].as_str().unwrap());
    for _ in 0..2 {
        assert_eq!(app.call("DELETE", &path).bearer(&key).send().await.status, 204);
    }

    assert_eq!(list(&app, &key).await, json!([second]));
    assert_eq!(try_to_sign_in(&Browser::new(&app), people::ZHANG_WEI).await.trouble(), "403 not_invited");
    Browser::new(&app).sign_in(people::LI_NA).await;
}

#[tokio::test]
async fn an_invitation_that_names_nobody_is_refused() {
    let app = TestApp::with(invite_only()).await;
    let key = app.api_key("shop").await;
    for (body, expected) in [
        (json!({}), "400 invalid_request email"),
        (json!({ "email": "a@example.com", "union_id": "u" }), "400 invalid_request email"),
        (json!({ "email": "" }), "400 invalid_request email"),
        (json!({ "email": "no address" }), "400 invalid_request email"),
        (json!({ "email": "a@b@example.com" }), "400 invalid_request email"),
        (json!({ "email": "a@localhost" }), "400 invalid_request email"),
        (json!({ "email": 7 }), "400 invalid_request email"),
        (json!({ "union_id": "" }), "400 invalid_request union_id"),
        (json!({ "union_id": "two words" }), "400 invalid_request union_id"),
        (json!({ "union_id": "x".repeat(129) }), "400 invalid_request union_id"),
        (json!({ "email": "a@example.com", "surplus": 1 }), "400 invalid_request surplus"),
    ] {
        assert_eq!(invite(&app, &key, &body).await.problem(), expected, "{body}");
    }
    assert_eq!(list(&app, &key).await, json!([]));
}

#[tokio::test]
async fn strangers_invite_nobody() {
    let app = TestApp::with(invite_only().var("ADMIN_EMAILS", "lina@example.com")).await;
    let browser = Browser::new(&app);
    browser.sign_in(people::LI_NA).await;
    let body = json!({ "email": "mallory@evil.example" });

    for (method, path) in [("POST", INVITATIONS), ("GET", INVITATIONS), ("DELETE", "/api/v1/invitations/x")] {
        let nobody = app.call(method, path).json(&body).send().await;
        assert_eq!(nobody.problem(), "401 operator_required", "{method}");
        let person = app.call(method, path).header("cookie", &browser.cookies()).json(&body).send().await;
        assert_eq!(person.problem(), "401 operator_required", "{method}: a session is none of an operator");
    }
}

fn invite_only() -> TestOptions {
    login_options().var("INVITE_ONLY", "true")
}

async fn invite(app: &TestApp, key: &str, body: &Value) -> Answer {
    app.call("POST", INVITATIONS).bearer(key).json(body).send().await
}

async fn list(app: &TestApp, key: &str) -> Value {
    app.call("GET", INVITATIONS).bearer(key).send().await.json()["invitations"].clone()
}

async fn try_to_sign_in(browser: &Browser<'_>, userid: &str) -> Answer {
    let out = browser.go("/auth/dingtalk").await;
    browser.go(&browser.app().approve_at_dingtalk(out.header("location"), userid)).await
}
