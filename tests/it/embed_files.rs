//! The files of the widget below `/embed/`, as pages of any origin get them.

use dingtalk_qr_tests::{Answer, OWN, SHOP, TestApp, login_options};

const VERSION: &str = "/embed/v0.1.0-0a1b2c3d";
const STRANGER: &str = "https://stranger.example";

#[tokio::test]
async fn every_page_may_use_the_files_without_credentials() {
    let app = with_widget().await;
    for path in ["/embed/dingtalk-qr.js", "/embed/integrity.json", &format!("{VERSION}/dingtalk-qr.wasm")] {
        for origin in [STRANGER, SHOP, OWN, "null"] {
            let file = app.call("GET", path).header("origin", origin).send().await;
            assert_eq!(file.status, 200, "{path}");
            assert_eq!(all(&file, "access-control-allow-origin"), ["*"], "{path} {origin}");
            assert_eq!(file.header("access-control-allow-credentials"), "", "{path} {origin}");
            assert_eq!(file.header("cross-origin-resource-policy"), "cross-origin", "{path}");
            assert_eq!(file.header("timing-allow-origin"), "*", "{path}");
            assert_eq!(file.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(all(&file, "vary"), ["accept-encoding"], "{path} {origin}");
            assert_eq!(file.header("set-cookie"), "", "{path}");
        }
    }
}

#[tokio::test]
async fn each_file_says_what_it_is() {
    let app = with_widget().await;
    for (path, content_type) in [
        ("/embed/dingtalk-qr.js", "text/javascript; charset=utf-8"),
        ("/embed/integrity.json", "application/json"),
        (&format!("{VERSION}/dingtalk-qr.js"), "text/javascript; charset=utf-8"),
        (&format!("{VERSION}/dingtalk-qr.d.ts"), "application/typescript; charset=utf-8"),
        (&format!("{VERSION}/dingtalk-qr.css"), "text/css; charset=utf-8"),
        (&format!("{VERSION}/dingtalk-qr.wasm"), "application/wasm"),
    ] {
        for accepted in ["identity", "br"] {
            let file = app.call("GET", path).header("accept-encoding", accepted).send().await;
            assert_eq!(all(&file, "content-type"), [content_type], "{path} {accepted}");
        }
    }
}

#[tokio::test]
async fn a_file_of_a_version_is_kept_for_ever_and_one_that_keeps_its_name_is_asked_about() {
    let app = with_widget().await;

    for file in ["dingtalk-qr.js", "dingtalk-qr.wasm", "dingtalk-qr.css", "dingtalk-qr.d.ts"] {
        let file = app.call("GET", &format!("{VERSION}/{file}")).send().await;
        assert_eq!(all(&file, "cache-control"), ["public, max-age=31536000, immutable"]);
    }
    for path in ["/embed/dingtalk-qr.js", "/embed/integrity.json"] {
        let file = app.call("GET", path).send().await;
        assert_eq!(all(&file, "cache-control"), ["no-cache"]);
        let again = app.call("GET", path).header("if-none-match", file.header("etag")).send().await;
        assert_eq!((again.status.as_u16(), again.body.as_str()), (304, ""), "{path}");
        for name in ["etag", "cache-control", "vary", "access-control-allow-origin"] {
            assert_eq!(again.header(name), file.header(name), "{path} {name}");
        }
        let other = app.call("GET", path).header("if-none-match", "\"another\"").send().await;
        assert_eq!((other.status.as_u16(), other.body), (200, file.body), "{path}");
    }
}

#[tokio::test]
async fn another_loader_of_the_same_length_and_time_is_noticed() {
    let app = with_widget().await;
    let path = app.path("dist/embed/dingtalk-qr.js");
    let time = std::fs::metadata(&path).unwrap().modified().unwrap();
    let old = app.call("GET", "/embed/dingtalk-qr.js").send().await;

    let other = old.body.replace("0a1b2c3d", "ffffffff");
    std::fs::write(&path, &other).unwrap();
    std::fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();

    let far_future = "Fri, 31 Dec 2100 23:59:59 GMT";
    let call = app.call("GET", "/embed/dingtalk-qr.js").header("if-none-match", old.header("etag"));
    let new = call.header("if-modified-since", far_future).send().await;
    assert_eq!((new.status.as_u16(), new.body), (200, other));
}

#[tokio::test]
async fn a_file_is_sent_compressed_to_who_can_read_it() {
    let app = with_widget().await;
    for path in ["/embed/dingtalk-qr.js".to_owned(), format!("{VERSION}/dingtalk-qr.wasm")] {
        let mut tags = Vec::new();
        for (accepted, encoding) in [("gzip, br", "br"), ("gzip", "gzip"), ("identity", ""), ("", "")] {
            let file = app.call("GET", &path).header("accept-encoding", accepted).send().await;
            assert_eq!(file.header("content-encoding"), encoding, "{path} {accepted}");
            assert_eq!(file.body == encoding, !encoding.is_empty(), "{path} {accepted}");
            assert_eq!(all(&file, "vary"), ["accept-encoding"], "{path} {accepted}");
            tags.push(file.header("etag").to_owned());
        }
        tags.dedup();
        assert_eq!(tags.len(), 3, "what is sent differs, so its tag does: {tags:?}");
    }
    let plain = app.call("GET", "/embed/integrity.json").header("accept-encoding", "br").send().await;
    assert_eq!((plain.header("content-encoding"), plain.body.as_str()), ("", "{}"), "there is no other");
}

#[tokio::test]
async fn only_the_headers_of_a_file_are_told_to_who_asks_for_those() {
    let app = with_widget().await;
    for path in ["/embed/dingtalk-qr.js".to_owned(), format!("{VERSION}/dingtalk-qr.wasm")] {
        let file = app.call("HEAD", &path).send().await;
        assert_eq!((file.status.as_u16(), file.body.as_str()), (200, ""));
        assert_eq!(file.header("access-control-allow-origin"), "*");
    }
    for method in ["POST", "DELETE", "OPTIONS"] {
        let answer = app.call(method, "/embed/dingtalk-qr.js").header("origin", STRANGER).send().await;
        assert_eq!(answer.problem(), "405 method_not_allowed", "{method}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_the_ordinary_404_and_may_not_be_kept() {
    let app = with_widget().await;
    for path in [
        "/embed",
        "/embed/",
        "/embed/nothing.js",
        "/embed/index.html",
        VERSION,
        &format!("{VERSION}/"),
        &format!("{VERSION}/nothing.wasm"),
        "/embed/v9.9.9-00000000/dingtalk-qr.js",
        "/embed/dingtalk-qr.js/",
        "/embed/dingtalk-qr.js/x",
    ] {
        let answer = app.call("GET", path).header("origin", STRANGER).send().await;
        assert_eq!(answer.problem(), "404 not_found", "{path}");
        assert_eq!(answer.header("cache-control"), "no-store", "{path}");
        assert!(!answer.body.contains("dingtalk-qr"), "no list of files: {path}");
    }
}

#[tokio::test]
async fn nothing_outside_of_the_folder_is_served() {
    let app = with_widget().await;
    std::fs::write(app.path("secret.txt"), "secret").unwrap();
    for path in [
        "/embed/../secret.txt",
        "/embed/../../secret.txt",
        "/embed/%2e%2e/%2e%2e/secret.txt",
        "/embed/%2e%2e%2f%2e%2e%2fsecret.txt",
        "/embed/..%5c..%5csecret.txt",
        "/embed//secret.txt",
        "/embed/%2fetc%2fpasswd",
        "/embed/%00",
        "/embed/%ff",
        "/embed/../index.html",
        "/embed/%2e%2e/index.html",
        &format!("{VERSION}/../dingtalk-qr.js"),
        &format!("{VERSION}/%2e%2e/dingtalk-qr.js"),
        &format!("{VERSION}/..%2f..%2findex.html"),
    ] {
        let answer = app.call("GET", path).send().await;
        assert_eq!(answer.problem(), "404 not_found", "{path}");
    }
}

#[tokio::test]
async fn the_frame_keeps_its_policies_beside_the_files() {
    for app in [with_widget().await, TestApp::with(login_options()).await] {
        let frame = app.call("GET", "/embed/frame").header("origin", STRANGER).send().await;
        assert_eq!((frame.status.as_u16(), frame.header("content-type")), (200, "text/html; charset=utf-8"));
        let policy = frame.header("content-security-policy");
        assert!(policy.contains(&format!("frame-ancestors {OWN} {SHOP}")), "{policy}");
        for path in ["/embed/frame", "/embed/frame.js", "/embed/pages.css"] {
            let answer = app.call("GET", path).header("origin", STRANGER).send().await;
            assert_eq!(answer.status, 200, "{path}");
            for name in ["access-control-allow-origin", "cross-origin-resource-policy", "timing-allow-origin"]
            {
                assert_eq!(answer.header(name), "", "{path} {name}");
            }
        }
    }
}

#[tokio::test]
async fn without_the_folder_everything_else_works() {
    let app = TestApp::with(login_options()).await;

    assert_eq!(app.call("GET", "/embed/dingtalk-qr.js").send().await.problem(), "404 not_found");
    assert_eq!(app.call("GET", "/healthz").send().await.body, "ok\n");
}

fn all<'a>(answer: &'a Answer, name: &str) -> Vec<&'a str> {
    answer.headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect()
}

async fn with_widget() -> TestApp {
    let app = TestApp::with(login_options()).await;
    let folder = app.path("dist").join(VERSION.trim_start_matches('/'));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(app.path("dist/index.html"), "<!doctype html>").unwrap();
    let write = |path: std::path::PathBuf, content: &str| {
        std::fs::write(&path, content).unwrap();
        std::fs::write(format!("{}.br", path.display()), "br").unwrap();
        std::fs::write(format!("{}.gz", path.display()), "gzip").unwrap();
    };
    write(app.path("dist/embed/dingtalk-qr.js"), "import './v0.1.0-0a1b2c3d/dingtalk-qr.js'");
    std::fs::write(app.path("dist/embed/integrity.json"), "{}").unwrap();
    for (name, content) in [
        ("dingtalk-qr.js", "export {}"),
        ("dingtalk-qr.d.ts", "export {}"),
        ("dingtalk-qr.css", "a{}"),
        ("dingtalk-qr.wasm", "\0asm\u{1}\0\0\0"),
    ] {
        write(folder.join(name), content);
    }
    app
}
