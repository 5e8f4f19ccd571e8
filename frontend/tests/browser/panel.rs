//! What the panel shows in every phase, and what its controls do.

use super::support::{Fixture, app, prompt, prompt_from, settle};
use dingtalk_qr::Panel;
use dingtalk_qr::{Connection, Failure, Language, Phase, UseFlow};
use dingtalk_qr_shared::ErrorCode;
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn the_square_is_reserved_before_the_code_comes() {
    let page = show(Phase::Starting).await;

    assert_eq!(page.attribute(".dtqr-stage", "data-cover").as_deref(), Some("skeleton"));
    assert_eq!(page.text("[role=status]"), "Preparing a code…");
    assert!(page.find(".dtqr-code").is_none());
}

#[wasm_bindgen_test]
async fn a_code_says_what_scanning_it_does() {
    let page = show(Phase::Ready(prompt())).await;

    let label = page.attribute(".dtqr-code[role=img]", "aria-label");
    assert_eq!(label.as_deref(), Some("QR code: scan it with DingTalk to create a bot"));
    assert_eq!(page.attribute(".dtqr-code", "viewBox").as_deref(), Some("-4 -4 45 45"));
    let shown = page.text(".dtqr");
    for text in [
        "Scan with DingTalk to create a bot in the organisation you choose",
        "MUEU-DEKR-5TN3",
        "9:30",
        "DingTalk's page will say “OpenClaw”. That is expected.",
        "Scan once: scanning twice makes two apps.",
        "Do not approve if you did not start this.",
        "Copy link",
        "Enter by hand",
        "Cancel",
    ] {
        assert!(shown.contains(text), "{text} is missing in {shown}");
    }
    let link = page.attribute("a.dtqr-mouse", "href");
    assert_eq!(link.as_deref(), Some("https://h5.dingtalk.com/x"));
    assert_eq!(page.attribute("a.dtqr-mouse", "rel").as_deref(), Some("noopener noreferrer"));
}

#[wasm_bindgen_test]
async fn the_countdown_is_outside_of_live_regions() {
    let page = show(Phase::Ready(prompt())).await;

    assert!(page.find("[role=timer]").unwrap().closest("[role=status], [aria-live]").unwrap().is_none());
}

#[wasm_bindgen_test]
async fn the_last_minute_is_announced_once() {
    let flow = still(Phase::Ready(prompt())).valid_for(61);
    let page = show_flow(flow).await;
    assert_eq!(page.text(".dtqr-hidden[role=status]"), "");

    for seconds in [60, 59] {
        _ = flow.valid_for(seconds);
        settle().await;

        assert_eq!(page.text(".dtqr-hidden[role=status]"), "The code is valid for one more minute.");
    }
}

#[wasm_bindgen_test]
async fn trouble_keeps_the_code_on_screen() {
    for (connection, text) in [
        (Connection::Reconnecting, "Connection lost. Reconnecting…"),
        (Connection::UpstreamReconnecting, "DingTalk is slow. Still trying…"),
        (Connection::Offline, "Offline. Goes on when you are back."),
        (Connection::Paused, "Paused while this tab is hidden"),
    ] {
        let flow = still(Phase::Ready(prompt())).over(connection);
        let page = show_flow(flow).await;

        assert_eq!(page.text("[role=status]"), text);
        assert!(page.find(".dtqr-code").is_some());
        assert_eq!(page.text("[role=timer]"), "9:30");
    }
}

#[wasm_bindgen_test]
async fn creating_covers_the_code_and_cannot_be_cancelled() {
    let page = show(Phase::Creating(prompt())).await;

    assert_eq!(page.attribute(".dtqr-stage", "data-cover").as_deref(), Some("creating"));
    assert_eq!(page.text("[role=status]"), "Approved. Creating the bot…");
    assert!(!page.text(".dtqr").contains("Cancel"));
}

