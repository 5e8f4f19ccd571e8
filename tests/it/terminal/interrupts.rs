//! Ctrl-C at each step.

use dingtalk_qr_simulator::Fault;

use super::Bench;
use super::failures::{check_manual_entry, scanning};
use super::window::{CTRL_C, DOWN, ENTER, Window};

const BY_HAND: &str = "Enter Client ID and Client Secret by hand";

#[tokio::test]
async fn at_the_question_for_the_method() {
    let bench = Bench::start().await;
    let mut window = bench.register(&[]);
    window.until("[0]").await;

    check_end(&mut window).await;
}

#[tokio::test]
async fn at_the_question_for_replacing() {
    let bench = Bench::start().await;
    bench.write_env_file("DINGTALK_CLIENT_ID=ding1\nDINGTALK_CLIENT_SECRET=s\n");
    let mut window = bench.register(&[]);
    window.until("Reconfigure?").await;

    check_end(&mut window).await;
    assert!(bench.env_file().starts_with("DINGTALK_CLIENT_ID=ding1\n"));
}

#[tokio::test]
async fn while_the_code_is_prepared() {
    let bench = Bench::start().await;
    bench.break_down("/app/registration/init", Fault { delay_ms: Some(8000), ..Fault::default() });
    let mut window = bench.register(&[]);
    window.until("[0]").await;
    window.press(ENTER);
    window.until("Preparing a code").await;

    window.press(CTRL_C);
    window.until(BY_HAND).await;

    check_manual_entry(&bench, &mut window).await;
}

#[tokio::test]
async fn while_a_scan_is_waited_for() {
    let bench = Bench::start().await;
    let mut window = scanning(&bench, &[]).await;

    window.press(CTRL_C);
    let screen = window.until(BY_HAND).await;

    assert!(screen.contains("✗ Cancelled. The code is not waited for any more."), "{screen}");
    check_manual_entry(&bench, &mut window).await;
}

#[tokio::test]
async fn pressed_twice_it_does_not_give_the_next_code_up() {
    let bench = Bench::start().await;
    let mut window = scanning(&bench, &[]).await;
    window.press(&format!("{CTRL_C}{CTRL_C}"));
    window.until(BY_HAND).await;

    window.press(&format!("{DOWN}{ENTER}"));
    bench.approve_number(2).await;
    let (code, screen) = window.ended().await;

    assert_eq!(code, 0, "{screen}");
}

#[tokio::test]
async fn while_a_scan_is_waited_for_it_tells_the_engine() {
    let bench = Bench::start().await;
    let mut window = scanning(&bench, &[]).await;
    window.press(CTRL_C);
    window.until(BY_HAND).await;

    window.press(&format!("{DOWN}{DOWN}{ENTER}"));
    let (code, screen) = window.ended().await;

    assert_eq!(code, 130, "{screen}");
    let database = dingtalk_qr_tests::database(&bench.path("data"));
    assert!(database.contains(r#"{"status":"cancelled"}"#));
}

#[tokio::test]
async fn at_the_question_what_to_do_instead() {
    let bench = Bench::start().await;
    let mut window = scanning(&bench, &[]).await;
    window.press(CTRL_C);
    window.until(BY_HAND).await;

    check_end(&mut window).await;
}

#[tokio::test]
async fn at_the_question_for_the_client_id() {
    let bench = Bench::start().await;
    let mut window = bench.register(&["--manual"]);
    window.until("? Client ID:").await;

    window.press(CTRL_C);
    window.until(BY_HAND).await;

    check_end(&mut window).await;
}

#[tokio::test]
async fn at_the_question_for_the_client_secret() {
    let bench = Bench::start().await;
    let mut window = bench.register(&["--manual"]);
    window.until("? Client ID:").await;
    window.press(&format!("ding1{ENTER}"));
    window.until("? Client Secret:").await;
    window.press("half-of-a-secret");

    window.press(CTRL_C);
    window.until(BY_HAND).await;

    check_end(&mut window).await;
    assert!(!window.everything().contains("half-of-a-secret"));
}

/// Ctrl-C ends the program, and leaves the terminal as it was.
async fn check_end(window: &mut Window) {
    window.press(CTRL_C);
    let (code, screen) = window.ended().await;
    assert_eq!(code, 130, "{screen}");
    assert!(window.is_as_before(), "{screen}");
}
