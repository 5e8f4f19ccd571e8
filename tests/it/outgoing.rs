//! The calls that go out to DingTalk: whereto, by which way, and how many connections they take.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use axum::serve::ListenerExt as _;
use axum::{Json, Router};
use dingtalk_qr_simulator::{Options, Simulator};
use dingtalk_qr_tests::{Program, TestApp, TestOptions, run};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{AlertDescription, ServerConfig, ServerConnection};
use serde_json::{Value, json};

const REGISTRATIONS: &str = "/api/v1/registrations";

/// The longest that a test waits for a call.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn the_configured_source_is_named() {
    let app = TestApp::with(TestOptions::default().var("DINGTALK_REGISTRATION_SOURCE", " acme ")).await;

    app.begin().await;

    assert_eq!(calls(&app.dingtalk)[0], ("/app/registration/init".to_owned(), json!({ "source": "acme" })));
}

#[tokio::test]
async fn the_configured_server_is_asked_and_no_other() {
    let public_url = Some("https://open-dev.dingtalk.com".to_owned());
    let server = Simulator::start(Options { public_url, ..Options::default() }).await.unwrap();
    let base = format!(" {}// ", server.url());
    let app = TestApp::with(TestOptions::default().var("DINGTALK_REGISTRATION_BASE_URL", base)).await;

    app.begin().await;
    app.pass(5).await;

    let paths: Vec<_> = calls(&server).into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["init", "begin", "poll"].map(|call| format!("/app/registration/{call}")));
    assert_eq!(app.dingtalk.calls(), []);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let elsewhere = unasked().await;
    for call in ["init", "begin", "poll"] {
        let app = TestApp::start().await;
        let fault = json!({ "redirect": format!("http://{}/", elsewhere.local_addr().unwrap()) });
        let rule = json!({ "path": format!("/app/registration/{call}"), "fault": fault });
        app.dingtalk.add_fault(serde_json::from_value(rule).unwrap()).unwrap();

        app.call("POST", REGISTRATIONS).json(&json!({})).send().await;
        app.pass(5).await;

        assert!(app.dingtalk.calls().iter().any(|seen| seen.path.ends_with(call)));
        assert!(elsewhere.accept().is_err(), "somebody came after {call}");
    }
}

