//! A third-party app with two customers, from the installation to the end.

use dingtalk_qr_simulator::{CLINIC_CORP_ID, SCHOOL_CORP_ID, STUDIO_CORP_ID, people};
use dingtalk_qr_tests::{
    AES_KEY, Answer, Browser, CALLBACK_TOKEN, OWN, SHOP, SUITE_KEY, SUITE_SECRET, TestApp, TestOptions,
    query_of, suite_options, with_two_customers,
};
use serde_json::{Value, json};

const CORP_TOKEN: &str = "/v1.0/oauth2/corpAccessToken";

#[tokio::test]
async fn two_customers_install_sign_in_and_one_leaves() {
    let (app, _listening) = with_two_customers().await;
    let key = app.scoped_key("ops", "suites:read users:read tickets:redeem").await;
    let (studio, school) = (Browser::new(&app), Browser::new(&app));
    let (_, of_studio) = studio.sign_in_as_customer(STUDIO_CORP_ID, people::LI_NA).await;
    let (_, of_school) = school.sign_in_as_customer(SCHOOL_CORP_ID, people::CHEN_JING).await;
    let [of_studio, of_school] = [studio.ticket(&of_studio).await, school.ticket(&of_school).await];
    let session = studio.open_session(&of_studio).await.json();
    school.open_session(&of_school).await;
    let identity = &session["identity"];
    assert_eq!((&identity["corp_id"], &identity["name"]), (&json!(STUDIO_CORP_ID), &json!("李娜")));
    let [user, other] = [&session, &school.session().await.json()]
        .map(|session| format!("/api/v1/users/{}", session["identity"]["user_id"].as_str().unwrap()));
    let users = app.scoped_key("users", "users:read").await;
    assert_eq!(read(&app, &users, &user).await.json()["staff_id"], people::LI_NA);

    app.dingtalk.uninstall(SUITE_KEY, STUDIO_CORP_ID).unwrap();
    app.dingtalk.pushed().await;

    assert!(app.pushes().iter().all(|push| push.acknowledged), "{:?}", app.pushes());
    assert_eq!(corp_ids(&customers(&app, &key).await), [SCHOOL_CORP_ID]);
    let gone = read(&app, &key, &format!("/api/v1/suites/shop/customers/{STUDIO_CORP_ID}")).await;
    assert_eq!(gone.problem(), "404 customer_not_found");
    assert_eq!(read(&app, &users, &user).await.problem(), "404 user_not_found");
    assert_eq!(studio.session().await.status, 204);
    let body = json!({ "method": "workspace", "app": "shop", "corp_id": STUDIO_CORP_ID });
    let refused = studio.api("POST", "/api/v1/logins", None, Some(&body)).await;
    assert_eq!(refused.problem(), "404 login_config_not_found");
    let events = read(&app, &key, "/api/v1/suites/shop/events").await.json();
    let of_studio =
        events["events"].as_array().unwrap().iter().filter(|event| event["corp_id"] == STUDIO_CORP_ID);
    assert_eq!(of_studio.map(|event| &event["kind"]).collect::<Vec<_>>(), ["authorization_ended"]);

    assert_eq!(school.session().await.status, 200);
    assert_eq!(read(&app, &users, &other).await.json()["corp_id"], SCHOOL_CORP_ID);
    let (answer, _) = school.sign_in_as_customer(SCHOOL_CORP_ID, people::WANG_FANG).await;
    assert_eq!(answer.status, 204, "{answer:?}");
}

#[tokio::test]
async fn customers_tickets_and_events_survive_a_restart() {
    let (app, listening) = with_two_customers().await;
    drop(listening);

    let app = app.restart().await;
    let listening = app.listen().await;
    app.register_suite(&listening).await;

    let key = app.scoped_key("ops", "suites:read").await;
    assert_eq!(corp_ids(&customers(&app, &key).await), [SCHOOL_CORP_ID, STUDIO_CORP_ID]);
    let browser = Browser::new(&app);
    let (answer, _) = browser.sign_in_as_customer(STUDIO_CORP_ID, people::LI_NA).await;
    assert_eq!(answer.status, 204, "{answer:?}");
}

