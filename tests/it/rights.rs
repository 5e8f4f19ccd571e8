//! What an address makes of a person, and that nobody gains anything by what they write into their own profile.

use dingtalk_qr_simulator::{EXISTING_APP_CLIENT_ID, Person, people};
use dingtalk_qr_tests::{Browser, TestApp, TestOptions, login_options};
use serde_json::{Value, json};

const BOSS: &str = "boss@example.com";

#[tokio::test]
async fn an_address_that_only_the_profile_has_makes_no_administrator() {
    for (trust, expected) in [("false", json!(null)), ("true", json!(true))] {
        let app = start(login_options().var("TRUST_PROFILE_EMAILS", trust)).await;
        silence_the_organisation(&app, "fieldEmail");

        let identity = sign_in(&app).await;

        assert_eq!((&identity["email"], &identity["admin"]), (&json!(BOSS), &expected), "{trust}");
    }
}

#[tokio::test]
async fn an_address_of_the_organisation_makes_an_administrator() {
    let app = start(login_options()).await;

    assert_eq!(sign_in(&app).await["admin"], true);
}

// By using up the app's rate limit somebody could keep the organisation from being asked.
#[tokio::test]
async fn an_outage_of_the_directory_gives_and_takes_nothing() {
    let app = start(login_options()).await;
    change(&app, |person| person.email = Some("zhangwei@example.com".into()));
    assert_eq!(sign_in(&app).await["admin"], json!(null));

    change(&app, |person| person.email = Some(BOSS.into()));
    silence_the_organisation(&app, "qyapi_get_member");
    let identity = sign_in(&app).await;

    assert_eq!((&identity["email"], &identity["admin"]), (&json!("zhangwei@example.com"), &json!(null)));
}

#[tokio::test]
async fn an_invitation_by_address_is_for_whom_the_organisation_gives_the_address() {
    let app = start(login_options().var("INVITE_ONLY", "true").var("ADMIN_EMAILS", "")).await;
    app.state
        .people()
        .invite(dingtalk_qr_backend::identity::Email::invited(BOSS).as_ref(), None)
        .await
        .unwrap();
    silence_the_organisation(&app, "fieldEmail");

    let browser = Browser::new(&app);
    let out = browser.go("/auth/dingtalk").await;
    let refused = browser.go(&app.approve_at_dingtalk(out.header("location"), people::ZHANG_WEI)).await;

    assert_eq!(refused.status, 403, "{refused:?}");
    assert!(refused.body.contains("data-code=\"not_invited\""));
}

#[tokio::test]
async fn who_came_in_before_the_organisation_was_known_is_no_second_person() {
    let app = TestApp::with(login_options().var("DINGTALK_CORP_ID", "")).await;
    let before = sign_in(&app).await;
    assert_eq!(before["corp_id"], json!(null));

    let app = app.restart_with(login_options()).await;
    let after = sign_in(&app).await;

    assert_eq!(after["user_id"], before["user_id"]);
    assert_eq!(after["corp_id"], dingtalk_qr_simulator::STUDIO_CORP_ID);
}

async fn start(options: TestOptions) -> TestApp {
    let mut options = options;
    if !options.vars.iter().any(|(name, _)| *name == "ADMIN_EMAILS") {
        options = options.var("ADMIN_EMAILS", BOSS);
    }
    let app = TestApp::with(options).await;
    change(&app, |person| person.email = Some(BOSS.into()));
    app
}

async fn sign_in(app: &TestApp) -> Value {
    let browser = Browser::new(app);
    browser.sign_in(people::ZHANG_WEI).await;
    browser.session().await.json()["identity"].clone()
}

fn change(app: &TestApp, change: impl FnOnce(&mut Person)) {
    let mut person = app.dingtalk.person(people::ZHANG_WEI).unwrap();
    change(&mut person);
    app.dingtalk.put_person(person).unwrap();
}

/// Takes a permission from the app, so that the organisation does not tell.
fn silence_the_organisation(app: &TestApp, permission: &str) {
    let mut studio = app.dingtalk.app(EXISTING_APP_CLIENT_ID).unwrap();
    studio.permissions.retain(|granted| granted != permission);
    app.dingtalk.put_app(studio).unwrap();
}
