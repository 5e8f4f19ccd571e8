//! `dingtalk-qr env check`: what the variables of a bot are worth.

use std::path::Path;

use dingtalk_qr_tests::run;
use serde_json::{Value, json};

const ID: (&str, &str) = ("DINGTALK_CLIENT_ID", "dingabc");
const SECRET: (&str, &str) = ("DINGTALK_CLIENT_SECRET", "canary-canary-canary");

#[test]
fn both_credentials_make_a_bot() {
    check(
        &[ID, SECRET],
        0,
        &json!({
            "status": "usable", "client_id": "dingabc", "home_channel": null, "allow_all_users": false,
        }),
    );
}

#[test]
fn a_home_channel_and_an_audience_are_understood() {
    let vars = [ID, SECRET, ("DINGTALK_HOME_CHANNEL", "cidHome=="), ("DINGTALK_ALLOW_ALL_USERS", "true")];

    check(
        &vars,
        0,
        &json!({
            "status": "usable", "client_id": "dingabc", "home_channel": "cidHome==", "allow_all_users": true,
        }),
    );
}

#[test]
fn nothing_and_something_wrong_have_codes_of_their_own() {
    check(&[], 3, &json!({ "status": "not_set" }));
    check(
        &[ID],
        4,
        &json!({
            "status": "wrong",
            "errors": [{ "name": "DINGTALK_CLIENT_SECRET", "expected": "set, as DINGTALK_CLIENT_ID is" }],
        }),
    );
}

#[test]
fn a_file_counts_for_what_the_environment_leaves_open() {
    let folder = tempfile::tempdir().unwrap();
    let file = format!("{}={}\n{}=other\nhello world\n", SECRET.0, SECRET.1, ID.0);
    std::fs::write(folder.path().join("bot.env"), file).unwrap();

    let (code, said) = said(folder.path(), &[ID], &["env", "check", "--env-file", "bot.env"]);

    assert_eq!(code, Some(0), "{said}");
    assert_eq!(
        said,
        "DINGTALK_CLIENT_ID: dingabc\nDINGTALK_CLIENT_SECRET: cana••••••••\nDINGTALK_HOME_CHANNEL: not set\n\
         DINGTALK_ALLOW_ALL_USERS: not true: the bot answers to those whom its own settings name\n"
    );
}

#[test]
fn what_is_wrong_is_named_and_not_repeated() {
    let folder = tempfile::tempdir().unwrap();
    let vars = [("DINGTALK_CLIENT_ID", "canary id"), ("DINGTALK_CLIENT_SECRET", "canary secret")];

    let (code, said) = said(folder.path(), &vars, &["env", "check"]);

    assert_eq!(code, Some(4));
    assert!(
        said.contains("DINGTALK_CLIENT_ID is not") && said.contains("DINGTALK_CLIENT_SECRET is not"),
        "{said}"
    );
    assert!(!said.contains("canary"), "{said}");
}

#[test]
fn what_a_scan_has_written_is_usable() {
    let folder = tempfile::tempdir().unwrap();
    let file = "DINGTALK_CLIENT_ID=ding1\nDINGTALK_CLIENT_SECRET=s-1_x\nDINGTALK_ALLOW_ALL_USERS=true\n";
    std::fs::write(folder.path().join(".env"), file).unwrap();

    let (code, said) = said(folder.path(), &[], &["env", "check"]);

    assert_eq!(code, Some(0));
    assert!(said.contains("the bot answers to everybody in the organisation"), "{said}");
}

#[track_caller]
fn check(vars: &[(&str, &str)], code: i32, expected: &Value) {
    let folder = tempfile::tempdir().unwrap();

    let (ended, said) = said(folder.path(), vars, &["env", "check", "--json"]);

    assert_eq!(ended, Some(code), "{said}");
    assert_eq!(&serde_json::from_str::<Value>(&said).unwrap(), expected);
}

fn said(folder: &Path, vars: &[(&str, &str)], args: &[&str]) -> (Option<i32>, String) {
    let output = run(folder, vars, args);
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}
