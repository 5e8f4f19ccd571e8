//! People of a local: they sign in through the cloud and are kept here.

use dingtalk_qr_backend::access::Scope;
use dingtalk_qr_simulator::{STUDIO_CORP_ID, people};
use dingtalk_qr_tests::{Answer, Browser, INTRANET, Relay, SHOP, TestOptions};
use serde_json::{Value, json};

#[tokio::test]
async fn somebody_who_signs_in_at_the_cloud_has_a_session_at_the_local_and_is_kept_there() {
    checks_a_sign_in(Relay::start().await).await;
}

#[tokio::test]
async fn a_local_on_postgresql_follows_a_cloud_on_sqlite() {
    let local = TestOptions::default().on_postgres().await;
    checks_a_sign_in(Relay::with(TestOptions::default(), local).await).await;
}

#[tokio::test]
async fn a_local_on_sqlite_follows_a_cloud_on_postgresql() {
    let cloud = TestOptions::default().on_postgres().await;
    checks_a_sign_in(Relay::with(cloud, TestOptions::default()).await).await;
}

async fn checks_a_sign_in(relay: Relay) {
    let answer = relay.sign_in(people::ZHANG_WEI).await;

    assert_eq!(answer.json()["identity"]["name"], "张伟");
    let session = session(&relay, &cookie(&answer)).await;
    assert_eq!(session.json()["identity"], answer.json()["identity"]);
    let user = user(&relay, &answer).await;
    assert_eq!(
        [&user["corp_id"], &user["staff_id"], &user["email"], &user["job_number"]],
        [STUDIO_CORP_ID, people::ZHANG_WEI, "zhangwei@example.com", user["job_number"].as_str().unwrap()]
    );

    // A change at the cloud comes here, and what is kept only here stays.
    bind(&relay, &answer, "employee-1").await;
    rename(&relay, people::ZHANG_WEI, "张大伟");
    let shop = Browser::at(&relay.cloud, SHOP);
    shop.sign_in_by_phone(people::ZHANG_WEI).await;
    relay.until(async || self::user(&relay, &answer).await["name"] == "张大伟").await;
    assert_eq!(self::user(&relay, &answer).await["external_id"], "employee-1");
}

#[tokio::test]
async fn a_ticket_works_once_and_only_for_the_local_of_its_page() {
    let relay = Relay::start().await;
    let (_, of_shop) = Browser::at(&relay.cloud, SHOP).sign_in_by_phone(people::LI_NA).await;
    let (_, ticket) = Browser::at(&relay.cloud, INTRANET).sign_in_by_phone(people::ZHANG_WEI).await;

    assert_eq!(relay.local.open_session(&of_shop).await.problem(), "400 ticket_invalid");
    assert_eq!(relay.local.open_session(&ticket).await.status, 200);
    assert_eq!(relay.local.open_session(&ticket).await.problem(), "400 ticket_invalid");

    let key = relay.cloud.api_key("shop").await;
    assert_eq!(relay.cloud.redeem(&key, &of_shop).await.status, 200, "the other one stayed good");
    let foreign = relay.local.call("POST", "/api/v1/session").header("origin", SHOP);
    assert_eq!(foreign.json(&json!({ "ticket": "x" })).send().await.problem(), "403 forbidden_origin");
}

#[tokio::test]
async fn a_browser_goes_to_dingtalk_and_comes_back_to_the_local() {
    let relay = Relay::start().await;

    let (errand, proof) = there_and_back(&relay, "/orders?open=1").await;
    let back = give_in(&relay, &errand, &proof).await;

    assert_eq!((back.status.as_u16(), back.header("location")), (303, "/orders?open=1"), "{back:?}");
    let session = session(&relay, &cookie(&back)).await;
    assert_eq!(session.json()["identity"]["name"], "张伟");
    let again = give_in(&relay, &errand, &proof).await;
    assert_eq!(again.trouble(), "409 login_ended", "it works once");
}

#[tokio::test]
async fn another_browser_and_another_proof_sign_nobody_in() {
    let relay = Relay::start().await;
    let (errand, proof) = there_and_back(&relay, "/").await;
    let (other, _) = there_and_back(&relay, "/").await;

    assert_eq!(give_in(&relay, "", &proof).await.trouble(), "400 login_state_invalid");
    assert_eq!(give_in(&relay, &other, &proof).await.trouble(), "400 login_state_invalid");
    assert_eq!(give_in(&relay, &errand, "").await.trouble(), "400 login_state_invalid");
    let form = relay.local.call("POST", "/auth/dingtalk/callback").header("origin", SHOP);
    let form = form.header("cookie", &errand).text(FORM, &format!("proof={proof}"));
    assert_eq!(form.send().await.trouble(), "403 forbidden_origin");
}

