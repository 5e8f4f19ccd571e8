//! People who are not who they seem: of other organisations, with other people's addresses.

use dingtalk_qr_simulator::{SCHOOL_CORP_ID, STUDIO_CORP_ID, SettingsPatch, people};
use dingtalk_qr_tests::{Browser, SHOP, TestApp, TestOptions, login_options, query_of};
use serde_json::{Value, json};

#[tokio::test]
async fn who_is_not_of_the_organisation_does_not_come_in() {
    for (userid, corp_id, expected) in [
        (people::CHEN_JING, Some(SCHOOL_CORP_ID), "foreign_organisation"),
        (people::CHEN_JING, Some(STUDIO_CORP_ID), "not_a_member"),
        (people::CHEN_JING, None, "foreign_organisation"),
        (people::WANG_FANG, Some(SCHOOL_CORP_ID), "foreign_organisation"),
        (people::ZHANG_WEI, None, "foreign_organisation"),
    ] {
        check_refused(login_options(), userid, corp_id, expected).await;
    }
    check_let_in(login_options(), people::WANG_FANG, Some(STUDIO_CORP_ID)).await;
}

#[tokio::test]
async fn only_allowed_organisations_come_in() {
    let options = || login_options().var("ALLOWED_CORP_IDS", format!(" {STUDIO_CORP_ID} , dingother"));
    check_let_in(options(), people::ZHANG_WEI, Some(STUDIO_CORP_ID)).await;
    let elsewhere = || login_options().var("ALLOWED_CORP_IDS", SCHOOL_CORP_ID);
    check_refused(elsewhere(), people::ZHANG_WEI, Some(STUDIO_CORP_ID), "foreign_organisation").await;
    // An app that does not say whose it is: DingTalk has to say where the person signed in.
    let nobodys =
        |allowed: &str| login_options().var("DINGTALK_CORP_ID", "").var("ALLOWED_CORP_IDS", allowed);
    check_let_in(nobodys(STUDIO_CORP_ID), people::ZHANG_WEI, Some(STUDIO_CORP_ID)).await;
    for corp_id in [Some(SCHOOL_CORP_ID), None] {
        check_refused(nobodys(STUDIO_CORP_ID), people::WANG_FANG, corp_id, "foreign_organisation").await;
    }
}

#[tokio::test]
async fn dingtalk_is_asked_for_the_organisation_where_one_is_required() {
    let nobodys = || login_options().var("DINGTALK_CORP_ID", "");
    for (options, scope) in [
        (nobodys(), "openid"),
        (nobodys().var("ALLOWED_CORP_IDS", STUDIO_CORP_ID), "openid corpid"),
        (login_options(), "openid corpid"),
    ] {
        let app = TestApp::with(options).await;
        let out = Browser::new(&app).go("/auth/dingtalk").await;
        assert_eq!(query_of(out.header("location"), "scope"), scope);
    }
}

#[tokio::test]
async fn the_workspace_of_another_organisation_opens_no_door_here() {
    for (userid, corp_id, expected) in [
        (people::CHEN_JING, SCHOOL_CORP_ID, "400 workspace_code_invalid"),
        (people::WANG_FANG, SCHOOL_CORP_ID, "400 workspace_code_invalid"),
        (people::CHEN_JING, STUDIO_CORP_ID, "403 not_a_member"),
    ] {
        let app = TestApp::with(login_options()).await;
        let browser = Browser::new(&app);
        let flow = browser.begin_login(&json!({ "method": "workspace" })).await;
        let code = app.dingtalk.jsapi_code(None, corp_id, userid).unwrap();

        let answer = browser.login_call(&flow, "workspace", &json!({ "code": code })).await;

        assert_eq!(answer.problem(), expected, "{userid} {corp_id}");
        assert_eq!(browser.state(&flow).await["status"], "failed");
        assert_nobody_is_stored(&app);
    }
}

#[tokio::test]
async fn an_address_that_is_made_up_of_somebody_elses_name_is_not_believed() {
    let victim = "simUnionZhangWei0001iEiE@dingtalk.local";
    for claimed in [
        victim.to_owned(),
        victim.to_ascii_uppercase(),
        format!(" {victim} "),
        "x@sub.dingtalk.local".to_owned(),
        "boss@printer.local".to_owned(),
        "no address".to_owned(),
        "boss@example.com@evil.example".to_owned(),
        String::new(),
    ] {
        let options = login_options().var("ADMIN_EMAILS", format!("{victim},boss@example.com"));
        let app = TestApp::with(options).await;
        without_email(&app, people::ZHANG_WEI);
        add_mallory(&app, &claimed);
        let (real, fake) = (Browser::new(&app), Browser::new(&app));
        real.sign_in(people::ZHANG_WEI).await;
        fake.sign_in("mallory").await;

        let (real, fake) = (identity(&real).await, identity(&fake).await);
        assert_eq!((&real["email"], &real["admin"]), (&json!(victim), &json!(true)));
        assert_eq!(fake["email"], "simUnionmallory@dingtalk.local", "{claimed}");
        assert_eq!(fake.get("admin"), None, "{claimed}");
        assert_ne!(real["user_id"], fake["user_id"]);
    }
}