#[tokio::test]
async fn one_connection_serves_call_after_call() {
    let [connections, asked] = [(); 2].map(|()| Arc::new(AtomicUsize::new(0)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let listener = listener.tap_io({
        let connections = Arc::clone(&connections);
        move |_| {
            connections.fetch_add(1, Ordering::Relaxed);
        }
    });
    let answer = {
        let asked = Arc::clone(&asked);
        move || async move {
            asked.fetch_add(1, Ordering::Relaxed);
            let link = "https://open-dev.dingtalk.com/";
            Json(json!({ "nonce": "n", "device_code": "d", "verification_uri_complete": link, "interval": 5,
                "status": "WAITING" }))
        }
    };
    tokio::spawn(axum::serve(listener, Router::new().fallback(answer)).into_future());
    let app = TestApp::with(TestOptions::default().var("DINGTALK_REGISTRATION_BASE_URL", base)).await;

    app.begin().await;
    app.pass(30).await;

    assert_eq!(asked.load(Ordering::Relaxed), 2 + 6);
    assert_eq!(connections.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    let app = TestApp::with(TestOptions::default().var("DINGTALK_REGISTRATION_BASE_URL", base)).await;
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut tls = ServerConnection::new(Arc::new(self_signed())).unwrap();
        let error = tls.complete_io(&mut stream).unwrap_err();
        error.downcast::<rustls::Error>().unwrap()
    });

    let answer = app.call("POST", REGISTRATIONS).json(&json!({})).send().await;

    assert_eq!(answer.problem(), "502 upstream_unavailable");
    let told = server.join().unwrap();
    assert_eq!(told, rustls::Error::AlertReceived(AlertDescription::UnknownCA));
}

#[tokio::test]
async fn the_proxy_of_the_environment_is_used() {
    for (name, base, expected) in [
        (
            "HTTP_PROXY",
            "http://oapi.example.invalid",
            "POST http://oapi.example.invalid/app/registration/init HTTP/1.1",
        ),
        ("HTTPS_PROXY", "https://oapi.example.invalid", "CONNECT oapi.example.invalid:443 HTTP/1.1"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let key = String::from_utf8(run(folder.path(), &[], &["api-key", "create", "ci"]).stdout).unwrap();
        let proxy = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy_url = format!("http://{}", proxy.local_addr().unwrap());
        let vars =
            [("LISTEN_ADDR", "127.0.0.1:0"), (name, &proxy_url), ("DINGTALK_REGISTRATION_BASE_URL", base)];
        let program = Program::start(folder.path(), &vars);

        let both = async { tokio::join!(first_line(&proxy), begin(&program, key.trim())) };
        let (heard, status) = tokio::time::timeout(PATIENCE, both).await.expect("nobody came to the proxy");

        assert_eq!((heard.as_str(), status), (expected, 502));
    }
}

#[tokio::test]
async fn a_simulator_is_asked_without_a_proxy() {
    let folder = tempfile::tempdir().unwrap();
    let dingtalk = Simulator::start(Options::default()).await.unwrap();
    let proxy = unasked().await;
    let proxy_url = format!("http://{}", proxy.local_addr().unwrap());
    let mut vars = vec![("LISTEN_ADDR", "127.0.0.1:0"), ("DINGTALK_SIMULATOR_URL", dingtalk.url())];
    vars.extend(["HTTP_PROXY", "http_proxy", "ALL_PROXY"].map(|name| (name, proxy_url.as_str())));
    let program = Program::start(folder.path(), &vars);

    let status = begin(&program, "").await;

    assert_eq!(status, 201);
    assert!(proxy.accept().is_err(), "somebody came to the proxy");
}

/// A listener that only tells whether somebody has come.
async fn unasked() -> TcpListener {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    // Sockets of tokio do not block.
    listener.into_std().unwrap()
}

async fn begin(program: &Program, key: &str) -> u16 {
    let request = crate::http_client().post(format!("{}{REGISTRATIONS}", program.url)).bearer_auth(key);
    request.json(&json!({})).send().await.unwrap().status().as_u16()
}

/// Takes one connection, reads the first line of its request, and hangs up.
async fn first_line(listener: &tokio::net::TcpListener) -> String {
    let (stream, _) = listener.accept().await.unwrap();
    let mut head = [0; 4096];
    loop {
        stream.readable().await.unwrap();
        match stream.try_read(&mut head) {
            Ok(length) => return String::from_utf8_lossy(&head[..length]).lines().next().unwrap().to_owned(),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// What DingTalk was sent, by path.
fn calls(dingtalk: &Simulator) -> Vec<(String, Value)> {
    let calls = dingtalk.calls().into_iter();
    calls.map(|call| (call.path, serde_json::from_str(&call.body).unwrap())).collect()
}

/// A server for 127.0.0.1 that made its certificate itself. The key protects nothing.
fn self_signed() -> ServerConfig {
    const CERTIFICATE: &[u8] = b"\
-----BEGIN CERTIFICATE-----
MIIBCDCBu6ADAgECAgEBMAUGAytlcDAMMQowCAYDVQQDDAF0MCAXDTIwMDEwMTAw
MDAwMFoYDzIxMjAwMTAxMDAwMDAwWjAMMQowCAYDVQQDDAF0MCowBQYDK2VwAyEA
EXHfi6d2TY1bCr5TA7Jii02ziEOkfnugEKP76DinBMCjQDA+MA8GA1UdEQQIMAaH
BH8AAAEwDAYDVR0TAQH/BAIwADAdBgNVHQ4EFgQUOWiInt0H30LPnSTCkAMO3Ug8
R60wBQYDK2VwA0EARhY9J4SfK/uBknAZSSz9Jk7z0ZzrmISaXwDv1G59n1VaYoyZ
ME23thFIP/vbQ+hSa1Uf9YXxdCJXFu5v5H2HDQ==
-----END CERTIFICATE-----
";
    const KEY: &[u8] = b"\
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIF7r966ohoLkG1a8yUR2wXbXLtsMTvLwcsmlh5Xz5zg+
-----END PRIVATE KEY-----
";
    let certificate = CertificateDer::from_pem_slice(CERTIFICATE).unwrap();
    let key = PrivateKeyDer::from_pem_slice(KEY).unwrap();
    ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate], key).unwrap()
}
