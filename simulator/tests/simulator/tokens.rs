//! The token endpoints.

use std::time::Duration;

use dingtalk_qr_simulator::{Approval, EXISTING_APP_CLIENT_ID, EXISTING_APP_CLIENT_SECRET};
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