#[tokio::test]
async fn a_member_of_a_customer_signs_in_by_every_door() {
    let (app, _listening) = with_two_customers().await;
    let chosen = json!({ "app": "shop", "corp_id": SCHOOL_CORP_ID });

    let browser = Browser::new(&app);
    let out = browser.go(&format!("/auth/dingtalk?app=shop&corp_id={SCHOOL_CORP_ID}")).await;
    let page = out.header("location");
    assert_eq!(
        (query_of(page, "client_id"), query_of(page, "corpId")),
        (SUITE_KEY.into(), SCHOOL_CORP_ID.into())
    );
    let back = browser.go(&app.approve_at_dingtalk(page, people::CHEN_JING)).await;
    assert_eq!(back.status, 303, "{back:?}");
    assert_eq!(browser.session().await.json()["identity"]["corp_id"], SCHOOL_CORP_ID);

    let (desk, phone) = (Browser::new(&app), Browser::new(&app));
    let flow = desk.begin_login(&with(&chosen, "qr")).await;
    let page = phone.scan(&flow, people::CHEN_JING).await;
    let number = desk.state(&flow).await["number"].as_u64().unwrap();
    phone.pick(&flow, &page, number).await;
    assert_eq!(desk.state(&flow).await["identity"]["corp_id"], SCHOOL_CORP_ID);

    let shop = Browser::at(&app, SHOP);
    let flow = shop.begin_login(&with(&chosen, "frame")).await;
    let frame = Browser::new(&app);
    let page = frame.login_call(&flow, "authorization", &json!({})).await.json();
    let page = page["url"].as_str().unwrap();
    let code = app.sign_in_code(page, people::CHEN_JING);
    let body = json!({ "code": code, "state": query_of(page, "state") });
    assert_eq!(frame.login_call(&flow, "code", &body).await.status, 204);
    assert_eq!(shop.state(&flow).await["identity"]["name"], "陈静");
}

#[tokio::test]
async fn who_names_no_organisation_chooses_one_that_is_a_customer() {
    let (app, _listening) = with_two_customers().await;
    for (corp_id, userid, expected) in [
        (STUDIO_CORP_ID, people::LI_NA, "303"),
        (SCHOOL_CORP_ID, people::CHEN_JING, "303"),
        (CLINIC_CORP_ID, people::LI_NA, "403 foreign_organisation"),
    ] {
        let browser = Browser::new(&app);
        let out = browser.go("/auth/dingtalk?app=shop").await;
        let page = out.header("location");
        assert_eq!(
            (query_of(page, "scope"), query_of(page, "corpId")),
            ("openid corpid".into(), String::new())
        );
        let code = app.dingtalk.oauth_code(SUITE_KEY, userid, Some(corp_id)).unwrap();
        let state = query_of(page, "state");
        let back = browser.go(&format!("/auth/dingtalk/callback?authCode={code}&state={state}")).await;
        let came = if back.status == 303 { "303".to_owned() } else { back.trouble() };
        assert_eq!(came, expected, "{corp_id}");
    }
}

#[tokio::test]
async fn an_organisation_is_known_by_the_only_app_that_it_has_installed() {
    let (app, _listening) = with_two_customers().await;

    let out = Browser::new(&app).go(&format!("/auth/dingtalk?corp_id={SCHOOL_CORP_ID}")).await;

    assert_eq!(query_of(out.header("location"), "client_id"), SUITE_KEY);
    let nobody = Browser::new(&app).go(&format!("/auth/dingtalk?corp_id={CLINIC_CORP_ID}")).await;
    assert_eq!(nobody.trouble(), "404 login_config_not_found");
}