#[tokio::test]
async fn a_browser_is_sent_nowhere_else() {
    let relay = Relay::start().await;

    for wish in ["https://evil.example/", "//evil.example", "/\\evil.example", SHOP] {
        let (errand, proof) = there_and_back(&relay, wish).await;
        let back = give_in(&relay, &errand, &proof).await;
        assert_eq!(back.header("location"), "/", "{wish}");
    }
}

#[tokio::test]
async fn a_local_begins_logins_for_its_own_origins_only() {
    let local = TestOptions::default().var("PUBLIC_URL", "https://other.example");
    let relay = Relay::with(TestOptions::default(), local).await;

    let answer = relay.local.call("GET", "/auth/dingtalk").send().await;

    assert_eq!(answer.trouble(), "400 invalid_request");
}

#[tokio::test]
async fn who_has_left_the_organisation_is_signed_out_at_the_local() {
    let relay = Relay::start().await;
    let (first, second) = (sign_in_by_redirect(&relay).await, sign_in_by_redirect(&relay).await);
    let id = session(&relay, &first).await.json()["identity"]["user_id"].as_str().unwrap().to_owned();
    leave(&relay, people::ZHANG_WEI);

    let key = relay.local.key(&[Scope::UsersWrite]).await;
    let refresh = relay.local.call("POST", &format!("/api/v1/users/{id}/refresh")).bearer(&key).send().await;

    assert_eq!(refresh.problem(), "403 not_a_member");
    for cookie in [first, second] {
        assert_eq!(session(&relay, &cookie).await.status, 204);
    }
}

#[tokio::test]
async fn what_the_cloud_learns_of_somebody_who_left_signs_them_out_at_the_local() {
    let relay = Relay::start().await;
    let cookie = sign_in_by_redirect(&relay).await;
    let id = session(&relay, &cookie).await.json()["identity"]["user_id"].as_str().unwrap().to_owned();
    leave(&relay, people::ZHANG_WEI);

    let key = relay.cloud.api_key("embedder").await;
    let refresh = relay.cloud.call("POST", &format!("/api/v1/users/{id}/refresh")).bearer(&key).send().await;

    assert_eq!(refresh.problem(), "403 not_a_member");
    relay.until(async || session(&relay, &cookie).await.status == 204).await;
}

#[tokio::test]
async fn events_are_applied_once_whoever_dies_meanwhile() {
    let mut relay = Relay::start().await;
    let answer = relay.sign_in(people::ZHANG_WEI).await;

    for (round, name) in ["甲", "乙", "丙", "丁"].into_iter().enumerate() {
        relay.way.block();
        rename(&relay, people::ZHANG_WEI, name);
        Browser::at(&relay.cloud, SHOP).sign_in_by_phone(people::ZHANG_WEI).await;
        relay = if round % 2 == 0 { relay.restart_cloud().await } else { relay.restart_local().await };
        if round >= 2 {
            // The local applies and cannot say so, or the cloud tells and is not heard.
            relay.way.lose_answers();
            relay.until(async || true).await;
        }
        relay.way.open();
        relay.until(async || user(&relay, &answer).await["name"] == name).await;
    }

    relay.until(async || relay.cloud.state.relays().all().await.unwrap()[0].backlog == 0).await;
}

#[tokio::test]
async fn a_member_who_never_signed_in_is_looked_up_through_the_cloud() {
    let relay = Relay::start().await;
    let answer = relay.sign_in(people::ZHANG_WEI).await;
    let union_id = relay.cloud.dingtalk.person(people::LI_NA).unwrap().unionid;

    let li_na = member(&relay, &format!("union_id={union_id}")).await.json();
    assert_eq!([&li_na["staff_id"], &li_na["user_id"]], [&json!(people::LI_NA), &Value::Null]);
    let zhang_wei = member(&relay, "staff_id=zhangwei").await.json();
    assert_eq!(zhang_wei["user_id"], answer.json()["identity"]["user_id"]);
    assert_eq!(member(&relay, "staff_id=nobody").await.problem(), "403 not_a_member");
    assert_eq!(member(&relay, "staff_id=a&app=none").await.problem(), "404 login_config_not_found");
    for query in ["", "staff_id=a&union_id=b", "mobile=1"] {
        assert_eq!(member(&relay, query).await.problem(), "400 invalid_request staff_id", "{query}");
    }
}

