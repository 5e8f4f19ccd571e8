//! One key in the place of another, while the backend works.

use std::borrow::BorrowMut;
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;
use std::time::Duration;

use dingtalk_qr_backend::open_store;
use dingtalk_qr_backend::secret::Sealed;
use dingtalk_qr_backend::store::SEALED_COLUMNS;
use dingtalk_qr_simulator::{EXISTING_APP_CLIENT_ID, people};
use dingtalk_qr_tests::{Browser, Flow, OWN, TestApp, TestOptions, login_options, run};
use serde_json::json;
use sqlx::{Connection as _, PgConnection};

/// Does not wait for writers before the old key goes: for where there are none.
const AT_ONCE: [&str; 4] = ["key", "rotate", "--wait", "0"];

#[tokio::test]
async fn every_sealed_column_is_known_to_the_rotation() {
    let app = TestApp::with(TestOptions::default().on_postgres().await).await;
    let url = app.state.config().store.database.as_ref().unwrap();
    let mut connection = PgConnection::connect(url.expose()).await.unwrap();
    let columns: Vec<(String, String)> = sqlx::query_as(
        "SELECT table_name::text, column_name::text FROM information_schema.columns \
         WHERE table_schema = 'public' AND (column_name LIKE 'sealed%' OR data_type = 'bytea')",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();

    let sealed: BTreeSet<_> = columns.into_iter().filter(|(table, _)| table != "_sqlx_migrations").collect();

    let known = SEALED_COLUMNS.map(|column| (column.table.to_owned(), column.column.to_owned()));
    assert_eq!(sealed, BTreeSet::from(known));
}

#[tokio::test]
async fn a_rotation_takes_every_secret_with_it_in_the_file() {
    check_that_everything_comes_along(login_options()).await;
}

#[tokio::test]
async fn a_rotation_takes_every_secret_with_it_in_postgresql() {
    check_that_everything_comes_along(login_options().on_postgres().await).await;
}

async fn check_that_everything_comes_along(options: TestOptions) {
    let app = TestApp::with(options).await;
    let flow = begin(&app).await;
    let browser = Browser::new(&app);
    browser.sign_in(people::ZHANG_WEI).await;
    let cookies = browser.cookies();
    let (old_key, old_id) = (key_file(&app), current_id(&app));
    assert_eq!(said(app.program(&["key", "status"])), format!("key {old_id} (current): 5 values\n"));

    let first = said(app.program(&AT_ONCE));

    assert!(first.contains("re-sealed 5 of 5 values: everything is under key "), "{first}");
    assert_eq!(key_file(&app).lines().count(), 1);
    assert_ne!(current_id(&app), old_id);
    let status = format!("key {} (current): 5 values\n", current_id(&app));
    assert_eq!(said(app.program(&["key", "status"])), status);
    // Who runs meanwhile loses nothing, and who starts afterwards needs the new key only.
    assert_eq!(app.status(&flow).await, "pending");
    assert_eq!(Browser::again(&app, &cookies).session().await.status, 200);
    let app = app.restart().await;
    assert_eq!(Browser::again(&app, &cookies).session().await.status, 200);
    app.approve(&flow);
    app.pass(60).await;
    assert!(app.env_file().contains("DINGTALK_CLIENT_SECRET="), "the device code was opened");

    fs::write(app.path("data/key"), old_key).unwrap();
    let refused = failed(app.program(&["api-key", "list"]));
    assert!(refused.contains("the database belongs to another key: 5 of 5 values are sealed"), "{refused}");
}

#[tokio::test]
async fn a_rotation_under_load_loses_nothing_in_the_file() {
    check_under_load(login_options()).await;
}

#[tokio::test]
async fn a_rotation_under_load_loses_nothing_in_postgresql() {
    check_under_load(login_options().on_postgres().await).await;
}

async fn check_under_load(options: TestOptions) {
    let app = TestApp::with(options.var("QR_DISPLAY_SECONDS", "7200")).await;
    let first_id = current_id(&app);
    let early = begin(&app).await;
    let signed_in = Browser::new(&app);
    signed_in.sign_in(people::ZHANG_WEI).await;
    let mut programs: Vec<_> = (0..3).map(|_| app.program(&["key", "rotate", "--wait", "1"])).collect();
    let rotations = tokio::task::spawn_blocking(move || {
        programs.drain(..).for_each(|program| drop(said(program)));
    });

    let mut created = 0;
    while !rotations.is_finished() {
        let flow = begin(&app).await;
        app.approve(&flow);
        app.pass_watched(&flow, 15).await;
        assert_eq!(app.status(&flow).await, "created");
        created += 1;
        let desktop = Browser::new(&app);
        let (_, ticket) = desktop.sign_in_by_phone(people::ZHANG_WEI).await;
        assert_eq!(desktop.open_session(&ticket).await.status, 200);
        assert_eq!(desktop.session().await.status, 200);
        assert_eq!(signed_in.session().await.status, 200);
        assert_eq!(app.status(&early).await, "pending");
    }
    rotations.await.unwrap();

    assert!(created > 1, "work went on during the rotations");
    assert_ne!(current_id(&app), first_id);
    assert_eq!(said(app.program(&["key", "status"])).lines().count(), 1, "nothing is under an older key");
    // A fresh process opens everything there is with that key: settings, apps, the person, the session key, the early flow.
    let all = created + 5;
    let again = said(app.program(&AT_ONCE));
    assert!(again.contains(&format!("re-sealed {all} of {all} values")), "{again}");
}

#[tokio::test]
async fn a_secret_that_changes_meanwhile_is_not_overwritten() {
    let app = TestApp::with(login_options().on_postgres().await).await;
    let (_, sealer) = open_store(app.state.config()).await.unwrap();
    let url = app.state.config().store.database.as_ref().unwrap().expose();
    let mut writer = PgConnection::connect(url).await.unwrap();
    let mut observer = PgConnection::connect(url).await.unwrap();
    let place = format!("apps/{EXISTING_APP_CLIENT_ID}");

    let mut change = writer.begin().await.unwrap();
    let newer = sealer.seal(&place, "newer");
    let update = sqlx::query("UPDATE apps SET sealed_secret = $1").bind(newer.as_bytes());
    update.execute(&mut *change).await.unwrap();
    let program = app.program(&AT_ONCE);
    let rotation = tokio::task::spawn_blocking(|| said(program));
    let waits = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
                 AND wait_event_type = 'Lock' AND query LIKE 'UPDATE apps%'";
    while sqlx::query_scalar::<_, i64>(waits).fetch_one(&mut observer).await.unwrap() == 0 {
        assert!(!rotation.is_finished(), "it has read what the other one is about to change");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    change.commit().await.unwrap();
    rotation.await.unwrap();

    let stored: Vec<u8> =
        sqlx::query_scalar("SELECT sealed_secret FROM apps").fetch_one(&mut observer).await.unwrap();
    assert_eq!(sealer.open(&place, &Sealed::from_stored(stored)).unwrap().as_str(), "newer");
    assert_eq!(said(app.program(&["key", "status"])).lines().count(), 1, "and it is under the new key");
}

#[tokio::test]
async fn a_rotation_that_is_killed_at_any_moment_goes_on() {
    let app = TestApp::with(login_options()).await;
    let flow = begin(&app).await;
    Browser::new(&app).sign_in(people::ZHANG_WEI).await;
    let first_id = current_id(&app);

    let mut second_id = None;
    for moment in [0, 3, 10, 30, 100, 1000] {
        let mut rotation = app.program(&["key", "rotate", "--wait", "600"]).spawn().unwrap();
        while key_file(&app).lines().count() < 2 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_millis(moment)).await;
        rotation.kill().unwrap();
        rotation.wait().unwrap();

        assert_eq!(key_file(&app).lines().count(), 2, "both keys are there");
        let id = current_id(&app);
        assert_eq!(*second_id.get_or_insert_with(|| id.clone()), id, "no third key is made");
        assert_ne!(id, first_id);
    }
    let app = app.restart().await;
    assert_eq!(app.status(&flow).await, "pending");
    said(app.program(&AT_ONCE));

    assert_eq!((key_file(&app).lines().count(), Some(current_id(&app))), (1, second_id));
}

#[tokio::test]
async fn one_rotation_at_a_time() {
    let app = TestApp::start().await;
    let mut rotation = app.program(&["key", "rotate", "--wait", "600"]).spawn().unwrap();
    while key_file(&app).lines().count() < 2 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }

    let refused = failed(app.program(&AT_ONCE));

    rotation.kill().unwrap();
    rotation.wait().unwrap();
    assert!(refused.contains("another rotation of the key file is under way"), "{refused}");
}

