//! No start with a key that does not fit, is missing, or lies where others reach it.

use std::fs;

use dingtalk_qr_tests::{TestApp, TestOptions};

#[tokio::test]
async fn a_missing_key_is_never_replaced_beside_a_database_that_has_secrets() {
    for options in [TestOptions::default(), TestOptions::default().on_postgres().await] {
        let app = TestApp::with(options).await;
        let key = fs::read(app.path("data/key")).unwrap();
        fs::remove_file(app.path("data/key")).unwrap();

        for args in [["api-key", "list"], ["key", "status"], ["key", "rotate"]] {
            let output = app.program(&args).output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(
                !output.status.success() && said.contains("the database has secrets and there is no key"),
                "{said}"
            );
        }

        assert!(!app.path("data/key").exists(), "no key is made");
        fs::write(app.path("data/key"), key).unwrap();
        close(&app, "data/key", 0o600);
        assert!(app.program(&["api-key", "list"]).status().unwrap().success());
    }
}

#[tokio::test]
async fn a_running_backend_survives_that_its_key_file_is_gone_for_a_while() {
    let app = TestApp::start().await;
    let flow = app.begin().await;
    let key = fs::read(app.path("data/key")).unwrap();

    fs::remove_file(app.path("data/key")).unwrap();
    let late = app.begin().await;
    fs::write(app.path("data/key"), key).unwrap();
    close(&app, "data/key", 0o600);

    let app = app.restart().await;
    assert_eq!(
        (app.status(&flow).await, app.status(&late).await),
        ("pending".to_owned(), "pending".to_owned())
    );
}

#[tokio::test]
async fn secrets_under_a_key_that_is_not_configured_are_counted_and_named() {
    let app = TestApp::start().await;
    app.begin().await;
    let id = {
        let output = app.program(&["key", "status"]).output().unwrap();
        String::from_utf8(output.stdout).unwrap().split(' ').nth(1).unwrap().to_owned()
    };
    let other = app.program(&["key", "generate"]).output().unwrap().stdout;
    fs::write(app.path("data/key"), other).unwrap();

    let status = app.program(&["key", "status"]).output().unwrap();
    let rotation = app.program(&["key", "rotate", "--wait", "0"]).output().unwrap();
    let start = app.program(&["serve"]).env("LISTEN_ADDR", "127.0.0.1:0").output().unwrap();

    let [printed, complained, refused] =
        [status.stdout, rotation.stderr, start.stderr].map(|text| String::from_utf8(text).unwrap());
    assert!(
        !status.status.success() && printed.contains(&format!("key {id} (not configured): 2 values")),
        "{printed}"
    );
    assert!(complained.contains("2 are sealed under a key that is not configured"), "{complained}");
    assert!(
        refused.contains(&format!("2 of 2 values are sealed under key {id}, not configured")),
        "{refused}"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_key_or_a_folder_that_others_reach_is_refused() {
    let app = TestApp::start().await;
    for (name, wrong, right, complaint) in [
        ("data/key", 0o640, 0o600, "the key file can be read by others; set its mode to 0600"),
        ("data", 0o757, 0o755, "DATA_DIR can be written by everybody"),
    ] {
        close(&app, name, wrong);
        let output = app.program(&["api-key", "list"]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains(complaint), "{said}");

        close(&app, name, right);
        assert!(app.program(&["api-key", "list"]).status().unwrap().success());
    }
}

#[cfg(unix)]
fn close(app: &TestApp, name: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;

    fs::set_permissions(app.path(name), fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn close(_: &TestApp, _: &str, _: u32) {}