#[tokio::test]
async fn a_local_is_ready_without_its_cloud_and_says_so() {
    let relay = Relay::start().await;
    relay.until(async || ready(&relay).await.starts_with("ok\ncloud: reached ")).await;

    relay.way.block();
    relay.until(async || ready(&relay).await.starts_with("ok\ncloud: unsigned; reached ")).await;
    assert_eq!(relay.local.open_session("ticket").await.problem(), "502 upstream_unavailable");
}

#[tokio::test]
async fn a_local_registers_nothing_and_a_backend_that_is_no_cloud_has_no_relay() {
    let relay = Relay::start().await;
    for (method, path) in [
        ("POST", "/api/v1/registrations"),
        ("POST", "/api/v1/logins"),
        ("GET", "/api/v1/apps"),
        ("GET", "/relay/v1/check"),
    ] {
        assert_eq!(relay.local.call(method, path).send().await.problem(), "404 not_found", "{path}");
    }
    let alone = dingtalk_qr_tests::TestApp::start().await;
    assert_eq!(alone.call("GET", "/relay/v1/check").send().await.problem(), "404 not_found");
}

const FORM: &str = "application/x-www-form-urlencoded";

/// Goes from the local to DingTalk and back, and returns the cookie of the browser and what it brings.
async fn there_and_back(relay: &Relay, return_to: &str) -> (String, String) {
    let query =
        url::form_urlencoded::Serializer::new(String::new()).append_pair("return_to", return_to).finish();
    let out = relay.local.call("GET", &format!("/auth/dingtalk?{query}")).send().await;
    assert_eq!(out.status, 303, "{out:?}");
    let browser = Browser::new(&relay.cloud);
    let to_cloud = out.header("location").strip_prefix("https://bots.example").unwrap().to_owned();
    let to_dingtalk = browser.go(&to_cloud).await;
    let back = relay.cloud.approve_at_dingtalk(to_dingtalk.header("location"), people::ZHANG_WEI);
    let back = browser.go(&back).await;
    let callback = format!("{INTRANET}/auth/dingtalk/callback#dingtalk-qr-proof=");
    let proof = back.header("location").strip_prefix(&callback).unwrap_or_else(|| panic!("{back:?}"));
    let page = relay.local.call("GET", "/auth/dingtalk/callback").send().await;
    assert_eq!(page.page(), "200 arrival");
    (cookie(&out), proof.to_owned())
}

async fn give_in(relay: &Relay, errand: &str, proof: &str) -> Answer {
    let form = relay.local.call("POST", "/auth/dingtalk/callback").header("origin", INTRANET);
    form.header("cookie", errand).text(FORM, &format!("proof={proof}")).send().await
}

async fn sign_in_by_redirect(relay: &Relay) -> String {
    let (errand, proof) = there_and_back(relay, "/").await;
    cookie(&give_in(relay, &errand, &proof).await)
}

/// Returns the first cookie that an answer sets, as a browser sends it.
fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

async fn session(relay: &Relay, cookie: &str) -> Answer {
    relay.local.call("GET", "/api/v1/session").header("cookie", cookie).send().await
}

async fn user(relay: &Relay, answer: &Answer) -> Value {
    let id = answer.json()["identity"]["user_id"].as_str().unwrap().to_owned();
    let user = relay.local.state.people().user(&id).await.unwrap().unwrap();
    json!({
        "name": user.name, "corp_id": user.corp_id, "staff_id": user.staff_id, "email": user.email,
        "job_number": user.job_number, "external_id": user.external_id,
    })
}

async fn bind(relay: &Relay, answer: &Answer, external_id: &str) {
    let id = answer.json()["identity"]["user_id"].as_str().unwrap().to_owned();
    let key = relay.local.key(&[Scope::UsersWrite]).await;
    let patch = relay.local.call("PATCH", &format!("/api/v1/users/{id}")).bearer(&key);
    assert_eq!(patch.json(&json!({ "external_id": external_id })).send().await.status, 200);
}

async fn member(relay: &Relay, query: &str) -> Answer {
    let key = relay.local.key(&[Scope::UsersRead]).await;
    relay.local.call("GET", &format!("/api/v1/members?{query}")).bearer(&key).send().await
}

async fn ready(relay: &Relay) -> String {
    relay.local.call("GET", "/readyz").send().await.body
}

fn rename(relay: &Relay, userid: &str, name: &str) {
    let mut person = relay.cloud.dingtalk.person(userid).unwrap();
    name.clone_into(&mut person.name);
    relay.cloud.dingtalk.put_person(person).unwrap();
}

fn leave(relay: &Relay, userid: &str) {
    let mut person = relay.cloud.dingtalk.person(userid).unwrap();
    person.organisations.clear();
    relay.cloud.dingtalk.put_person(person).unwrap();
}