#[tokio::test]
async fn pages_of_before_outlive_a_restart_while_the_old_key_is_kept() {
    let app = TestApp::start().await;
    let flow = app.begin().await;

    said(app.program(&["key", "rotate", "--wait", "0", "--keep-old"]));
    let app = app.restart().await;

    assert_eq!(app.status(&flow).await, "pending");
    let finished = said(app.program(&AT_ONCE));
    assert!(finished.contains("re-sealed 0 of 2 values"), "{finished}");
    assert_eq!(app.restart().await.watch(&flow).await.status, 404);
}

#[tokio::test]
async fn keys_of_the_environment_change_step_by_step() {
    let (one, two) = (new_key(), new_key());
    let with = |url: &TestOptions, key: &str, old: &str| {
        url.clone().var("DINGTALK_QR_KEY", key).var("DINGTALK_QR_OLD_KEYS", old)
    };
    let database = login_options().on_postgres().await;
    let app = TestApp::with(with(&database, &one, "")).await;
    let first = begin(&app).await;

    // Every replica learns the new key, then seals with it; meanwhile one that only knows it opens what it finds.
    let app = app.restart_with(with(&database, &one, &two)).await;
    assert_eq!(app.status(&first).await, "pending");
    let app = app.restart_with(with(&database, &two, &one)).await;
    let second = begin(&app).await;
    let status =
        said(app.program(&["key", "status"]).env("DINGTALK_QR_KEY", &one).env("DINGTALK_QR_OLD_KEYS", &two));
    assert_eq!(
        status.lines().map(|line| line.split(": ").nth(1).unwrap()).collect::<Vec<_>>(),
        ["3 values", "1 values"]
    );
    assert_eq!(
        (app.status(&first).await, app.status(&second).await),
        ("pending".to_owned(), "pending".to_owned())
    );

    // One that was forgotten refuses, and says why.
    let mut forgotten = app.program(&["api-key", "list"]);
    forgotten.env("DINGTALK_QR_KEY", &one).env("DINGTALK_QR_OLD_KEYS", "");
    let refused = failed(forgotten);
    assert!(refused.contains("1 of 4 values are sealed under key "), "{refused}");

    let rotated = said(app.program(&["key", "rotate"]));
    assert!(rotated.contains("re-sealed 3 of 4 values"), "{rotated}");
    assert!(rotated.contains("DINGTALK_QR_OLD_KEYS can be removed"), "{rotated}");
    let app = app.restart_with(with(&database, &two, "")).await;
    assert_eq!(app.status(&second).await, "pending");
    assert!(!app.path("data/key").exists());
}

