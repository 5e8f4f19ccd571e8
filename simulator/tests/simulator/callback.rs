//! The way back to the app, by redirect and out of a frame.

use dingtalk_qr_simulator::{CallbackCodes, CallbackState, FrameMode, SettingsPatch};
use serde_json::{Value, json};

use crate::support::{CALLBACK, TestSimulator, authorize};

/// Names and values behind the callback's question mark.
fn pairs(url: &str) -> Vec<(&str, &str)> {
    let query = url.strip_prefix(&format!("{CALLBACK}?")).unwrap();
    query.split('&').map(|pair| pair.split_once('=').unwrap()).collect()
}

async fn back(patch: SettingsPatch, more: &str, decision: &str) -> String {
    let simulator = TestSimulator::start_with(patch).await;
    let form = format!("person=zhangwei&decision={decision}");
    simulator.location(&authorize(&format!("scope=openid&{more}")), &form).await
}

#[tokio::test]
async fn the_code_comes_under_the_names_that_are_set() {
    let names = async |codes| {
        let patch = SettingsPatch { callback_codes: Some(codes), ..SettingsPatch::default() };
        let url = back(patch, "state=s", "approve").await;
        let pairs = pairs(&url);
        let is_one = pairs.windows(2).any(|two| two[0].1 == two[1].1);
        (pairs.iter().map(|pair| pair.0).collect::<Vec<_>>().join(" "), is_one)
    };

    assert_eq!(names(CallbackCodes::Both).await, ("authCode code state".to_owned(), true));
    assert_eq!(names(CallbackCodes::Different).await, ("authCode code state".to_owned(), false));
    assert_eq!(names(CallbackCodes::AuthCodeOnly).await, ("authCode state".to_owned(), false));
    assert_eq!(names(CallbackCodes::CodeOnly).await, ("code state".to_owned(), false));
}

#[tokio::test]
async fn of_two_different_codes_the_auth_code_works() {
    let patch = SettingsPatch { callback_codes: Some(CallbackCodes::Different), ..SettingsPatch::default() };
    let simulator = TestSimulator::start_with(patch).await;
    let url = simulator.location(&authorize("scope=openid"), "person=zhangwei&decision=approve").await;
    let pairs = pairs(&url);

    let (other, _) = simulator.exchange(pairs[1].1).await;
    let (real, _) = simulator.exchange(pairs[0].1).await;

    assert_eq!((other, real), (400, 200));
}

#[tokio::test]
async fn the_state_comes_back_byte_by_byte_or_as_it_is_set() {
    let check = async |given: &str, mode: CallbackState, expected: Option<&str>| {
        for decision in ["approve", "deny"] {
            let patch = SettingsPatch { callback_state: Some(mode), ..SettingsPatch::default() };
            let url = back(patch, given, decision).await;
            let state = pairs(&url).into_iter().find(|(name, _)| *name == "state").map(|(_, value)| value);
            assert_eq!(state, expected, "{given} {decision}");
        }
    };

    check("state=a%2Bb+c%20%E9%92%89~%FF", CallbackState::Same, Some("a%2Bb+c%20%E9%92%89~%FF")).await;
    check("state=auths.DDInnerType-1", CallbackState::Same, Some("auths.DDInnerType-1")).await;
    check("state=", CallbackState::Same, Some("")).await;
    check("", CallbackState::Same, None).await;
    check("state=s", CallbackState::Changed, Some("sx")).await;
    check("", CallbackState::Changed, None).await;
    check("state=s", CallbackState::Missing, None).await;
}

#[tokio::test]
async fn a_refusal_is_an_error_in_the_word_that_is_set() {
    let patch = SettingsPatch { deny_error: Some("no & never".to_owned()), ..SettingsPatch::default() };

    let default = back(SettingsPatch::default(), "state=s", "deny").await;
    let set = back(patch, "", "deny").await;

    assert_eq!(default, format!("{CALLBACK}?error=access_denied&state=s"));
    assert_eq!(set, format!("{CALLBACK}?error=no%20%26%20never"));
}

#[tokio::test]
async fn a_query_of_the_redirect_url_stays() {
    let simulator = TestSimulator::start().await;
    let page = authorize("scope=openid&state=s").replace("%2Fcallback", "%2Fcallback%3FcorpId%3Dx");

    let url = simulator.location(&page, "person=zhangwei&decision=deny").await;

    assert_eq!(url, format!("{CALLBACK}?corpId=x&error=access_denied&state=s"));
}

/// `data-…` of the page at the end of a frame: where from, where to, and what.
async fn frame(mode: FrameMode, decision: &str) -> (String, String, Value) {
    let patch = SettingsPatch { frame: Some(mode), ..SettingsPatch::default() };
    let simulator = TestSimulator::start_with(patch).await;
    let form = format!("person=zhangwei&decision={decision}");
    let page = authorize("iframe=true&scope=openid&state=s");

    let response = simulator.submit(&page, &form).await;

    assert_eq!(response.status().as_u16(), 200);
    let html = response.text().await.unwrap();
    assert!(html.contains(r#"<script src="/oauth2/auth/frame.js"></script>"#));
    let data = |name: &str| {
        let start = html.split(&format!("data-{name}=\"")).nth(1).unwrap();
        start.split('"').next().unwrap().replace("&quot;", "\"").replace("&amp;", "&")
    };
    (data("from"), data("target-origin"), serde_json::from_str(&data("messages")).unwrap())
}

#[tokio::test]
async fn a_frame_tells_the_redirect_urls_origin_where_to_go() {
    let (from, to, messages) = frame(FrameMode::Normal, "approve").await;
    let (_, _, refused) = frame(FrameMode::Normal, "deny").await;

    let url = messages[0]["redirectUrl"].as_str().unwrap();
    assert_eq!((from.as_str(), to.as_str()), ("self", "http://127.0.0.1:8000"));
    assert_eq!(messages, json!([{ "success": true, "redirectUrl": url }]));
    assert_eq!(pairs(url).iter().map(|pair| pair.0).collect::<Vec<_>>(), ["authCode", "code", "state"]);
    let expected = format!("{CALLBACK}?error=access_denied&state=s");
    assert_eq!(refused, json!([{ "success": true, "redirectUrl": expected }]));
}

#[tokio::test]
async fn a_frame_can_be_told_to_misbehave() {
    let (_, _, twice) = frame(FrameMode::Duplicate, "approve").await;
    let (_, _, failure) = frame(FrameMode::Failure, "approve").await;
    let (from, to, foreign) = frame(FrameMode::ForeignOrigin, "approve").await;
    let (_, _, malformed) = frame(FrameMode::Malformed, "approve").await;

    assert_eq!((twice.as_array().unwrap().len(), &twice[0]), (2, &twice[1]));
    assert_eq!(failure, json!([{ "success": false, "errorMsg": "登录失败" }]));
    assert_eq!((from.as_str(), to.as_str()), ("child", "http://127.0.0.1:8000"));
    assert_eq!(foreign[0]["success"], json!(true));
    assert!(
        malformed
            .as_array()
            .unwrap()
            .iter()
            .all(|message| { message["redirectUrl"].as_str().is_none_or(|url| !url.starts_with("http")) })
    );
}