#[tokio::test]
async fn while_an_app_is_switched_off_nobody_signs_in() {
    let (app, _listening) = with_two_customers().await;
    let key = app.scoped_key("ops", "suites:read").await;
    let browser = Browser::new(&app);
    browser.sign_in_as_customer(STUDIO_CORP_ID, people::LI_NA).await;

    app.dingtalk.switch(SUITE_KEY, STUDIO_CORP_ID, false).unwrap();
    app.dingtalk.pushed().await;
    let path = format!("/api/v1/suites/shop/customers/{STUDIO_CORP_ID}");
    assert_eq!(read(&app, &key, &path).await.json()["enabled"], false);
    let body = json!({ "method": "workspace", "app": "shop", "corp_id": STUDIO_CORP_ID });
    let refused = browser.api("POST", "/api/v1/logins", None, Some(&body)).await;
    assert_eq!(refused.problem(), "404 login_config_not_found");

    app.pass(1).await;
    app.dingtalk.switch(SUITE_KEY, STUDIO_CORP_ID, true).unwrap();
    app.dingtalk.pushed().await;
    let asked = app.asked(CORP_TOKEN);
    let (answer, _) = browser.sign_in_as_customer(STUDIO_CORP_ID, people::LI_NA).await;
    assert_eq!((answer.status.as_u16(), app.asked(CORP_TOKEN)), (204, asked + 1), "{answer:?}");
}

#[tokio::test]
async fn the_routes_tell_of_apps_and_customers_page_by_page() {
    let (app, _listening) = with_two_customers().await;
    let key = app.scoped_key("ops", "suites:read").await;
    app.pass(61).await;

    let suite = read(&app, &key, "/api/v1/suites/shop").await.json();
    assert_eq!(read(&app, &key, "/api/v1/suites").await.json()["suites"], json!([suite]));
    let callback = format!("{OWN}/suite/shop/callback");
    assert_eq!((&suite["client_id"], &suite["callback_url"]), (&json!(SUITE_KEY), &json!(callback)));
    assert_eq!((&suite["customers"], &suite["last_event"]), (&json!(2), &json!(2)));

    let first = read(&app, &key, "/api/v1/suites/shop/customers?limit=1").await.json();
    assert_eq!(
        (corp_ids(&first), &first["next_cursor"]),
        (vec![SCHOOL_CORP_ID.into()], &json!(SCHOOL_CORP_ID))
    );
    let path = format!("/api/v1/suites/shop/customers?limit=1&cursor={SCHOOL_CORP_ID}");
    let second = read(&app, &key, &path).await.json();
    assert_eq!((corp_ids(&second), &second["next_cursor"]), (vec![STUDIO_CORP_ID.into()], &Value::Null));
    let path = format!("/api/v1/suites/shop/customers/{STUDIO_CORP_ID}");
    let customer = read(&app, &key, &path).await.json();
    let agent_id = app.dingtalk.suite(SUITE_KEY).unwrap().customers[1].agent_id;
    assert_eq!((&customer["name"], &customer["agent_id"]), (&json!("Lantern Studio"), &json!(agent_id)));

    for (path, expected) in [
        ("/api/v1/suites/none", "404 suite_not_found"),
        ("/api/v1/suites/none/customers", "404 suite_not_found"),
        ("/api/v1/suites/none/events", "404 suite_not_found"),
        ("/api/v1/suites/shop/customers/none", "404 customer_not_found"),
        ("/api/v1/suites/shop/customers?limit=0", "400 invalid_request limit"),
        ("/api/v1/suites/shop/events?limit=101", "400 invalid_request limit"),
        ("/api/v1/suites/shop/events?after=x", "400 invalid_request after"),
    ] {
        assert_eq!(read(&app, &key, path).await.problem(), expected, "{path}");
    }
}

