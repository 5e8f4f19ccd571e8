//! When a process says that it can do its work.

use std::time::Duration;

use dingtalk_qr_tests::{Postgres, TestApp, TestOptions};

#[tokio::test]
async fn without_its_database_a_process_is_alive_and_not_ready() {
    let postgres = Postgres::start();
    let url = postgres.new_database().await;
    let app = TestApp::with(TestOptions::default().var("DATABASE_URL", url)).await;
    let ready = async || app.call("GET", "/readyz").send().await;
    assert_eq!((ready().await.status.as_u16(), ready().await.body.as_str()), (200, "ok\n"));

    postgres.stop();
    assert_eq!(ready().await.status, 200, "the answer of the last second");
    app.clock.advance(Duration::from_secs(1));
    let away = tokio::time::timeout(Duration::from_secs(4), ready()).await.unwrap();
    assert_eq!(away.problem(), "503 internal");
    assert_eq!(away.header("content-type"), "application/problem+json");
    for word in ["postgres", "database", "socket", "refused"] {
        assert!(!away.body.contains(word), "{away:?}");
    }
    assert_eq!(app.call("GET", "/healthz").send().await.body, "ok\n");

    postgres.start_again();
    app.clock.advance(Duration::from_secs(1));
    let back = async {
        while ready().await.status != 200 {
            app.clock.advance(Duration::from_secs(1));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), back).await.unwrap();
}

#[tokio::test]
async fn a_process_that_is_about_to_end_is_not_ready() {
    let app = TestApp::start().await;
    assert_eq!(app.call("GET", "/readyz").send().await.status, 200);

    app.state.engine().close();

    assert_eq!(app.call("GET", "/readyz").send().await.problem(), "503 internal");
    assert_eq!(app.call("GET", "/healthz").send().await.status, 200);
}
