//! The page that Trunk built, as the backend serves it.

use dingtalk_qr_tests::TestApp;

const INDEX: &str = "<!doctype html><link rel=stylesheet href=/style-0123456789abcdef.css>\
    <script type=\"module\">import '/page.js';</script>";

#[tokio::test]
async fn the_page_allows_its_own_inline_script_and_no_other() {
    let app = with_page().await;

    for path in ["/", "/index.html"] {
        let page = app.call("GET", path).send().await;
        assert_eq!((page.status.as_u16(), page.body.as_str()), (200, INDEX));
        assert_eq!(page.header("cache-control"), "no-cache");
        let policy = page.header("content-security-policy");
        assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval' 'sha256-"), "{policy}");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe-inline"), "{policy}");
    }
}

#[tokio::test]
async fn a_hashed_file_is_kept_for_ever_and_another_is_asked_about() {
    let app = with_page().await;

    let hashed = app.call("GET", "/style-0123456789abcdef.css").send().await;
    assert_eq!(hashed.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(hashed.header("content-type"), "text/css");
    let plain = app.call("GET", "/favicon.svg").send().await;
    assert_eq!(plain.header("cache-control"), "no-cache");
    let unchanged =
        app.call("GET", "/favicon.svg").header("if-modified-since", plain.header("last-modified"));
    assert_eq!(unchanged.send().await.status, 304);
}

#[tokio::test]
async fn a_file_is_sent_compressed_to_who_can_read_it() {
    let app = with_page().await;
    std::fs::write(app.path("dist/style-0123456789abcdef.css.br"), "br").unwrap();
    std::fs::write(app.path("dist/style-0123456789abcdef.css.gz"), "gz").unwrap();
    let get = |accepted: &'static str| {
        app.call("GET", "/style-0123456789abcdef.css").header("accept-encoding", accepted).send()
    };

    for (accepted, encoding, body) in
        [("gzip, br", "br", "br"), ("gzip", "gzip", "gz"), ("identity", "", "css")]
    {
        let file = get(accepted).await;
        assert_eq!((file.header("content-encoding"), file.body.as_str()), (encoding, body), "{accepted}");
        assert_eq!(file.header("content-type"), "text/css");
    }
}

#[tokio::test]
async fn nothing_outside_of_the_folder_is_served() {
    let app = with_page().await;
    std::fs::write(app.path("secret.txt"), "secret").unwrap();

    for path in ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/../../secret.txt"] {
        assert_eq!(app.call("GET", path).send().await.problem(), "404 not_found", "{path}");
    }
}

#[tokio::test]
async fn without_a_page_the_api_works() {
    let app = TestApp::start().await;

    assert_eq!(app.call("GET", "/").send().await.problem(), "404 not_found");
    assert_eq!(app.call("GET", "/healthz").send().await.body, "ok\n");
    assert_eq!(app.call("GET", "/readyz").send().await.body, "ok\n");
}

async fn with_page() -> TestApp {
    let app = TestApp::start().await;
    std::fs::create_dir(app.path("dist")).unwrap();
    std::fs::write(app.path("dist/index.html"), INDEX).unwrap();
    std::fs::write(app.path("dist/style-0123456789abcdef.css"), "css").unwrap();
    std::fs::write(app.path("dist/favicon.svg"), "<svg/>").unwrap();
    app
}
