//! Attacks on sessions: tokens made by hand, planted and stolen ones, and requests of foreign pages.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use dingtalk_qr_backend::open_store;
use dingtalk_qr_simulator::people;
use dingtalk_qr_tests::{Answer, Browser, OWN, SHOP, TestApp, login_options};
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

const COOKIE: &str = "__Host-dingtalk-qr-session";
const NOBODY: u16 = 204;
const TYPE: &str = "dingtalk-qr-session+jwt";

#[tokio::test]
async fn only_a_token_of_ours_that_says_what_it_should_is_believed() {
    let app = TestApp::with(login_options()).await;
    let (browser, other) = (Browser::new(&app), Browser::new(&app));
    browser.sign_in(people::ZHANG_WEI).await;
    other.sign_in(people::LI_NA).await;
    let forge = Forge::of(&app, &browser).await;
    let foreign = Forge::of(&app, &other).await;
    assert_eq!(who(&app, &forge.sign(Algorithm::HS256, &forge.claims)).await, "张伟", "as ours are made");

    for algorithm in [Algorithm::HS384, Algorithm::HS512] {
        check(&app, &forge.sign(algorithm, &forge.claims)).await;
    }
    for alg in ["none", "None", "NONE", "nOnE", "HS256", "RS256", ""] {
        check(&app, &forge.unsigned(alg)).await;
    }
    for (field, value) in [
        ("iss", json!("https://evil.example")),
        ("iss", json!(format!("{OWN}/"))),
        ("iss", Value::Null),
        ("aud", json!("https://evil.example")),
        ("aud", json!(SHOP)),
        ("aud", Value::Null),
        ("sub", foreign.claims["sub"].clone()),
        ("sub", Value::Null),
        ("jti", json!("guess")),
        ("jti", foreign.claims["jti"].clone()),
        ("jti", Value::Null),
        ("exp", json!(forge.now() - 1)),
        ("exp", json!(forge.now())),
        ("exp", Value::Null),
        ("nbf", json!(forge.now() + 60)),
        ("nbf", Value::Null),
    ] {
        let mut claims = forge.claims.clone();
        claims[field] = value;
        check(&app, &forge.sign(Algorithm::HS256, &claims)).await;
    }
}

#[tokio::test]
async fn no_other_key_and_no_other_kind_of_token_is_believed() {
    let app = TestApp::with(login_options()).await;
    let browser = Browser::new(&app);
    browser.sign_in(people::ZHANG_WEI).await;
    let forge = Forge::of(&app, &browser).await;
    let real = browser.cookie("session").unwrap();

    for secret in ["", "secret", forge.key_id.as_str(), OWN] {
        check(
            &app,
            &Forge { secret: secret.to_owned(), ..forge.clone() }.sign(Algorithm::HS256, &forge.claims),
        )
        .await;
    }
    for key_id in ["", "guess", "../../dev/null", "' OR 1=1 --"] {
        check(
            &app,
            &Forge { key_id: key_id.to_owned(), ..forge.clone() }.sign(Algorithm::HS256, &forge.claims),
        )
        .await;
    }
    for kind in ["JWT", "at+jwt", ""] {
        check(&app, &Forge { kind: kind.to_owned(), ..forge.clone() }.sign(Algorithm::HS256, &forge.claims))
            .await;
    }
    for length in [0, 1, real.len() / 3, real.len() / 2, real.len() - 1] {
        check(&app, &real[..length]).await;
    }
    let (head, signature) = real.rsplit_once('.').unwrap();
    for token in [
        format!("{head}."),
        head.to_owned(),
        format!("{head}.{signature}.x"),
        format!("x{real}"),
        "..".into(),
    ] {
        check(&app, &token).await;
    }
    assert_eq!(who(&app, &real).await, "张伟");
}

#[tokio::test]
async fn a_session_of_another_database_or_address_is_not_believed() {
    let app = TestApp::with(login_options()).await;
    let elsewhere = TestApp::with(login_options()).await;
    let browser = Browser::new(&elsewhere);
    browser.sign_in(people::ZHANG_WEI).await;
    check(&app, &browser.cookie("session").unwrap()).await;

    let token = browser.cookie("session").unwrap();
    let moved = elsewhere.restart_with(login_options().var("PUBLIC_URL", "https://new.example")).await;
    check(&moved, &token).await;
    let back = moved.restart_with(login_options()).await;
    assert_eq!(who(&back, &token).await, "张伟", "it was the address");
}

