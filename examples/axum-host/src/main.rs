//! An axum application that nests the backend and asks who is signed in. See its README.

#![expect(clippy::print_stdout, reason = "it says where it is")]

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::get;
use dingtalk_qr_backend::{AppState, Config, CurrentUser, SystemClock, router};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let config = Config::from_env().context("the configuration cannot be used")?;
    let (listen, public_url) = (config.server.listen, config.server.public_url.clone());
    let state = AppState::open(config, Arc::new(SystemClock)).await?;
    let own = Router::new()
        .route("/hello", get(hello))
        .route("/orders", get(orders))
        .route("/panel", get(panel))
        .with_state(state.clone());
    let routes = own.merge(router(state)).into_make_service_with_connect_info::<SocketAddr>();
    let listener = TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
    println!("listening on {public_url}");
    axum::serve(listener, routes).await.context("the server failed")
}

/// Greets whoever is signed in, and sends everybody else to sign in and come back.
async fn hello(user: Option<CurrentUser>) -> Response {
    match user {
        Some(user) => format!("Hello, {}\n", user.name).into_response(),
        None => Redirect::to("/auth/dingtalk?return_to=/hello").into_response(),
    }
}

/// For a program: 401 as `application/problem+json` when nobody is signed in.
async fn orders(user: CurrentUser) -> String {
    format!("no orders of {}\n", user.user_id)
}

/// Shows the element on a page of the host's own: its files and its session come from the router.
async fn panel() -> Html<&'static str> {
    Html(
        r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Sign in</title>
<link rel="icon" href="data:,">
<script type="module" src="/embed/dingtalk-qr.js"></script>
<dingtalk-qr mode="login" recognise></dingtalk-qr>
</html>
"#,
    )
}
