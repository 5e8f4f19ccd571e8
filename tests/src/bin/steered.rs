//! A backend and a DingTalk whose time the browser tests steer: `POST /_test/pass {"seconds": n}`.
//!
//! Started with the folder of the page, and `login` where people sign in as well; prints where the page and the simulator
//! are as a JSON line.

#![expect(clippy::unwrap_used, reason = "a test program may panic")]

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use dingtalk_qr_tests::{TestApp, TestOptions, login_options};
use serde_json::{Value, json};
use tokio::net::TcpListener;

// One thread: whoever was woken has run before the one who waits for rest looks again.
#[tokio::main(flavor = "current_thread")]
async fn main() {
    let dist = std::env::args().nth(1).expect("the folder of the page");
    let options = match std::env::args().nth(2).as_deref() {
        None => TestOptions::default(),
        Some("login") => login_options(),
        Some(other) => panic!("{other} is not a job"),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let options = options
        .var("DIST_DIR", dist)
        .var("LISTEN_ADDR", address.to_string())
        .var("PUBLIC_URL", format!("http://{address}"));
    let app = Arc::new(TestApp::with(options).await);
    let steering = Router::new().route("/_test/pass", post(pass)).with_state(Arc::clone(&app));

    let places = json!({ "page": format!("http://{address}/"), "dingtalk": app.dingtalk.url() });
    #[expect(clippy::print_stdout, reason = "this is what the tests read")]
    {
        println!("{places}");
    }
    axum::serve(listener, app.router().merge(steering)).await.unwrap();
}

async fn pass(State(app): State<Arc<TestApp>>, Json(body): Json<Value>) -> StatusCode {
    app.pass(body["seconds"].as_u64().unwrap()).await;
    StatusCode::NO_CONTENT
}