#[wasm_bindgen_test]
async fn an_approval_says_what_to_tell_the_administrator() {
    let page = show(Phase::ApprovalPending { prompt: prompt(), client_id: "ding-1".to_owned() }).await;

    assert_eq!(page.text("[role=status]"), "Waiting for an administrator");
    assert_eq!(page.text("dd code"), "ding-1");
    assert!(page.text("blockquote").contains("ding-1"));
    assert!(page.text(".dtqr").contains("its credentials are already saved"));
    assert!(page.text(".dtqr").contains("Copy text for the administrator"));
}

#[wasm_bindgen_test]
async fn a_created_app_is_shown_with_where_it_is_and_what_comes_next() {
    let page = show(Phase::Created(app())).await;

    assert_eq!(page.text("[role=status]"), "Your bot is ready");
    let shown = page.text(".dtqr");
    for text in ["ding-1", "Xy••••", "the backend's encrypted store", "your bot's .env file", "Next:"]
    {
        assert!(shown.contains(text), "{text} is missing in {shown}");
    }
    assert!(shown.contains("DingTalk accepts these credentials."));
}

#[wasm_bindgen_test]
async fn findings_are_told_instead_of_praise() {
    let mut app = app();
    app.verified = false;
    app.findings = vec![ErrorCode::CredentialsRejected];
    let page = show(Phase::Created(app)).await;

    let notes = page.text(".dtqr-notes");
    assert_eq!(
        notes,
        "DingTalk does not accept these credentials. Check the client ID and the client secret."
    );
}

#[wasm_bindgen_test]
async fn hostile_text_is_inert() {
    let page = show(Phase::Denied { reason: Some("<img src=x onerror=alert(1)>".to_owned()) }).await;

    assert_eq!(page.text("blockquote"), "<img src=x onerror=alert(1)>");
    assert!(page.find("img").is_none());
    assert_eq!(page.attribute("[role=status]", "data-tone").as_deref(), Some("plain"));
}

#[wasm_bindgen_test]
async fn no_end_is_a_dead_end() {
    let code = |code| Phase::Failed(Failure::Code { code, retry_after: None });
    for (phase, status, text) in [
        (Phase::Denied { reason: None }, "Declined", "Try again"),
        (Phase::Cancelled, "Cancelled", "Start again"),
        (Phase::OperatorRequired, "Operators only", "Try again"),
        (Phase::Failed(Failure::Unreachable), "That did not work", "Try again"),
        (code(ErrorCode::VerificationUriRejected), "That did not work", "Try again"),
        (code(ErrorCode::Unknown), "That did not work", "Try again"),
    ] {
        let page = show(phase).await;

        assert_eq!(page.text("[role=status]"), status);
        assert_eq!(page.text(".dtqr-primary"), text);
        assert!(page.text(".dtqr-actions").contains("Enter by hand"));
    }
}

#[wasm_bindgen_test]
async fn a_link_that_does_not_lead_to_the_web_is_not_made() {
    for text in ["javascript:alert(1)", "data:text/html,x", "//evil.example"] {
        let page = show(Phase::Ready(prompt_from(text))).await;

        assert!(page.find("a").is_none(), "{text}");
    }
}

#[wasm_bindgen_test]
async fn the_simulator_leads_to_its_phone_page() {
    let page = show(Phase::Ready(prompt())).await;

    assert!(page.text(".dtqr-simulated").contains("nothing real is created"));
    assert_eq!(page.attribute(".dtqr-simulated a", "href").as_deref(), Some("https://h5.dingtalk.com/x"));
}

#[wasm_bindgen_test]
async fn the_refresh_button_takes_the_focus_that_nobody_has() {
    let flow = still(Phase::Ready(prompt()));
    let page = show_flow(flow).await;

    flow.show(Phase::Expired(prompt()));
    settle().await;

    let button = page.find("button.dtqr-refresh").unwrap();
    assert_eq!(document().active_element(), Some(button));
    assert_eq!(page.text("button.dtqr-refresh"), "Get a new code");
}

