//! The simulator as a program.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

use crate::support::client;

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dingtalk-qr-simulator"));
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Starts the program and waits for the line that it prints.
fn start(arguments: &[&str]) -> (Child, BufReader<std::process::ChildStdout>, String) {
    let mut child = program(arguments).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    let url = line.strip_prefix("listening on ").unwrap().trim_end().to_owned();
    (child, stdout, url)
}

fn script(text: &str) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

#[tokio::test]
async fn the_program_prints_its_address_and_ends_cleanly_on_sigterm() {
    let (mut child, mut stdout, url) = start(&["--listen", "127.0.0.1:0"]);
    let answer = client().get(format!("{url}/_sim/clock")).send().await.unwrap();

    let kill = Command::new("kill").arg(child.id().to_string()).status().unwrap();
    let ended = child.wait().unwrap();

    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert!(answer.status().is_success() && kill.success() && ended.success());
    assert_eq!(rest, "");
}

#[tokio::test]
async fn a_script_gives_settings_and_faults_to_start_with() {
    let file = script(r#"{"interval":2,"faults":[{"path":"/app/registration/init","fault":{"http":503}}]}"#);
    let (mut child, _stdout, url) =
        start(&["--listen", "127.0.0.1:0", "--seed", "7", "--script", file.path().to_str().unwrap()]);

    let options = client().get(format!("{url}/_sim/options")).send().await.unwrap();
    let options: Value = options.json().await.unwrap();
    let init = client().post(format!("{url}/app/registration/init")).send().await.unwrap();
    child.kill().unwrap();
    child.wait().unwrap();

    assert_eq!((&options["interval"], init.status().as_u16()), (&2.into(), 503));
}

#[test]
fn a_start_that_fails_says_why() {
    #[track_caller]
    fn check(arguments: &[&str], part: &str) {
        let Output { status, stdout, stderr } = program(arguments).output().unwrap();
        let stderr = String::from_utf8(stderr).unwrap();
        assert!(!status.success() && stdout.is_empty() && stderr.contains(part), "{stderr}");
    }

    let wrong = script(r#"{"faults":[{"path":"/x","fault":{"http":"x"}}]}"#);
    check(&["--script", wrong.path().to_str().unwrap()], "faults[0].fault.http: invalid type");
    check(&["--script", "/nowhere/script.json"], "cannot read /nowhere/script.json");
    check(&["--listen", "nowhere"], "cannot listen on nowhere");
    check(&["--seed", "x"], "--seed");
}
