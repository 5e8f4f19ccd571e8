//! The session of a person and the embed token of a page are signed with one key, and neither is taken for the other.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dingtalk_qr_backend::open_store;
use dingtalk_qr_simulator::people;
use dingtalk_qr_tests::{Answer, Browser, OWN, SHOP, TestApp, login_options};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

const SESSION: &str = "dingtalk-qr-session+jwt";
const EMBED: &str = "dingtalk-qr-embed+jwt";
const INVALID: &str = "401 embed_token_invalid";

#[tokio::test]
async fn a_session_begins_nothing_and_an_embed_token_signs_nobody_in() {
    let app = TestApp::with(login_options()).await;
    let browser = Browser::new(&app);
    browser.sign_in(people::ZHANG_WEI).await;
    let session = browser.cookie("session").unwrap();
    let token = embed_token(&app).await;

    assert_eq!(begin(&app, &session).await.problem(), INVALID);
    assert!(is_nobody(&app, "session", &token).await);
    let operator = app.call("GET", "/api/v1/apps").header("origin", OWN);
    let operator = operator.header("cookie", &format!("__Host-dingtalk-qr-operator={token}"));
    assert_eq!(operator.send().await.problem(), "401 operator_required");

    assert_eq!(begin(&app, &token).await.status, 201);
    assert!(!is_nobody(&app, "session", &session).await);
}

#[tokio::test]
async fn type_audience_and_content_each_keep_an_embed_token_apart() {
    let app = TestApp::with(login_options()).await;
    let (token, key) = (embed_token(&app).await, Key::of(&app).await);
    let claims = claims_of(&token);
    let now = claims["iat"].as_i64().unwrap();
    assert_eq!((&claims["iss"], &claims["aud"]), (&json!(OWN), &json!(format!("{OWN}/api/v1"))));
    assert_eq!((claims["nbf"].as_i64().unwrap(), claims["exp"].as_i64().unwrap()), (now, now + 600));
    assert_eq!(
        begin(&app, &key.sign(EMBED, Algorithm::HS256, &claims)).await.status,
        201,
        "as ours are made"
    );

    for kind in [SESSION, "JWT", ""] {
        let forged = key.sign(kind, Algorithm::HS256, &claims);
        assert_eq!(begin(&app, &forged).await.problem(), INVALID, "{kind}");
    }
    for algorithm in [Algorithm::HS384, Algorithm::HS512] {
        let forged = key.sign(EMBED, algorithm, &claims);
        assert_eq!(begin(&app, &forged).await.problem(), INVALID, "{algorithm:?}");
    }
    for (field, value) in [
        ("aud", json!(OWN)),
        ("aud", json!(SHOP)),
        ("aud", Value::Null),
        ("iss", json!("https://evil.example")),
        ("iss", Value::Null),
        ("sub", json!("guess")),
        ("sub", Value::Null),
        ("origin", json!("https://evil.example")),
        ("origin", json!("*")),
        ("origin", json!([SHOP])),
        ("origin", Value::Null),
        ("app", json!("Support Bot")),
        ("iat", Value::Null),
        ("iat", json!(0)),
        ("nbf", json!(now + 60)),
        ("nbf", Value::Null),
        ("exp", json!(now)),
        ("exp", Value::Null),
    ] {
        let mut changed = claims.clone();
        changed[field] = value;
        let forged = key.sign(EMBED, Algorithm::HS256, &changed);
        assert_eq!(begin(&app, &forged).await.problem(), INVALID, "{changed}");
    }
}

#[tokio::test]
async fn type_and_audience_each_keep_a_session_apart() {
    let app = TestApp::with(login_options()).await;
    let browser = Browser::new(&app);
    browser.sign_in(people::ZHANG_WEI).await;
    let (claims, key) = (claims_of(&browser.cookie("session").unwrap()), Key::of(&app).await);
    assert!(
        !is_nobody(&app, "session", &key.sign(SESSION, Algorithm::HS256, &claims)).await,
        "as ours are made"
    );

    assert!(is_nobody(&app, "session", &key.sign(EMBED, Algorithm::HS256, &claims)).await);
    let mut changed = claims.clone();
    changed["aud"] = json!(format!("{OWN}/api/v1"));
    assert!(is_nobody(&app, "session", &key.sign(SESSION, Algorithm::HS256, &changed)).await);
}

async fn embed_token(app: &TestApp) -> String {
    let key = app.state.access().create_api_key("shop").await.unwrap().unwrap();
    let call = app.call("POST", "/api/v1/embed-tokens").bearer(&key).json(&json!({ "origin": SHOP }));
    call.send().await.json()["token"].as_str().unwrap().to_owned()
}

async fn begin(app: &TestApp, token: &str) -> Answer {
    let call = app.call("POST", "/api/v1/registrations").bearer(token).header("origin", SHOP);
    call.json(&json!({})).send().await
}

async fn is_nobody(app: &TestApp, cookie: &str, token: &str) -> bool {
    let cookie = format!("__Host-dingtalk-qr-{cookie}={token}");
    let answer = app.call("GET", "/api/v1/session").header("cookie", &cookie).send().await;
    answer.status == 204
}

fn claims_of(token: &str) -> Value {
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    serde_json::from_slice(&claims).unwrap()
}

/// The key of the backend, in the hands of a test.
struct Key {
    id: String,
    secret: String,
}

impl Key {
    async fn of(app: &TestApp) -> Self {
        let (store, sealer) = open_store(app.state.config()).await.unwrap();
        let key = store.newest_session_key().await.unwrap().unwrap();
        let secret = sealer.open(&format!("session_keys/{}", key.id), &key.key).unwrap();
        Self { id: key.id, secret: secret.to_string() }
    }

    /// Claims that are null are left out.
    fn sign(&self, kind: &str, algorithm: Algorithm, claims: &Value) -> String {
        let mut header = Header::new(algorithm);
        header.typ = (!kind.is_empty()).then(|| kind.to_owned());
        header.kid = Some(self.id.clone());
        let mut claims = claims.as_object().unwrap().clone();
        claims.retain(|_, value| !value.is_null());
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(self.secret.as_bytes())).unwrap()
    }
}