#[tokio::test]
async fn a_domain_is_not_passed_off_as_another() {
    for (claimed, is_let_in) in [
        ("mallory@example.com", true),
        ("Mallory@EXAMPLE.com", true),
        ("mallory@evil.example", false),
        ("mallory@example.com.evil.example", false),
        ("mallory@notexample.com", false),
        ("mallory@sub.example.com", false),
    ] {
        let app = TestApp::with(login_options().var("ALLOWED_DOMAINS", "example.com,@other.example")).await;
        add_mallory(&app, claimed);
        let browser = Browser::new(&app);

        let out = browser.go("/auth/dingtalk").await;
        let back = browser.go(&app.approve_at_dingtalk(out.header("location"), "mallory")).await;

        if is_let_in {
            assert_eq!(back.status, 303, "{claimed}");
        } else {
            assert_eq!(back.trouble(), "403 email_domain_not_allowed", "{claimed}");
            assert_nobody_is_stored(&app);
        }
    }
}

#[tokio::test]
async fn two_people_with_one_address_and_one_number_stay_two() {
    let app = TestApp::with(login_options()).await;
    let (key, first, second) = (app.api_key("shop").await, Browser::new(&app), Browser::new(&app));
    let mut lina = app.dingtalk.person(people::LI_NA).unwrap();
    let zhang_wei = app.dingtalk.person(people::ZHANG_WEI).unwrap();
    (lina.email, lina.mobile, lina.name) = (zhang_wei.email, zhang_wei.mobile, zhang_wei.name);
    app.dingtalk.put_person(lina).unwrap();

    first.sign_in(people::ZHANG_WEI).await;
    second.sign_in(people::LI_NA).await;

    let users = [identity(&first).await, identity(&second).await];
    assert_eq!(users[0]["email"], users[1]["email"]);
    assert_ne!(users[0]["user_id"], users[1]["user_id"]);
    for (user, staff_id) in users.iter().zip(["zhangwei", "lina"]) {
        let path = format!("/api/v1/users/{}", user["user_id"].as_str().unwrap());
        let user = app.call("GET", &path).bearer(&key).send().await.json();
        assert_eq!((&user["staff_id"], &user["mobile"]), (&json!(staff_id), &json!("13800000001")));
    }
}

/// By the link, by the phone and by the page of another origin.
async fn check_refused(options: TestOptions, userid: &str, corp_id: Option<&str>, expected: &str) {
    let app = TestApp::with(options).await;
    app.dingtalk
        .change_settings(SettingsPatch { foreign_members_pass: Some(true), ..SettingsPatch::default() });
    let (browser, shop) = (Browser::new(&app), Browser::at(&app, SHOP));

    let page = back(&app, &browser, "/auth/dingtalk", userid, corp_id).await;
    assert_eq!(page.trouble(), format!("403 {expected}"), "{userid} {corp_id:?}");
    let body = json!({ "method": "redirect", "return_to": format!("{SHOP}/cart") });
    let flow = shop.begin_login(&body).await;
    let page = back(&app, &shop, &format!("/auth/dingtalk?login={}", flow.id), userid, corp_id).await;

    assert_eq!(page.header("location"), format!("{SHOP}/cart"), "without a proof");
    let state = shop.state(&flow).await;
    assert_eq!((&state["status"], &state["code"]), (&json!("failed"), &json!(expected)), "{userid}");
    assert_eq!(browser.session().await.status, 204);
    assert_nobody_is_stored(&app);
}

async fn check_let_in(options: TestOptions, userid: &str, corp_id: Option<&str>) {
    let app = TestApp::with(options).await;
    let browser = Browser::new(&app);
    let page = back(&app, &browser, "/auth/dingtalk", userid, corp_id).await;
    assert_eq!(page.status, 303, "{page:?}");
    assert_eq!(identity(&browser).await["corp_id"], json!(corp_id));
    assert!(app.database().contains("simUnion"));
}

/// Goes to DingTalk and comes back with a code of somebody in some organisation.
async fn back(
    app: &TestApp,
    browser: &Browser<'_>,
    path: &str,
    userid: &str,
    corp_id: Option<&str>,
) -> dingtalk_qr_tests::Answer {
    let page = browser.go(path).await.header("location").to_owned();
    let code = app.dingtalk.oauth_code(&query_of(&page, "client_id"), userid, corp_id).unwrap();
    let state = query_of(&page, "state");
    browser.go(&format!("/auth/dingtalk/callback?authCode={code}&code={code}&state={state}")).await
}

async fn identity(browser: &Browser<'_>) -> Value {
    browser.session().await.json()["identity"].clone()
}

fn add_mallory(app: &TestApp, email: &str) {
    let mut mallory = app.dingtalk.person(people::LI_NA).unwrap();
    (mallory.userid, mallory.unionid) = ("mallory".to_owned(), String::new());
    mallory.email = Some(email.to_owned());
    app.dingtalk.put_person(mallory).unwrap();
}

fn without_email(app: &TestApp, userid: &str) {
    let mut person = app.dingtalk.person(userid).unwrap();
    person.email = None;
    app.dingtalk.put_person(person).unwrap();
}

fn assert_nobody_is_stored(app: &TestApp) {
    let stored = app.database();
    assert!(!stored.contains("simUnion") && !stored.contains("@example.com"), "somebody is stored");
}
