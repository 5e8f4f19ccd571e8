//! What is known of people who have signed in, and what the server of an embedder does with it.

use dingtalk_qr_simulator::{EXISTING_APP_CLIENT_ID, Person, STUDIO_CORP_ID, people};
use dingtalk_qr_tests::{Answer, Browser, TestApp, TestOptions, login_options};
use serde_json::{Value, json};

const BY_UNION_ID: &str = "/topapi/user/getbyunionid";
const BY_STAFF_ID: &str = "/topapi/v2/user/get";
const HOUR: std::time::Duration = std::time::Duration::from_hours(1);

#[tokio::test]
async fn the_record_of_a_person_is_complete() {
    let app = TestApp::with(login_options()).await;
    change(&app, people::ZHANG_WEI, |person| {
        person.avatar = "https://static.example/zhangwei.png".to_owned();
    });
    let (key, browser) = (app.api_key("shop").await, Browser::new(&app));
    let (_, ticket) = browser.sign_in_by_phone(people::ZHANG_WEI).await;

    let redeemed = app.redeem(&key, &ticket).await.json();

    let id = redeemed["user"]["user_id"].as_str().unwrap();
    let open_id = redeemed["user"]["open_id"].as_str().unwrap();
    assert!(id.len() == 22 && open_id.starts_with("simO"), "{redeemed}");
    let expected = json!({
        "user_id": id,
        "external_id": null,
        "corp_id": STUDIO_CORP_ID,
        "staff_id": "zhangwei",
        "union_id": "simUnionZhangWei0001iEiE",
        "open_id": open_id,
        "name": "张伟",
        "email": "zhangwei@example.com",
        "email_made_up": false,
        "mobile": "13800000001",
        "state_code": "86",
        "job_number": "E001",
        "hired_at": 1_577_808_000_000_i64,
        "avatar_url": "https://static.example/zhangwei.png",
        "admin": false,
        "extension": {},
        "created_at": 1_790_000_000_000_i64,
        "signed_in_at": 1_790_000_000_000_i64,
    });
    assert_eq!(redeemed["user"], expected);
    assert_eq!(read(&app, &key, id).await, expected);
    assert_eq!(
        (&redeemed["method"], &redeemed["client_id"], &redeemed["site"]),
        (&json!("qr"), &json!(EXISTING_APP_CLIENT_ID), &json!(dingtalk_qr_tests::OWN))
    );
}

#[tokio::test]
async fn a_page_is_told_no_more_than_it_needs() {
    let app = TestApp::with(login_options()).await;
    let browser = Browser::new(&app);
    let (flow, ticket) = browser.sign_in_by_phone(people::ZHANG_WEI).await;
    let state = browser.state(&flow).await;
    let session = browser.open_session(&ticket).await.json();

    for identity in [&state["identity"], &session["identity"], &browser.session().await.json()["identity"]] {
        let mut names: Vec<_> = identity.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["corp_id", "email", "name", "user_id"], "{identity}");
    }
}

#[tokio::test]
async fn who_comes_again_is_the_same_person_brought_up_to_date() {
    let app = TestApp::with(login_options()).await;
    let key = app.api_key("shop").await;
    let before = sign_in(&app, &key, people::ZHANG_WEI).await;

    app.clock.advance(HOUR);
    change(&app, people::ZHANG_WEI, |person| {
        person.name = "张大伟".to_owned();
        person.email = Some("dawei@example.com".to_owned());
        person.mobile = "13900000009".to_owned();
        person.job_number = "E900".to_owned();
    });
    let after = sign_in(&app, &key, people::ZHANG_WEI).await;

    let mut expected = before;
    expected["name"] = json!("张大伟");
    expected["email"] = json!("dawei@example.com");
    expected["mobile"] = json!("13900000009");
    expected["job_number"] = json!("E900");
    expected["signed_in_at"] = json!(1_790_003_600_000_i64);
    assert_eq!(after, expected);
}