#[tokio::test]
async fn a_session_ends_after_seven_days() {
    let app = TestApp::with(login_options()).await;
    let browser = Browser::new(&app);
    browser.sign_in(people::ZHANG_WEI).await;

    app.clock.advance(Duration::from_secs(7 * 24 * 3600 - 1));
    assert_eq!(browser.session().await.json()["expires_in"], 1);
    app.clock.advance(Duration::from_secs(1));
    assert_eq!(browser.session().await.status, NOBODY);
}

#[tokio::test]
async fn a_stolen_cookie_is_worth_nothing_once_its_owner_has_signed_out() {
    let app = TestApp::with(login_options()).await;
    let browser = Browser::new(&app);
    browser.sign_in(people::ZHANG_WEI).await;
    let stolen = browser.cookie("session").unwrap();
    assert_eq!(who(&app, &stolen).await, "张伟");

    let answer = browser.api("DELETE", "/api/v1/session", None, None).await;
    assert_eq!(answer.status, 204, "{answer:?}");

    assert_eq!(browser.cookie("session"), None);
    check(&app, &stolen).await;
}

#[tokio::test]
async fn a_planted_cookie_is_not_what_is_signed_in() {
    for by_phone in [false, true] {
        let app = TestApp::with(login_options()).await;
        let (attacker, victim) = (Browser::new(&app), Browser::new(&app));
        attacker.sign_in(people::LI_NA).await;
        for name in ["session", "browser"] {
            victim.plant_cookie(&format!("__Host-dingtalk-qr-{name}"), &attacker.cookie(name).unwrap());
        }
        let planted = attacker.cookie("session").unwrap();

        if by_phone {
            let (_, ticket) = victim.sign_in_by_phone(people::ZHANG_WEI).await;
            assert_eq!(victim.open_session(&ticket).await.status, 200);
        } else {
            victim.sign_in(people::ZHANG_WEI).await;
        }

        assert_ne!(victim.cookie("session").unwrap(), planted);
        assert_eq!(victim.session().await.json()["identity"]["name"], "张伟");
        check(&app, &planted).await;
        assert_eq!(attacker.session().await.status, NOBODY, "the session before has ended");
    }
}

#[tokio::test]
async fn each_login_makes_another_token() {
    let app = TestApp::with(login_options()).await;
    let browser = Browser::new(&app);
    browser.plant_cookie(COOKIE, "planted");
    let mut before = vec!["planted".to_owned()];

    for _ in 0..3 {
        browser.sign_in(people::ZHANG_WEI).await;
        for token in &before {
            check(&app, token).await;
        }
        let token = browser.cookie("session").unwrap();
        assert!(!before.contains(&token));
        before.push(token);
    }
}

#[tokio::test]
async fn a_page_of_another_origin_begins_and_ends_nothing_with_our_cookies() {
    let app = TestApp::with(login_options()).await;
    let (browser, waiting) = (Browser::new(&app), Browser::new(&app));
    browser.sign_in(people::ZHANG_WEI).await;
    let (_, ticket) = waiting.sign_in_by_phone(people::LI_NA).await;
    let ticket = json!({ "ticket": ticket });

    for origin in [
        "https://evil.example",
        "https://bots.example.evil.example",
        "https://notbots.example",
        "http://bots.example",
        "https://bots.example:8443",
        "http://localhost:3000",
        "http://127.0.0.1:3000",
        "null",
        "x",
        "",
    ] {
        let body = json!({ "method": "qr" });
        let answer = send(&browser, "POST", "/api/v1/logins", origin, &body).await;
        assert_eq!(answer.problem(), "403 forbidden_origin", "{origin:?}");
        check_session_routes(origin, &browser, &waiting, &ticket).await;
    }
    // Its pages may ask for logins; our cookies are none of their business.
    check_session_routes(SHOP, &browser, &waiting, &ticket).await;

    assert_eq!(browser.session().await.json()["identity"]["name"], "张伟");
    assert_eq!(waiting.session().await.status, NOBODY);
    let opened = send(&waiting, "POST", "/api/v1/session", OWN, &ticket).await;
    assert_eq!(opened.status, 200, "the ticket is still good: {opened:?}");
}

