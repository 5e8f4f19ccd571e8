//! Without a terminal: what scripts and pipes get.

use std::process::Output;

use dingtalk_qr_simulator::{Fault, Options};
use serde_json::{Value, json};

use super::{Bench, output, settings};

#[tokio::test]
async fn piped_output_has_the_link_and_nothing_to_draw() {
    let bench = Bench::start().await;
    let child = bench.pipe(&[], &[]);
    bench.approve().await;

    let output = output(child).await;

    let said = said(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(output.stdout.is_empty());
    assert!(said.contains(&format!("user_code={}", bench.registration(1).await.user_code)), "{said}");
    assert!(said.contains("Waiting for your scan · 10:00 left"), "{said}");
    assert!(said.contains("Your bot is ready"), "{said}");
    assert!(!said.contains(['\u{1b}', '█', '▀']), "{said}");
    assert!(bench.saved("DINGTALK_CLIENT_SECRET").is_some());
}

#[tokio::test]
async fn json_has_the_secret_only_where_it_is_asked_for() {
    for (args, is_revealed) in [(&["--json"][..], false), (&["--json", "--reveal"], true)] {
        let bench = Bench::start().await;
        let child = bench.pipe(&[], args);
        bench.approve().await;

        let output = output(child).await;

        let secret = bench.saved("DINGTALK_CLIENT_SECRET").unwrap();
        let mut report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let revealed = report.as_object_mut().unwrap().remove("client_secret");
        assert_eq!(revealed, is_revealed.then(|| json!(secret)));
        assert!(!said(&output).contains(&secret));
        let id = bench.saved("DINGTALK_CLIENT_ID").unwrap();
        assert_eq!(
            report,
            json!({
                "status": "created", "app": id, "client_id": id, "hint": format!("{}••••••••", &secret[..4]),
                "saved_to": ["store", "env_file"], "verified": true, "findings": [], "env_file": ".env",
            })
        );
    }
}

#[tokio::test]
async fn the_lines_can_go_to_the_standard_output_instead_of_a_file() {
    let bench = Bench::start().await;
    let child = bench.pipe(&[], &["--print-env"]);
    bench.approve().await;

    let output = output(child).await;

    let lines = String::from_utf8(output.stdout.clone()).unwrap();
    let id = bench.registration(1).await.client_id.unwrap();
    assert!(lines.starts_with(&format!("DINGTALK_CLIENT_ID={id}\nDINGTALK_CLIENT_SECRET=")), "{lines}");
    assert!(lines.ends_with("\nDINGTALK_ALLOW_ALL_USERS=true\n"), "{lines}");
    assert!(!bench.path(".env").exists());
}

#[tokio::test]
async fn another_file_and_a_name_can_be_given() {
    let bench = Bench::start().await;
    let child = bench.pipe(&[], &["--env-file", "bot.env", "--name", "support", "--json"]);
    bench.approve().await;

    let output = output(child).await;

    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&report["app"], &report["env_file"]), (&json!("support"), &json!("bot.env")));
    assert!(std::fs::read_to_string(bench.path("bot.env")).unwrap().starts_with("DINGTALK_CLIENT_ID="));
    assert!(!bench.path(".env").exists());
}

#[tokio::test]
async fn credentials_that_are_there_need_a_yes() {
    let before = "DINGTALK_CLIENT_ID=dingbefore\nDINGTALK_CLIENT_SECRET=s\n";
    let bench = Bench::start().await;
    bench.write_env_file(before);

    let refused = output(bench.pipe(&[], &["--json"])).await;
    let child = bench.pipe(&[], &["--yes"]);
    let kept = bench.env_file();
    bench.approve().await;
    let done = output(child).await;

    assert_eq!((refused.status.code(), kept.as_str()), (Some(3), before));
    let report: Value = serde_json::from_slice(&refused.stdout).unwrap();
    assert_eq!(report, json!({ "status": "unchanged", "client_id": "dingbefore" }));
    assert!(said(&refused).contains("--yes replaces the credentials"));
    assert_eq!(done.status.code(), Some(0), "{}", said(&done));
    assert_eq!(bench.saved("DINGTALK_CLIENT_ID"), bench.registration(1).await.client_id);
}

#[tokio::test]
async fn a_refusal_has_its_code() {
    let bench = Bench::start().await;
    let child = bench.pipe(&[], &["--json"]);
    let user_code = bench.registration(1).await.user_code;
    bench.dingtalk.deny(&user_code, Some("不同意".to_owned())).unwrap();

    check(&output(child).await, 4, &json!({ "status": "denied", "reason": "不同意" }));
}

#[tokio::test]
async fn an_expiry_has_its_code() {
    let bench = Bench::start().await;

    let output = output(bench.pipe(&[("QR_DISPLAY_SECONDS", "2")], &["--json"])).await;

    check(&output, 5, &json!({ "status": "expired" }));
}

#[tokio::test]
async fn a_failure_has_its_code() {
    let bench = Bench::start().await;
    bench.break_down("/app/registration/init", Fault { http: Some(502), ..Fault::default() });

    let output = output(bench.pipe(&[], &["--json"])).await;

    check(&output, 6, &json!({ "status": "failed", "code": "upstream_unavailable" }));
}

#[tokio::test]
async fn an_approval_by_an_administrator_is_not_waited_for() {
    let bench = Bench::start().await;
    let child = bench.pipe(&[], &["--json"]);
    bench.approve_subject_to_administrator().await;

    let output = output(child).await;

    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &report["status"]), (Some(0), &json!("approval_pending")));
    assert_eq!(report["client_id"].as_str().map(str::to_owned), bench.saved("DINGTALK_CLIENT_ID"));
}

#[tokio::test]
async fn a_terminal_is_not_asked_where_nobody_wants_to_be() {
    let bench = Bench::with(Options { settings: settings(), ..Options::default() }).await;
    let mut window = bench.register(&["--non-interactive"]);
    bench.approve().await;

    let (code, screen) = window.ended().await;

    assert_eq!(code, 0, "{screen}");
    assert!(!screen.contains("Choose a setup method"), "{screen}");
}

#[tokio::test]
async fn a_command_line_that_cannot_be_done_is_refused() {
    let bench = Bench::start().await;
    for (args, expected) in [
        (&["--reveal"][..], 2),
        (&["--manual", "--non-interactive"], 2),
        (&["--print-env", "--env-file", "x"], 2),
        (&["--name", "No Name"], 2),
        (&["--lang", "fr"], 2),
        (&["--manual"], 1),
        (&["--backend", "http://127.0.0.1:9"], 1),
    ] {
        let output = output(bench.pipe(&[], args)).await;

        assert_eq!(output.status.code(), Some(expected), "{args:?} {}", said(&output));
        assert!(!output.stderr.is_empty());
    }
}

#[track_caller]
fn check(output: &Output, code: i32, report: &Value) {
    assert_eq!(output.status.code(), Some(code), "{}", said(output));
    assert_eq!(&serde_json::from_slice::<Value>(&output.stdout).unwrap(), report);
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}
