//! The wizard of `dingtalk-qr register` and a DingTalk, whose time a test steers: `POST /_test/pass {"seconds": n}`.
//! `GET /_test/apps` lists the apps that are kept.
//!
//! Started with the file into which it writes, as JSON, where the test finds both; and the `.env` file.

#![expect(clippy::unwrap_used, reason = "a test program may panic")]

use std::process::ExitCode;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use dingtalk_qr_backend::config::Drawing;
use dingtalk_qr_backend::terminal::{
    Destination, Here, Language, Manner, Method, Options, Report, Source, register,
};
use dingtalk_qr_tests::{TestApp, TestOptions};
use serde_json::{Value, json};
use tokio::net::TcpListener;

// One thread: whoever was woken has run before the one who waits for rest looks again.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let [places, env_file] = [1, 2].map(|at| std::env::args().nth(at).expect("two files"));
    let app = Arc::new(TestApp::with(TestOptions::default().var("ENV_FILE", env_file.clone())).await);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let steering = format!("http://{}", listener.local_addr().unwrap());
    let both = json!({ "steering": steering, "dingtalk": app.dingtalk.url() }).to_string();
    // In one step, for the test looks for it all the time.
    std::fs::write(format!("{places}.new"), both).unwrap();
    std::fs::rename(format!("{places}.new"), &places).unwrap();

    let router = Router::new().route("/_test/pass", post(pass)).route("/_test/apps", get(apps));
    let router = router.with_state(Arc::clone(&app));
    let options = Options {
        language: Language::En,
        drawing: Drawing::Rich,
        manner: Manner::Interactive,
        method: Some(Method::Scan),
        name: None,
        destination: Destination::File(env_file.into()),
        report: Report::None,
        existing: None,
    };
    let open = async { Ok(Source::Here(Here::new(app.state.clone()))) };
    let outcome = tokio::select! {
        outcome = register(options, Arc::new(app.clock.clone()), open) => outcome.unwrap(),
        ended = axum::serve(listener, router) => panic!("{ended:?}"),
    };
    ExitCode::from(outcome.code())
}

async fn pass(State(app): State<Arc<TestApp>>, Json(body): Json<Value>) -> StatusCode {
    app.pass(body["seconds"].as_u64().unwrap()).await;
    StatusCode::NO_CONTENT
}

async fn apps(State(app): State<Arc<TestApp>>) -> Json<Value> {
    Json(app.call("GET", "/api/v1/apps").send().await.json())
}
