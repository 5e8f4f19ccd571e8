//! The standalone page offers the apps that exist before it makes another.

use super::standalone::page::page;
use super::support::fake::FakeBackend;
use super::support::{Address, Fixture, STARTED, problem, settle, storage};
use wasm_bindgen_test::wasm_bindgen_test;

const LIST: &str = "GET /api/v1/apps?claimable=true&limit=5";
const START: &str = "POST /api/v1/registrations";
const APPS: &str = r#"{"status":200,"body":{"apps":[
    {"app":"late","client_id":"ding-2","hint":"p0Qa••","verified":true,"claimed":false,"saved_to":["store"],"age":9},
    {"app":"old","title":"<b>Support","client_id":"ding-1","hint":"ab••","verified":false,"claimed":true,"saved_to":[],"age":99}]}}"#;
const SAVED: &str = r#"{"status":200,"body":{"app":"late","client_id":"ding-2","hint":"p0Qa••","saved_to":["store"],"verified":true}}"#;

#[wasm_bindgen_test]
async fn an_app_that_exists_is_used_in_place_of_a_new_one() {
    let (backend, site, address) = open(&[APPS, SAVED]).await;

    assert_eq!(backend.lines(), [LIST], "a code was made before anybody wanted one");
    let shown = site.text(".page-apps");
    for text in ["late", "ding-2", "p0Qa••", "accepted by DingTalk", "<b>Support", "not checked yet"] {
        assert!(shown.contains(text), "{text} is missing in {shown}");
    }

    site.click("Use this one").await;

    assert_eq!(backend.lines(), [LIST, "POST /api/v1/apps/late/claim"]);
    assert_eq!(site.text("[role=status]"), "Your bot is ready");
    assert!(site.text(".dtqr-facts").contains("ding-2"));

    site.click("Create another").await;

    assert_eq!(backend.lines()[2..], [START]);
    drop((site, address));
}

#[wasm_bindgen_test]
async fn whoever_wants_another_app_gets_a_code() {
    let (backend, site, address) = open(&[APPS]).await;

    site.click("Make another").await;

    assert_eq!(backend.lines(), [LIST, START]);
    drop((site, address));
}

#[wasm_bindgen_test]
async fn where_there_is_nothing_to_offer_the_code_comes_at_once() {
    let stranger = problem(401, "operator_required");
    for answer in
        [stranger.as_str(), r#"{"status":200,"body":{"apps":[]}}"#, r#"{"status":200,"body":7}"#, r#""lost""#]
    {
        let (backend, site, address) = open(&[answer]).await;

        assert_eq!(backend.lines(), [LIST, START], "{answer}");
        assert!(site.find(".page-apps").is_none());
        drop((site, address));
    }
}

#[wasm_bindgen_test]
async fn a_tab_that_has_begun_goes_on() {
    let address = Address::set("/");
    let backend = FakeBackend::answering("[]").await;
    storage().set_item("dingtalk-qr::", &STARTED.replacen('{', r#"{"deadline":9e15,"#, 1)).unwrap();
    let site = Fixture::mount(page).await;

    assert_eq!(backend.lines(), ["GET /api/v1/flows/aZ09-_aZ09-_aZ09-_aZ09?wait=25"]);
    drop((site, address));
}

#[wasm_bindgen_test]
async fn an_app_that_cannot_be_used_is_told_and_another_can_be_made() {
    let refusal = problem(404, "app_not_found");
    let (backend, site, address) = open(&[APPS, &refusal]).await;

    site.click("Use this one").await;
    assert_eq!(site.text(".page-apps [role=alert]"), "The server could not use this app. Try again.");
    site.click("Make another").await;

    assert_eq!(backend.lines()[2..], [START]);
    drop((site, address));
}

async fn open(answers: &[&str]) -> (FakeBackend, Fixture, Address) {
    let address = Address::set("/");
    let backend = FakeBackend::answering(&format!("[{}]", answers.join(","))).await;
    let site = Fixture::mount(page).await;
    settle().await;
    (backend, site, address)
}