#[tokio::test]
async fn what_dingtalk_does_not_say_any_more_is_not_forgotten() {
    for method in ["link", "workspace"] {
        let app = TestApp::with(login_options().var("ADMIN_EMAILS", "zhangwei@example.com")).await;
        let key = app.api_key("shop").await;
        let before = sign_in(&app, &key, people::ZHANG_WEI).await;
        assert_eq!(before["admin"], true);

        for path in [BY_UNION_ID, BY_STAFF_ID] {
            for fault in
                [json!({ "http": 500 }), json!({ "set": { "errcode": 60011 } }), json!({ "preset": "busy" })]
            {
                app.dingtalk.clear_faults();
                let rule = json!({ "path": path, "fault": fault });
                app.dingtalk.add_fault(serde_json::from_value(rule).unwrap()).unwrap();
                let mut after = if method == "link" {
                    sign_in(&app, &key, people::ZHANG_WEI).await
                } else {
                    sign_in_workspace(&app, &key, people::ZHANG_WEI).await
                };
                // What the person calls themselves takes the place of what the organisation calls them.
                after["name"] = before["name"].clone();
                assert_eq!(after, before, "{method} {path} {fault}");
            }
        }
    }
}

#[tokio::test]
async fn permissions_that_an_app_loses_take_nothing_away() {
    let app = TestApp::with(login_options()).await;
    let key = app.api_key("shop").await;
    let before = sign_in(&app, &key, people::ZHANG_WEI).await;
    permit(&app, &["open_app_api_base", "Contact.User.Read", "qyapi_get_member"]);
    change(&app, people::ZHANG_WEI, |person| {
        person.job_number = String::new();
        person.hired_date = None;
    });

    assert_eq!(sign_in(&app, &key, people::ZHANG_WEI).await, before);
}

#[tokio::test]
async fn who_comes_first_while_the_directory_is_silent_has_what_the_profile_says() {
    for fault in [json!({ "http": 500 }), json!({ "set": { "errcode": 60011 } })] {
        let app = TestApp::with(login_options()).await;
        let key = app.api_key("shop").await;
        let rule = json!({ "path": BY_UNION_ID, "fault": fault });
        app.dingtalk.add_fault(serde_json::from_value(rule).unwrap()).unwrap();

        let user = sign_in(&app, &key, people::ZHANG_WEI).await;

        assert_eq!((&user["staff_id"], &user["job_number"]), (&Value::Null, &Value::Null), "{fault}");
        assert_eq!((&user["name"], &user["mobile"]), (&json!("Wei"), &json!("13800000001")), "{fault}");
        assert_eq!(user["email"], "zhangwei@example.com");
    }
}

#[tokio::test]
async fn an_address_is_the_organisations_or_made_up() {
    let app = TestApp::with(login_options()).await;
    let key = app.api_key("shop").await;

    let with = sign_in(&app, &key, people::ZHANG_WEI).await;
    let without = sign_in(&app, &key, people::ZHAO_LEI).await;
    let in_workspace = sign_in_workspace(&app, &key, people::ZHAO_LEI).await;

    assert_eq!((&with["email"], &with["email_made_up"]), (&json!("zhangwei@example.com"), &json!(false)));
    assert_eq!(without["email"], "simUnionZhaoLei0004iEiE@dingtalk.local");
    assert_eq!((&without["email_made_up"], &without["avatar_url"]), (&json!(true), &Value::Null));
    assert_eq!(in_workspace["user_id"], without["user_id"], "one person by all doors");
}

#[tokio::test]
async fn only_pictures_behind_tls_are_taken() {
    for (avatar, expected) in [
        ("https://static.example/a.png", json!("https://static.example/a.png")),
        ("http://static.example/a.png", Value::Null),
        ("javascript:alert(1)", Value::Null),
        ("data:image/png;base64,x", Value::Null),
        ("", Value::Null),
    ] {
        let app = TestApp::with(login_options()).await;
        change(&app, people::ZHANG_WEI, |person| person.avatar = avatar.to_owned());
        let key = app.api_key("shop").await;
        assert_eq!(sign_in(&app, &key, people::ZHANG_WEI).await["avatar_url"], expected, "{avatar}");
    }
}

