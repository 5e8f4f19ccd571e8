//! A site that lets people sign in with DingTalk through a backend on another origin. See its README.

#![expect(clippy::print_stdout, reason = "it says where it is")]

mod backend;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use cookie::{Cookie, SameSite};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tower_http::services::ServeDir;

use backend::{Backend, RedeemError};

const COOKIE: &str = "shop-session";

#[derive(Clone)]
struct Shop {
    backend: Backend,
    url: String,
    dist: PathBuf,
    /// Who is signed in, by session. A real shop has a database.
    sessions: Arc<Mutex<HashMap<String, Customer>>>,
}

#[derive(Clone, Serialize)]
struct Customer {
    /// What the shop keeps its own records under.
    user_id: String,
    name: String,
    email: String,
}

#[derive(Deserialize)]
struct SignIn {
    ticket: String,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let listen: SocketAddr =
        var("SHOP_LISTEN", "127.0.0.1:4000").parse().context("SHOP_LISTEN is no address")?;
    let shop = Shop {
        backend: Backend::new(
            var("DINGTALK_QR_URL", "http://127.0.0.1:3000"),
            var("DINGTALK_QR_API_KEY", ""),
        )?,
        url: var("SHOP_URL", "http://localhost:4000"),
        dist: var("DIST_DIR", "dist").into(),
        sessions: Arc::default(),
    };
    let routes = Router::new()
        .route("/", get(home))
        .route("/login", get(login))
        .route("/sign-in", post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/me", get(me))
        .fallback_service(ServeDir::new(&shop.dist))
        .with_state(shop.clone());
    let listener = TcpListener::bind(listen).await.with_context(|| format!("cannot listen on {listen}"))?;
    println!("the shop is at {}/login", shop.url);
    axum::serve(listener, routes).await.context("the server failed")
}

/// Greets whoever is signed in.
async fn home(State(shop): State<Shop>, headers: HeaderMap) -> Html<String> {
    let greeting = match customer(&shop, &headers) {
        Some(customer) => format!(
            "<p>Hello, {}</p><form method=\"post\" action=\"/sign-out\"><button>Sign out</button></form>",
            escaped(&customer.name)
        ),
        None => "<p><a href=\"/login\">Sign in with DingTalk</a></p>".to_owned(),
    };
    Html(format!("<!doctype html><html lang=\"en\"><title>A shop</title><h1>A shop</h1>{greeting}"))
}

/// The page with its two settings filled in.
async fn login(State(shop): State<Shop>) -> Result<Html<String>, StatusCode> {
    let page =
        tokio::fs::read_to_string(shop.dist.join("index.html")).await.map_err(|_| StatusCode::NOT_FOUND)?;
    let fill = |page: String, name: &str, content: &str| {
        page.replace(
            &format!("name=\"{name}\" content=\"\""),
            &format!("name=\"{name}\" content=\"{content}\""),
        )
    };
    let page = fill(page, "dingtalk-qr-backend", shop.backend.url());
    Ok(Html(fill(page, "dingtalk-qr-ticket-url", "/sign-in")))
}

/// Redeems the ticket that the page got, and begins a session. Only a script of this origin can send JSON here.
async fn sign_in(State(shop): State<Shop>, Json(body): Json<SignIn>) -> Result<Response, StatusCode> {
    let redeemed = shop.backend.redeem(&body.ticket).await.map_err(|error| match error {
        RedeemError::Refused => StatusCode::FORBIDDEN,
        RedeemError::Failed => StatusCode::BAD_GATEWAY,
    })?;
    // Somebody who signed in elsewhere has not asked for a session here.
    if redeemed.site != shop.url {
        return Err(StatusCode::FORBIDDEN);
    }
    let user = redeemed.user;
    let customer = Customer { user_id: user.id, name: user.name, email: user.email };
    let session = random().ok_or(StatusCode::INTERNAL_SERVER_ERROR)?;
    shop.sessions.lock().unwrap_or_else(PoisonError::into_inner).insert(session.clone(), customer);
    // With https, call it `__Host-…` and make it secure.
    let cookie = Cookie::build((COOKIE, session)).path("/").http_only(true).same_site(SameSite::Lax);
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie.to_string())]).into_response())
}

/// The cookie is `SameSite=Lax`, so only a form of this site comes with it.
async fn sign_out(State(shop): State<Shop>, headers: HeaderMap) -> Redirect {
    if let Some(session) = session(&headers) {
        shop.sessions.lock().unwrap_or_else(PoisonError::into_inner).remove(&session);
    }
    Redirect::to("/")
}

async fn me(State(shop): State<Shop>, headers: HeaderMap) -> Result<Json<Customer>, StatusCode> {
    customer(&shop, &headers).map(Json).ok_or(StatusCode::UNAUTHORIZED)
}

fn customer(shop: &Shop, headers: &HeaderMap) -> Option<Customer> {
    let sessions = shop.sessions.lock().unwrap_or_else(PoisonError::into_inner);
    session(headers).and_then(|session| sessions.get(&session).cloned())
}

/// A name is text from outside.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

fn session(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get(header::COOKIE)?.to_str().ok()?;
    let mut cookies = Cookie::split_parse(cookies).filter_map(Result::ok);
    cookies.find(|cookie| cookie.name() == COOKIE).map(|cookie| cookie.value().to_owned())
}

fn random() -> Option<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).ok()?;
    Some(format!("{:032x}", u128::from_ne_bytes(bytes)))
}

#[expect(clippy::disallowed_methods, reason = "an example has no configuration module")]
fn var(name: &str, default: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| default.to_owned())
}
