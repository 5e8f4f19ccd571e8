//! The token endpoints.

use std::time::Duration;

use dingtalk_qr_simulator::{
    App, Approval, EXISTING_APP_CLIENT_ID, EXISTING_APP_CLIENT_SECRET, SCHOOL_CORP_ID, STUDIO_CORP_ID,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::TestSimulator;

const NEW: &str = "/v1.0/oauth2/accessToken";

fn existing_app() -> Value {
    json!({"appKey": EXISTING_APP_CLIENT_ID, "appSecret": EXISTING_APP_CLIENT_SECRET})
}

async fn get_token(simulator: &TestSimulator, key: &str, secret: &str) -> Value {
    simulator.get(&format!("/gettoken?appkey={key}&appsecret={secret}")).await.json().await.unwrap()
}

#[tokio::test]
async fn the_same_token_comes_from_both_endpoints_until_it_expires() {
    let simulator = TestSimulator::start().await;

    let (http, new) = simulator.post(NEW, existing_app()).await;
    let old = get_token(&simulator, EXISTING_APP_CLIENT_ID, EXISTING_APP_CLIENT_SECRET).await;
    simulator.advance(Duration::from_hours(2));
    let (_, later) = simulator.post(NEW, existing_app()).await;

    let token = &new["accessToken"];
    assert_eq!((http, &new["expireIn"]), (200, &json!(7200)));
    assert_eq!(old, json!({"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": 7200}));
    assert_ne!(*token, later["accessToken"]);
}

#[tokio::test]
async fn asking_again_renews_a_token() {
    let simulator = TestSimulator::start().await;

    let mut tokens = Vec::new();
    for _ in 0..3 {
        tokens.push(simulator.post(NEW, existing_app()).await.1["accessToken"].clone());
        simulator.advance(Duration::from_secs(7000));
    }

    assert!(tokens.iter().all(|token| *token == tokens[0]), "{tokens:?}");
}

#[tokio::test]
async fn what_the_new_api_refuses_has_a_code_and_a_request_id() {
    let simulator = TestSimulator::start().await;
    let check = async |content_type: &str, body: &Value, code: &str| {
        let (http, answer) = simulator.send(Method::POST, NEW, content_type, &body.to_string()).await;
        assert_eq!((http, &answer["code"]), (400, &json!(code)), "{content_type} {body}");
        assert!(answer["requestid"].is_string() && answer["message"].is_string());
    };

    let id = EXISTING_APP_CLIENT_ID;
    check("application/json", &json!({"appKey": id, "appSecret": "wrong"}), "invalidClientIdOrSecret").await;
    check("application/json", &json!({"appKey": "x", "appSecret": "x"}), "invalidClientIdOrSecret").await;
    check("application/json", &json!({ "appKey": id }), "AuthenticationFailed.MissingParameter").await;
    check(
        "application/json",
        &json!({"appKey": id, "appSecret": ""}),
        "AuthenticationFailed.MissingParameter",
    )
    .await;
    check("application/json", &json!([]), "Missingbody").await;
    check("application/x-www-form-urlencoded", &existing_app(), "Missingbody").await;
}

#[tokio::test]
async fn the_old_api_refuses_with_http_200() {
    let simulator = TestSimulator::start().await;

    let refused = get_token(&simulator, EXISTING_APP_CLIENT_ID, "wrong").await;
    let empty: Value = simulator.get("/gettoken").await.json().await.unwrap();
    let (http, posted) = simulator.post("/gettoken", json!({})).await;

    assert_eq!((&refused["errcode"], &empty["errcode"]), (&json!(40089), &json!(40089)));
    assert_eq!((http, &posted["errcode"]), (200, &json!(43001)));
}

#[tokio::test]
async fn unknown_paths_of_the_new_api_are_404_in_its_own_envelope() {
    let simulator = TestSimulator::start().await;

    let (http, unknown) = simulator.post("/v1.0/nothing", json!({})).await;

    assert_eq!((http, &unknown["code"]), (404, &json!("InvalidAction.NotFound")));
}

#[tokio::test]
async fn an_app_works_once_its_administrator_has_let_it_in() {
    let simulator = TestSimulator::start().await;
    let begun = simulator.begin().await;
    simulator.approve(&begun.user_code, Approval { admin_approval: true, ..Approval::default() }).unwrap();
    simulator.statuses::<2>(&begun).await;
    let polled = simulator.poll(&begun).await;
    let (id, secret) = (polled["client_id"].as_str().unwrap(), polled["client_secret"].as_str().unwrap());
    let credentials = json!({"appKey": id, "appSecret": secret});

    let (http, refused) = simulator.post(NEW, credentials.clone()).await;
    let refused_by_old = get_token(&simulator, id, secret).await;
    simulator.admin_approve(&begun.user_code).unwrap();
    let (_, token) = simulator.post(NEW, credentials).await;

    assert_eq!(
        (http, &refused["code"], &refused_by_old["errcode"]),
        (400, &json!("appNotApproved"), &json!(40089))
    );
    assert!(token["accessToken"].is_string());
}

#[tokio::test]
async fn an_app_that_was_turned_away_is_unknown() {
    let simulator = TestSimulator::start().await;
    let begun = simulator.begin().await;
    simulator.approve(&begun.user_code, Approval { admin_approval: true, ..Approval::default() }).unwrap();
    simulator.statuses::<2>(&begun).await;
    let polled = simulator.poll(&begun).await;

    simulator.admin_deny(&begun.user_code, None).unwrap();

    let credentials = json!({"appKey": polled["client_id"], "appSecret": polled["client_secret"]});
    let (_, refused) = simulator.post(NEW, credentials).await;
    assert_eq!(refused["code"], "invalidClientIdOrSecret");
}

#[tokio::test]
async fn the_token_of_an_organisations_own_path_is_the_same_one() {
    let simulator = TestSimulator::start().await;
    let whole = json!({
        "client_id": EXISTING_APP_CLIENT_ID,
        "client_secret": EXISTING_APP_CLIENT_SECRET,
        "grant_type": "client_credentials",
    });
    let ask = async |corp_id: &str, name: &str, value: &str| {
        let mut body = whole.clone();
        body[name] = json!(value);
        simulator.post(&format!("/v1.0/oauth2/{corp_id}/token"), body).await
    };
    let check = async |corp_id: &str, name: &str, value: &str, code: &str| {
        let (http, answer) = ask(corp_id, name, value).await;
        assert_eq!((http, &answer["code"]), (400, &json!(code)), "{corp_id} {name}");
    };

    let (http, token) = ask(STUDIO_CORP_ID, "grant_type", "client_credentials").await;
    let (_, again) = ask(STUDIO_CORP_ID, "grant_type", "client_credentials").await;

    let by_app = simulator.app_token().await;
    assert_eq!((http, &token), (200, &json!({ "access_token": by_app, "expires_in": 7200 })));
    assert_eq!(token, again);
    check(STUDIO_CORP_ID, "client_secret", "x", "invalid.client").await;
    check(STUDIO_CORP_ID, "client_id", "x", "invalid.client").await;
    check(STUDIO_CORP_ID, "client_id", "", "invalid.client").await;
    check(STUDIO_CORP_ID, "grant_type", "password", "unsupported.grant.type").await;
    check(SCHOOL_CORP_ID, "grant_type", "client_credentials", "unauthorized.client").await;
}

#[tokio::test]
async fn an_app_without_a_published_version_gets_no_token_anywhere() {
    let simulator = TestSimulator::start().await;
    let app = simulator.app(EXISTING_APP_CLIENT_ID).unwrap();
    simulator.put_app(App { published: false, ..app }).unwrap();

    let (_, new) = simulator.post(NEW, existing_app()).await;
    let old = get_token(&simulator, EXISTING_APP_CLIENT_ID, EXISTING_APP_CLIENT_SECRET).await;
    let of_corp = json!({
        "client_id": EXISTING_APP_CLIENT_ID,
        "client_secret": EXISTING_APP_CLIENT_SECRET,
        "grant_type": "client_credentials",
    });
    let (_, of_corp) = simulator.post(&format!("/v1.0/oauth2/{STUDIO_CORP_ID}/token"), of_corp).await;

    assert_eq!((&new["code"], &old["errcode"]), (&json!("invalidClientIdOrSecret"), &json!(40089)));
    assert_eq!(of_corp["code"], "unauthorized.client");
}

#[tokio::test]
async fn every_app_has_a_token_of_its_own() {
    let simulator = TestSimulator::start().await;
    let other = simulator.app("dingsimexistingapp02").unwrap();

    let first = simulator.app_token().await;
    let second = get_token(&simulator, &other.client_id, &other.secret).await;

    assert_ne!(second["access_token"], first);
}