#[tokio::test]
async fn an_administrator_is_who_the_configuration_names() {
    let mixed = "Boss@Example.com, LINA@example.COM";
    for (admins, userid, expected) in [
        (mixed, people::LI_NA, true),
        (mixed, people::ZHANG_WEI, false),
        ("@example.com", people::LI_NA, false),
        ("", people::LI_NA, false),
        ("simUnionZhaoLei0004iEiE@dingtalk.local", people::ZHAO_LEI, true),
    ] {
        let app = TestApp::with(login_options().var("ADMIN_EMAILS", admins)).await;
        let key = app.api_key("shop").await;
        assert_eq!(sign_in(&app, &key, userid).await["admin"], expected, "{admins} {userid}");
    }
    // An address that only the person's own profile has makes nobody an administrator, unless it is trusted.
    for (trust, expected) in [("false", false), ("true", true)] {
        let options = login_options().var("ADMIN_EMAILS", mixed).var("TRUST_PROFILE_EMAILS", trust);
        let app = TestApp::with(options).await;
        permit(&app, &["open_app_api_base", "Contact.User.Read", "qyapi_get_member"]);
        let user = sign_in(&app, &app.api_key("shop").await, people::LI_NA).await;
        assert_eq!(
            (&user["email"], &user["admin"]),
            (&json!("lina@example.com"), &json!(expected)),
            "{trust}"
        );
    }
}

#[tokio::test]
async fn records_are_for_programs_with_a_key_and_nobody_else() {
    // Whoever is on this machine while a simulator plays DingTalk; and on a server.
    let local = TestOptions { is_guarded: false, ..login_options() };
    for app in [TestApp::with(login_options()).await, TestApp::with(local).await] {
        let browser = Browser::new(&app);
        browser.sign_in(people::ZHANG_WEI).await;
        let id = browser.session().await.json()["identity"]["user_id"].as_str().unwrap().to_owned();
        let operator = operator(&app).await;
        for (method, path) in [
            ("GET", format!("/api/v1/users/{id}")),
            ("GET", "/api/v1/users?external_id=x".to_owned()),
            ("PATCH", format!("/api/v1/users/{id}")),
            ("POST", format!("/api/v1/users/{id}/refresh")),
            ("DELETE", format!("/api/v1/users/{id}/sessions")),
            ("POST", "/api/v1/tickets/redeem".to_owned()),
        ] {
            for (name, value) in [
                ("x-nothing", String::new()),
                ("cookie", browser.cookies()),
                ("cookie", operator.clone()),
                ("authorization", "Bearer dqk_guess".to_owned()),
                ("authorization", "Basic eDp5".to_owned()),
            ] {
                let call = app.call(method, &path).header(name, &value).json(&json!({}));
                assert_eq!(call.send().await.problem(), "401 operator_required", "{method} {path} {name}");
            }
        }
        assert_eq!(browser.session().await.status, 200);
    }
}

async fn operator(app: &TestApp) -> String {
    let body = json!({ "setup_code": app.state.access().issue_setup_code().as_str() });
    let answer = app.call("POST", "/api/v1/operator-session").json(&body).send().await;
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

async fn sign_in(app: &TestApp, key: &str, userid: &str) -> Value {
    let browser = Browser::new(app);
    browser.sign_in(userid).await;
    let session = browser.session().await.json();
    read(app, key, session["identity"]["user_id"].as_str().unwrap()).await
}

async fn sign_in_workspace(app: &TestApp, key: &str, userid: &str) -> Value {
    let browser = Browser::new(app);
    let flow = browser.begin_login(&json!({ "method": "workspace" })).await;
    let code = app.dingtalk.jsapi_code(None, STUDIO_CORP_ID, userid).unwrap();
    let answer: Answer = browser.login_call(&flow, "workspace", &json!({ "code": code })).await;
    assert_eq!(answer.status, 204, "{answer:?}");
    app.redeem(key, &browser.ticket(&flow).await).await.json()["user"].clone()
}

async fn read(app: &TestApp, key: &str, id: &str) -> Value {
    let answer = app.call("GET", &format!("/api/v1/users/{id}")).bearer(key).send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

fn change(app: &TestApp, userid: &str, change: impl FnOnce(&mut Person)) {
    let mut person = app.dingtalk.person(userid).unwrap();
    change(&mut person);
    app.dingtalk.put_person(person).unwrap();
}

fn permit(app: &TestApp, permissions: &[&str]) {
    let mut at_dingtalk = app.dingtalk.app(EXISTING_APP_CLIENT_ID).unwrap();
    at_dingtalk.permissions = permissions.iter().map(|name| (*name).to_owned()).collect();
    app.dingtalk.put_app(at_dingtalk).unwrap();
}
