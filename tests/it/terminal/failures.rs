//! Each failure is told and leads on: to another code, or to manual entry.

use dingtalk_qr_simulator::{EXISTING_APP_CLIENT_ID as ID, EXISTING_APP_CLIENT_SECRET as SECRET, Fault};
use serde_json::json;

use super::Bench;
use super::window::{DOWN, ENTER, Window};

const BY_HAND: &str = "Enter Client ID and Client Secret by hand";

#[tokio::test]
async fn a_refusal_leads_to_manual_entry() {
    let bench = Bench::start().await;
    let mut window = scanning(&bench, &[]).await;

    let user_code = bench.registration(1).await.user_code;
    bench.dingtalk.deny(&user_code, Some("\u{1b}[2J不同意".to_owned())).unwrap();
    let screen = window.until(BY_HAND).await;

    assert!(screen.contains("✗ Declined, on the phone or by an administrator."), "{screen}");
    assert!(screen.contains("DingTalk's words: [2J不同意"), "{screen}");
    check_manual_entry(&bench, &mut window).await;
}

#[tokio::test]
async fn an_expired_code_is_replaced_by_another_one() {
    let bench = Bench::start().await;
    let mut window = scanning(&bench, &[("QR_DISPLAY_SECONDS", "4")]).await;
    let screen = window.until("Get a new code").await;
    assert!(screen.contains("✗ Nobody approved in time, and the code has expired."), "{screen}");

    window.press(ENTER);
    bench.approve_number(2).await;
    let (code, screen) = window.ended().await;

    assert_eq!(code, 0, "{screen}");
    assert!(bench.saved("DINGTALK_CLIENT_ID").is_some());
}

#[tokio::test]
async fn an_expired_code_leads_to_manual_entry() {
    let bench = Bench::start().await;
    let mut window = scanning(&bench, &[("QR_DISPLAY_SECONDS", "4")]).await;
    window.until(BY_HAND).await;

    window.press(DOWN);

    check_manual_entry(&bench, &mut window).await;
}

#[tokio::test]
async fn no_network_leads_to_manual_entry() {
    let bench = Bench::start().await;
    let mut window = bench.register_with(&[("DINGTALK_REGISTRATION_BASE_URL", "http://127.0.0.1:9")], &[]);
    window.until("[0]").await;

    window.press(ENTER);
    let screen = window.until(BY_HAND).await;

    assert!(
        screen.contains("✗ DingTalk cannot be reached. Check the connection to the internet."),
        "{screen}"
    );
    check_manual_entry(&bench, &mut window).await;
}

#[tokio::test]
async fn an_incomplete_answer_at_the_start_leads_to_manual_entry() {
    for (path, field) in [
        ("/app/registration/init", "nonce"),
        ("/app/registration/begin", "device_code"),
        ("/app/registration/begin", "verification_uri_complete"),
    ] {
        let bench = Bench::start().await;
        bench.break_down(path, Fault { remove: Some(vec![field.to_owned()]), ..Fault::default() });
        let mut window = bench.register(&[]);
        window.until("[0]").await;

        window.press(ENTER);
        let screen = window.until(BY_HAND).await;

        assert!(screen.contains("✗ DingTalk's answer was incomplete."), "{screen}");
        assert!(screen.contains(field), "{screen}");
    }
}

#[tokio::test]
async fn a_refused_call_is_told_with_dingtalks_own_words() {
    let bench = Bench::start().await;
    let refusal = json!({ "errcode": 40035, "errmsg": "no such \u{1b}[31msource" });
    let set = refusal.as_object().cloned();
    bench.break_down("/app/registration/init", Fault { set, ..Fault::default() });
    let mut window = bench.register(&[]);
    window.until("[0]").await;

    window.press(ENTER);
    let screen = window.until(BY_HAND).await;

    assert!(screen.contains("✗ DingTalk refused the request."), "{screen}");
    assert!(screen.contains("40035"), "{screen}");
}

#[tokio::test]
async fn success_without_credentials_leads_to_manual_entry() {
    let bench = Bench::start().await;
    let remove = Some(vec!["client_secret".to_owned()]);
    bench.break_down("/app/registration/poll", Fault { remove, ..Fault::default() });
    let mut window = scanning(&bench, &[]).await;

    bench.approve().await;
    let screen = window.until(BY_HAND).await;

    assert!(screen.contains("did not hand out the credentials"), "{screen}");
    check_manual_entry(&bench, &mut window).await;
}

#[tokio::test]
async fn who_gives_up_after_a_failure_gets_its_exit_code() {
    let bench = Bench::start().await;
    let mut window = scanning(&bench, &[]).await;
    bench.dingtalk.deny(&bench.registration(1).await.user_code, None).unwrap();
    window.until(BY_HAND).await;

    window.press(&format!("{DOWN}{DOWN}{ENTER}"));
    let (code, screen) = window.ended().await;

    assert_eq!(code, 4, "{screen}");
    assert_eq!(bench.env_file(), "");
}

/// Begins a scan.
pub(super) async fn scanning(bench: &Bench, vars: &[(&str, &str)]) -> Window {
    let mut window = bench.register_with(vars, &[]);
    window.until("[0]").await;
    window.press(ENTER);
    window.until("Waiting for your scan").await;
    window
}

/// Goes on by hand from the menu.
pub(super) async fn check_manual_entry(bench: &Bench, window: &mut Window) {
    window.press(ENTER);
    window.enter_after_a_scan(ID, SECRET).await;
    let (code, screen) = window.ended().await;
    assert_eq!(code, 0, "{screen}");
    assert_eq!(bench.saved("DINGTALK_CLIENT_ID").as_deref(), Some(ID), "{screen}");
    assert_eq!(bench.saved("DINGTALK_CLIENT_SECRET").as_deref(), Some(SECRET), "{screen}");
}

impl Window {
    async fn enter_after_a_scan(&mut self, client_id: &str, client_secret: &str) {
        self.until("? Client ID:").await;
        self.press(&format!("{client_id}{ENTER}"));
        self.until("? Client Secret:").await;
        self.press(&format!("{client_secret}{ENTER}"));
    }
}
