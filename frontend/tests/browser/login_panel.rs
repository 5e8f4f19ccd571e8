//! What the panel of a login shows in every phase.

use super::support::{Fixture, QR_DOOR, login_prompt, settle};
use dingtalk_qr::Panel;
use dingtalk_qr::{Failure, Language, Phase, UseFlow, WorkspaceFailure};
use dingtalk_qr_shared::{ErrorCode, Identity, LoginMethod, SignedIn};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

const REDIRECT_DOOR: &str = r#""door":{"method":"redirect","url":"https://qr.example.com/auth/dingtalk"}"#;

#[wasm_bindgen_test]
async fn a_code_says_what_will_happen() {
    let page = show(Phase::Ready(login_prompt(QR_DOOR)), LoginMethod::Qr).await;

    let label = page.attribute(".dtqr-code[role=img]", "aria-label");
    assert_eq!(label.as_deref(), Some("QR code: scan it with DingTalk or your camera to sign in"));
    assert_eq!(page.attribute(".dtqr-card", "aria-label").as_deref(), Some("Sign in with DingTalk"));
    assert_eq!(page.attribute(".dtqr-card", "data-job").as_deref(), Some("login"));
    let shown = page.text(".dtqr");
    for text in [
        "Scan with DingTalk or your camera to sign in here; you will confirm a number",
        "Waiting for your scan",
        "9:30",
        "Copy link",
        "Continue with DingTalk on this device",
        "Cancel",
    ] {
        assert!(shown.contains(text), "{text} is missing in {shown}");
    }
    for text in ["bot", "Enter by hand", "twice"] {
        assert!(!shown.contains(text), "{text} does not belong in {shown}");
    }
    assert_eq!(page.text("a.dtqr-touch"), "Open on this device");
    assert_eq!(page.attribute("a.dtqr-touch", "href").as_deref(), Some("https://qr.example.com/d/abc"));
}

#[wasm_bindgen_test]
async fn the_number_covers_the_code_and_is_said_once() {
    let flow = UseFlow::still(Phase::Ready(login_prompt(QR_DOOR))).by(LoginMethod::Qr);
    let page = show_flow(flow).await;

    flow.show(Phase::Scanned { prompt: login_prompt(QR_DOOR), number: 42 });
    settle().await;

    assert_eq!(page.attribute(".dtqr-stage", "data-cover").as_deref(), Some("scanned"));
    assert_eq!(page.text(".dtqr-number"), "42");
    assert_eq!(page.text(".dtqr-instruction b"), "Pick this number on your phone");
    assert_eq!(page.text("[role=status]"), "Pick 42 on your phone");
    assert!(page.find(".dtqr-code").is_none() && page.find("a").is_none());
    assert!(page.find(".dtqr-number").unwrap().closest("[role=status], [aria-live]").unwrap().is_none());
}

#[wasm_bindgen_test]
async fn an_expired_code_is_refreshed_and_an_expired_door_tried_again() {
    let page = show(Phase::Expired(login_prompt(QR_DOOR)), LoginMethod::Qr).await;
    assert_eq!(page.text("button.dtqr-refresh"), "Get a new code");
    assert_eq!(page.text("[role=status]"), "This code has expired");

    let page = show(Phase::Expired(login_prompt(REDIRECT_DOOR)), LoginMethod::Redirect).await;
    assert_eq!(page.text("[role=status]"), "Time is up");
    assert_eq!(page.text(".dtqr-primary"), "Try again");
}

#[wasm_bindgen_test]
async fn whoever_is_signed_in_is_named_with_a_picture_from_https_only() {
    let page = show(person(Some("https://static.dingtalk.invalid/a.png")), LoginMethod::Qr).await;
    assert_eq!(page.text("[role=status]"), "Signed in");
    assert_eq!(page.attribute("[role=status]", "data-tone").as_deref(), Some("good"));
    assert_eq!(page.text(".dtqr-person"), "You are signed in as <b>Ada</b>");
    assert!(page.find(".dtqr-person b").is_none());

    for url in ["http://static.dingtalk.invalid/a.png", "javascript:alert(1)", "data:image/png;base64,AA", ""]
    {
        let page = show(person(Some(url)), LoginMethod::Qr).await;
        assert!(page.find("img").is_none(), "{url}");
    }
    let page = show(person(None), LoginMethod::Qr).await;
    assert!(page.find("img").is_none());
}