#[tokio::test]
async fn what_keeps_a_third_party_app_from_working_is_named() {
    let app = TestApp::with(suite_options()).await;
    let key = app.scoped_key("ops", "apps:read apps:write").await;
    let examine = async || {
        let examined = app.call("POST", "/api/v1/apps/shop/verify").bearer(&key).send().await.json();
        let codes = examined["findings"].as_array().unwrap().iter().map(|finding| finding["code"].clone());
        (examined["verified"].clone(), codes.collect::<Vec<_>>())
    };
    assert_eq!(examine().await, (json!(false), vec![json!("suite_ticket_missing")]));

    let listening = app.listen().await;
    app.register_suite(&listening).await;
    assert_eq!(examine().await, (json!(true), vec![]));

    let refusal = json!({ "code": "invalidClientIdOrSecret", "message": "x" }).to_string();
    let fault = json!({ "path": "/v1.0/oauth2/suiteAccessToken", "fault": { "http": 400, "body": refusal } });
    app.dingtalk.add_fault(serde_json::from_value(fault).unwrap()).unwrap();
    assert_eq!(examine().await, (json!(false), vec![json!("credentials_rejected")]));
}

#[tokio::test]
async fn third_party_apps_of_a_file_are_as_good() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("apps.toml");
    std::fs::write(folder.path().join("aes.key"), format!("{AES_KEY}\n")).unwrap();
    let text = format!(
        "[suites.shop]\ntitle = \"The Shop\"\nsuite_key = \"{SUITE_KEY}\"\nsuite_secret = \"{SUITE_SECRET}\"\n\
         token = \"{CALLBACK_TOKEN}\"\naes_key_file = \"aes.key\"\n"
    );
    std::fs::write(&path, text).unwrap();
    let options = TestOptions::default().guarded().var("PUBLIC_URL", OWN);
    let app = TestApp::with(options.var("APPS_FILE", path.to_str().unwrap())).await;
    let listening = app.listen().await;
    app.register_suite(&listening).await;
    app.install(&[STUDIO_CORP_ID]).await;

    let (answer, _) = Browser::new(&app).sign_in_as_customer(STUDIO_CORP_ID, people::LI_NA).await;

    assert_eq!(answer.status, 204, "{answer:?}");
}

#[tokio::test]
async fn nothing_secret_is_answered_or_stored_in_clear() {
    let (app, _listening) = with_two_customers().await;
    let key = app.scoped_key("ops", "suites:read suites:write").await;
    Browser::new(&app).sign_in_as_customer(STUDIO_CORP_ID, people::LI_NA).await;
    let mut heard = String::new();
    for path in [
        "/api/v1/suites",
        "/api/v1/suites/shop",
        "/api/v1/suites/shop/customers",
        "/api/v1/suites/shop/events",
    ] {
        heard += &read(&app, &key, path).await.body;
    }
    let path = format!("/api/v1/suites/shop/customers/{STUDIO_CORP_ID}");
    heard += &app.call("PUT", &path).bearer(&key).send().await.body;
    assert!(heard.contains("Lantern Studio") && heard.contains("authorized"), "{heard}");

    let (stored, ticket) = (app.database(), app.dingtalk.suite(SUITE_KEY).unwrap().ticket);
    assert!(stored.contains(SUITE_KEY), "the database was read");
    for secret in [SUITE_SECRET, CALLBACK_TOKEN, AES_KEY, &ticket, "simpermanentcode"] {
        assert!(!heard.contains(secret) && !stored.contains(secret), "{secret}");
    }
}

async fn read(app: &TestApp, key: &str, path: &str) -> Answer {
    app.call("GET", path).bearer(key).send().await
}

async fn customers(app: &TestApp, key: &str) -> Value {
    read(app, key, "/api/v1/suites/shop/customers").await.json()
}

fn corp_ids(customers: &Value) -> Vec<String> {
    let customers = customers["customers"].as_array().unwrap();
    customers.iter().map(|customer| customer["corp_id"].as_str().unwrap().to_owned()).collect()
}

fn with(body: &Value, method: &str) -> Value {
    let mut body = body.clone();
    body["method"] = json!(method);
    body
}