#[wasm_bindgen_test]
async fn the_refresh_button_leaves_the_focus_where_the_user_is_busy() {
    let flow = still(Phase::Ready(prompt()));
    let page = show_flow(flow).await;
    let elsewhere = page.foreign_input();

    flow.show(Phase::Expired(prompt()));
    settle().await;

    assert_eq!(document().active_element(), Some(elsewhere));
}

#[wasm_bindgen_test]
async fn the_form_asks_for_what_is_missing_and_leads_back() {
    let page = show(Phase::Ready(prompt())).await;
    page.click("Enter by hand").await;
    assert_eq!(page.attribute("input[type=password]", "autocomplete").as_deref(), Some("off"));

    page.click("Save").await;
    assert_eq!(page.count("[aria-invalid=true]"), 2);

    page.click("Show").await;
    assert_eq!(page.attribute(".dtqr-show", "aria-pressed").as_deref(), Some("true"));
    assert!(page.find("input[type=password]").is_none());

    page.click("Back to the QR code").await;
    assert!(page.find(".dtqr-code").is_some());
}

#[wasm_bindgen_test]
async fn the_form_takes_the_focus_of_the_button_that_opened_it_and_gives_it_back() {
    let page = show(Phase::Ready(prompt())).await;
    page.press("Enter by hand").await;
    assert_eq!(document().active_element(), page.find("input[name=client_id]"));

    page.press("Back to the QR code").await;

    let focused = document().active_element().unwrap();
    assert_eq!(focused.text_content().as_deref(), Some("Enter by hand"));
}

#[wasm_bindgen_test]
async fn an_app_that_came_meanwhile_replaces_the_form() {
    let flow = still(Phase::Ready(prompt()));
    let page = show_flow(flow).await;
    page.click("Enter by hand").await;

    flow.show(Phase::Created(app()));
    settle().await;

    assert_eq!(page.text("[role=status]"), "Your bot is ready");
}

#[wasm_bindgen_test]
async fn texts_follow_the_language() {
    let language = RwSignal::new(Language::En);
    let flow = still(Phase::Ready(prompt()));
    let page = Fixture::mount(move || view! { <Panel flow language /> }).await;

    language.set(Language::ZhCn);
    settle().await;

    assert_eq!(page.attribute(".dtqr", "lang").as_deref(), Some("zh-CN"));
    assert_eq!(page.text("[role=status]"), "等待扫码");
    assert!(page.text(".dtqr").contains("钉钉页面会显示“OpenClaw”"));
    assert!(!page.text(".dtqr").contains("Cancel"));
}

#[wasm_bindgen_test]
async fn nothing_in_the_panel_has_an_id_that_could_meet_another() {
    let first = show(Phase::Ready(prompt())).await;
    let second = show(Phase::Created(app())).await;

    assert_eq!(first.count("[id]") + second.count("[id]"), 0);
    assert_eq!(first.text("[role=status]"), "Waiting for your scan");
    assert_eq!(second.text("[role=status]"), "Your bot is ready");
}

#[wasm_bindgen_test]
async fn a_browser_that_refuses_to_copy_shows_the_text() {
    js_sys::eval("Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true })")
        .unwrap();
    let page = show(Phase::Ready(prompt())).await;

    page.click("Copy link").await;

    js_sys::eval("delete navigator.clipboard").unwrap();
    assert_eq!(
        page.attribute(".dtqr-selectable input", "value").as_deref(),
        Some("https://h5.dingtalk.com/x")
    );
    assert_eq!(page.text(".dtqr-copy .dtqr-button"), "Copy link");
}

async fn show(phase: Phase) -> Fixture {
    show_flow(still(phase)).await
}

async fn show_flow(flow: UseFlow) -> Fixture {
    Fixture::mount(move || view! { <Panel flow language=Signal::stored(Language::En) /> }).await
}

fn still(phase: Phase) -> UseFlow {
    UseFlow::still(phase).valid_for(570)
}