#[wasm_bindgen_test]
async fn a_picture_that_cannot_be_shown_vanishes() {
    let page = show(person(Some("https://static.dingtalk.invalid/a.png")), LoginMethod::Qr).await;
    let Some(picture) = page.find("img.dtqr-avatar") else { return };
    assert_eq!(picture.get_attribute("alt").as_deref(), Some(""));
    assert_eq!(picture.get_attribute("referrerpolicy").as_deref(), Some("no-referrer"));

    picture.dispatch_event(&web_sys::Event::new("error").unwrap()).unwrap();

    assert!(page.find("img").is_none());
}

#[wasm_bindgen_test]
async fn no_end_of_a_login_is_a_dead_end() {
    let code = |code| Phase::Failed(Failure::Code { code, retry_after: None });
    let workspace = |failure| Phase::Failed(Failure::Workspace(failure));
    for (phase, status, text) in [
        (Phase::Denied { reason: None }, "Declined", "The sign-in was declined"),
        (Phase::Cancelled, "Cancelled", "Nobody was signed in"),
        (Phase::Failed(Failure::Unreachable), "That did not work", "The server does not answer"),
        (code(ErrorCode::NumberMismatch), "That did not work", "compare the numbers"),
        (code(ErrorCode::CredentialsRejected), "That did not work", "check its AppKey and AppSecret"),
        (code(ErrorCode::LoginConfigNotFound), "That did not work", "No DingTalk app is set up here"),
        (workspace(WorkspaceFailure::Refused), "That did not work", "workspace again"),
        (workspace(WorkspaceFailure::UnknownDomain), "That did not work", "app's home page"),
        (workspace(WorkspaceFailure::Unavailable), "That did not work", "sign in another way"),
    ] {
        for method in [LoginMethod::Qr, LoginMethod::Redirect, LoginMethod::Frame, LoginMethod::Workspace] {
            let page = show(phase.clone(), method).await;

            assert_eq!(page.text("[role=status]"), status);
            assert!(page.text(".dtqr-text").contains(text), "{}", page.text(".dtqr-text"));
            assert!(page.find("button.dtqr-primary").is_some());
            let ways = page.text(".dtqr-actions");
            assert_eq!(ways.contains("Use a QR code instead"), method != LoginMethod::Qr);
            assert_eq!(
                ways.contains("Continue with DingTalk on this device"),
                method != LoginMethod::Redirect
            );
            assert!(!ways.contains("Enter by hand"));
        }
    }
}

#[wasm_bindgen_test]
async fn the_texts_of_a_login_are_there_in_chinese() {
    let flow = UseFlow::still(Phase::Idle).by(LoginMethod::Redirect);
    let language = Signal::stored(Language::ZhCn);
    let page = Fixture::mount(move || view! { <Panel flow language /> }).await;

    assert_eq!(page.text(".dtqr-primary"), "使用钉钉登录");
    assert_eq!(page.text("[role=status]"), "你尚未登录");
}

fn person(avatar_url: Option<&str>) -> Phase {
    let signed_in = SignedIn {
        identity: Identity {
            user_id: "u1".to_owned(),
            name: "<b>Ada</b>".to_owned(),
            email: "ada@example.com".to_owned(),
            avatar_url: avatar_url.map(ToOwned::to_owned),
            corp_id: None,
            admin: false,
        },
        ticket: None,
    };
    Phase::Authenticated(signed_in)
}

async fn show(phase: Phase, method: LoginMethod) -> Fixture {
    show_flow(UseFlow::still(phase).by(method).valid_for(570)).await
}

async fn show_flow(flow: UseFlow) -> Fixture {
    Fixture::mount(move || view! { <Panel flow language=Signal::stored(Language::En) /> }).await
}