/// Begins a registration as an operator does.
async fn begin(app: &TestApp) -> Flow {
    let code = app.state.access().issue_setup_code();
    let body = json!({ "setup_code": code.as_str() });
    let session = app.call("POST", "/api/v1/operator-session").header("origin", OWN).json(&body).send().await;
    assert_eq!(session.status, 204, "{session:?}");
    let cookie = session.header("set-cookie").split(';').next().unwrap().to_owned();
    let call = app.call("POST", "/api/v1/registrations").header("origin", OWN).header("cookie", &cookie);
    let begun = call.json(&json!({})).send().await;
    assert_eq!(begun.status, 201, "{begun:?}");
    Flow::from(begun.json())
}

fn new_key() -> String {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &[], &["key", "generate"]);
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn key_file(app: &TestApp) -> String {
    fs::read_to_string(app.path("data/key")).unwrap()
}

/// Returns the id of the key that seals.
fn current_id(app: &TestApp) -> String {
    let status = said(app.program(&["key", "status"]));
    status.strip_prefix("key ").unwrap().split(' ').next().unwrap().to_owned()
}

/// Runs a program that is expected to succeed, and returns what it printed.
#[track_caller]
fn said(mut program: impl BorrowMut<Command>) -> String {
    let output = program.borrow_mut().output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Runs a program that is expected to fail, and returns what it complained of.
#[track_caller]
fn failed(mut program: impl BorrowMut<Command>) -> String {
    let output = program.borrow_mut().output().unwrap();
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}