async fn check_session_routes(origin: &str, browser: &Browser<'_>, waiting: &Browser<'_>, ticket: &Value) {
    let answer = send(waiting, "POST", "/api/v1/session", origin, ticket).await;
    assert_eq!(answer.problem(), "403 forbidden_origin", "{origin:?}");
    let answer = send(browser, "DELETE", "/api/v1/session", origin, &json!({})).await;
    assert_eq!(answer.problem(), "403 forbidden_origin", "{origin:?}");
    assert_eq!(answer.header("set-cookie"), "", "{origin:?}");
}

#[tokio::test]
async fn what_a_form_can_send_changes_nothing() {
    let app = TestApp::with(login_options()).await;
    let browser = Browser::new(&app);
    let (_, ticket) = browser.sign_in_by_phone(people::ZHANG_WEI).await;

    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""] {
        for (path, body) in [
            ("/api/v1/logins", json!({ "method": "qr" })),
            ("/api/v1/session", json!({ "ticket": ticket })),
            ("/api/v1/tickets/redeem", json!({ "ticket": ticket })),
        ] {
            let key = app.api_key(&format!("{content_type}{path}")).await;
            let call = app.call("POST", path).header("cookie", &browser.cookies()).header("origin", OWN);
            let answer = call.bearer(&key).text(content_type, &body.to_string()).send().await;
            assert_eq!(answer.problem(), "415 unsupported_media_type", "{path} {content_type}");
        }
    }
    assert_eq!(browser.open_session(&ticket).await.status, 200);
}

#[tokio::test]
async fn pages_of_allowed_origins_are_told_apart_from_others_and_get_no_cookies() {
    let app = TestApp::with(login_options()).await;
    for path in ["/api/v1/logins", "/api/v1/session", "/api/v1/flows/x", "/api/v1/users/x"] {
        for (origin, allowed) in [(SHOP, SHOP), ("https://evil.example", ""), ("null", ""), (OWN, "")] {
            let call = app.call("OPTIONS", path).header("origin", origin);
            let answer = call.header("access-control-request-method", "POST").send().await;
            assert_eq!(answer.header("access-control-allow-origin"), allowed, "{path} {origin}");
            assert_eq!(answer.header("access-control-allow-credentials"), "", "{path} {origin}");
            assert!(!answer.header("access-control-allow-methods").contains("PATCH"), "{path}");
        }
    }
}

/// Makes session tokens as the backend does, with its own key.
#[derive(Clone)]
struct Forge {
    key_id: String,
    secret: String,
    kind: String,
    claims: Value,
}

impl Forge {
    async fn of(app: &TestApp, browser: &Browser<'_>) -> Self {
        let (store, sealer) = open_store(app.state.config()).await.unwrap();
        let key = store.newest_session_key().await.unwrap().unwrap();
        let secret = sealer.open(&format!("session_keys/{}", key.id), &key.key).unwrap();
        let token = browser.cookie("session").unwrap();
        let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
        let claims = serde_json::from_slice(&claims).unwrap();
        Self { key_id: key.id, secret: secret.to_string(), kind: TYPE.to_owned(), claims }
    }

    fn now(&self) -> i64 {
        self.claims["iat"].as_i64().unwrap()
    }

    /// Claims that are null are left out.
    fn sign(&self, algorithm: Algorithm, claims: &Value) -> String {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let mut header = Header::new(algorithm);
        (header.typ, header.kid) = (given(&self.kind), given(&self.key_id));
        let mut claims = claims.as_object().unwrap().clone();
        claims.retain(|_, value| !value.is_null());
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(self.secret.as_bytes())).unwrap()
    }

    fn unsigned(&self, alg: &str) -> String {
        let header = json!({ "alg": alg, "typ": self.kind, "kid": self.key_id });
        let [header, claims] = [&header, &self.claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
        format!("{header}.{claims}.")
    }
}

async fn check(app: &TestApp, token: &str) {
    assert_eq!(with_token(app, token).await.status, NOBODY, "{token}");
}

async fn who(app: &TestApp, token: &str) -> String {
    with_token(app, token).await.json()["identity"]["name"].as_str().unwrap().to_owned()
}

async fn with_token(app: &TestApp, token: &str) -> Answer {
    app.call("GET", "/api/v1/session").header("cookie", &format!("{COOKIE}={token}")).send().await
}

async fn send(browser: &Browser<'_>, method: &str, path: &str, origin: &str, body: &Value) -> Answer {
    let call = browser.app().call(method, path).header("origin", origin);
    call.header("cookie", &browser.cookies()).json(body).send().await
}
