use dingtalk_qr_simulator::Options;

use super::window::{CTRL_C, ENTER, Setup, Window};
use super::{Bench, settings};

#[tokio::test]
async fn a_scan_from_the_screen_ends_in_an_env_file() {
    let bench = Bench::start().await;
    let mut window = bench.register(&[]);
    let menu = window.until("[1] Manual input").await;
    assert!(menu.contains("DingTalk setup"), "{menu}");
    assert!(
        menu.contains("[0] QR code scan (recommended, auto-obtain Client ID and Client Secret)"),
        "{menu}"
    );

    window.press(ENTER);
    let screen = window.until("Waiting for your scan").await;
    let link = window.scan().unwrap();
    assert!(screen.contains(&format!("Or open this link: {link}")), "{screen}");
    assert!(link.ends_with(&bench.registration(1).await.user_code), "{link}");
    bench.approve().await;
    let (code, screen) = window.ended().await;

    let (id, secret) = (bench.saved("DINGTALK_CLIENT_ID"), bench.saved("DINGTALK_CLIENT_SECRET"));
    let (id, secret) = (id.unwrap(), secret.unwrap());
    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains(&format!("Client ID:     {id}")), "{screen}");
    assert!(screen.contains(&format!("Client Secret: {}••••••••", &secret[..4])), "{screen}");
    for hidden in [secret, bench.registration(1).await.device_code] {
        assert!(!window.everything().contains(&hidden));
    }
    assert_eq!(bench.saved("DINGTALK_ALLOW_ALL_USERS").as_deref(), Some("true"));
}

#[tokio::test]
async fn before_the_scan_it_is_said_what_will_happen() {
    let bench = Bench::start().await;

    let mut window = bench.register(&[]);
    window.until("[0]").await;
    window.press(ENTER);

    let screen = window.until("Waiting for your scan").await;
    assert!(screen.contains("DingTalk's page will say “OpenClaw”. That is expected."), "{screen}");
    assert!(screen.contains("scanning twice makes two apps"), "{screen}");
    assert!(screen.contains(" left · Ctrl-C to stop"), "{screen}");
}

#[tokio::test]
async fn an_app_that_waits_for_an_administrator_is_saved_already() {
    let bench = Bench::start().await;
    let mut window = bench.register(&[]);
    window.until("[0]").await;
    window.press(ENTER);
    bench.approve_subject_to_administrator().await;
    window.until("Waiting for an administrator").await;
    assert!(bench.saved("DINGTALK_CLIENT_SECRET").is_some());

    window.press(CTRL_C);
    let (code, screen) = window.ended().await;

    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("an administrator has to approve it"), "{screen}");
    assert!(screen.contains("Nothing is left to do here"), "{screen}");
}

#[tokio::test]
async fn an_administrator_who_approves_makes_it_ready() {
    let bench = Bench::start().await;
    let mut window = bench.register(&[]);
    window.until("[0]").await;
    window.press(ENTER);
    bench.approve_subject_to_administrator().await;
    window.until("Waiting for an administrator").await;

    bench.dingtalk.admin_approve(&bench.registration(1).await.user_code).unwrap();
    let (code, screen) = window.ended().await;

    assert_eq!(code, 0, "{screen}");
    assert!(screen.contains("✓ Your bot is ready"), "{screen}");
}

#[tokio::test]
async fn it_speaks_the_language_of_the_locale_unless_told_otherwise() {
    let bench = Bench::start().await;
    let chinese = [("LANG", "en_US.UTF-8"), ("LC_ALL", "zh_CN.UTF-8")];

    let window = bench.register_with(&chinese, &[]);
    window.until("[0] 扫码（推荐，自动获取 Client ID 和 Client Secret）").await;
    let window = bench.register_with(&chinese, &["--lang", "en"]);
    window.until("[0] QR code scan").await;
}

#[tokio::test]
async fn a_code_of_dingtalk_fits_into_an_ordinary_terminal() {
    let public_url = Some("https://open-dev.dingtalk.com".to_owned());
    let bench = Bench::with(Options { settings: settings(), public_url, ..Options::default() }).await;
    let url = bench.dingtalk.url();
    let vars = [("DINGTALK_REGISTRATION_BASE_URL", url), ("DINGTALK_API_BASE_URL", url)];

    let mut window = small(&bench, &vars, 24, 80);
    window.until("[0]").await;
    window.press(ENTER);
    window.until("Waiting for your scan").await;

    let link = window.scan().unwrap();
    assert!(
        link.starts_with("https://open-dev.dingtalk.com/openapp/registration/openClaw?user_code="),
        "{link}"
    );
}

#[tokio::test]
async fn a_window_without_room_for_the_code_shows_the_link() {
    let bench = Bench::start().await;
    let vars = bench.vars(&[]);

    let mut window = small(&bench, &vars, 40, 40);
    window.until("[0]").await;
    window.press(ENTER);
    let screen = window.until("Waiting for your scan").await;
    assert!(screen.contains("window is too small"), "{screen}");
    assert_eq!(window.scan(), None);
    let unbroken = screen.replace('\n', "");
    assert!(unbroken.contains(&format!("user_code={}", bench.registration(1).await.user_code)), "{screen}");
    bench.approve().await;

    assert_eq!(window.ended().await.0, 0);
}

#[tokio::test]
async fn without_colours_or_cleverness_there_is_the_link() {
    for var in [("NO_COLOR", "1"), ("TERM", "dumb")] {
        let bench = Bench::start().await;
        let mut window = bench.register_with(&[var], &[]);
        window.until("[0]").await;
        window.press(ENTER);
        let screen = window.until("Waiting for your scan").await;

        assert_eq!(window.scan(), None, "{var:?}");
        assert!(!window.everything().contains("\u{1b}[38;5"), "{var:?}");
        assert!(screen.contains("Open this link in DingTalk"), "{screen}");
        bench.approve().await;
        assert_eq!(window.ended().await.0, 0, "{var:?}");
    }
}

fn small(bench: &Bench, vars: &[(&str, &str)], rows: u16, columns: u16) -> Window {
    let setup = Setup { folder: bench.folder.path(), vars, args: &["register"], rows, columns };
    Window::with("dingtalk-qr", &setup)
}
