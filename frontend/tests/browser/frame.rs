//! The backend's page in a frame: who gets the flow, and who does not.
//!
//! The frame shows a page of the test server that does not exist, so that it is of this origin and says nothing itself.

use super::support::fake::FakeBackend;
use super::support::{Fixture, authenticated, js, kept, login_started, settle};
use dingtalk_qr::{DingTalkLogin, Method};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

const READY: &str = "{ type: 'dingtalk-qr:frame-ready' }";
const SECOND: &str = "bbbbbbbbbbbbbbbbbbbbbb";

#[wasm_bindgen_test]
async fn the_frame_is_confined_and_named() {
    let backend = begin("https://qr.invalid/frame/1?a=b").await;
    let page = Fixture::mount(login).await;

    let attributes: Vec<_> = ["src", "sandbox", "referrerpolicy", "title"]
        .map(|name| page.attribute("iframe", name).unwrap_or_default())
        .into();
    assert_eq!(
        attributes,
        [
            "https://qr.invalid/frame/1?a=b&lang=en",
            "allow-scripts allow-same-origin allow-forms allow-popups",
            "strict-origin",
            "Sign in with DingTalk"
        ]
    );
    assert_eq!(page.attribute(".dtqr-card", "data-face").as_deref(), Some("frame"));
    assert_eq!(page.text("[role=status]"), "Waiting for you to sign in");
    drop(backend);
}

#[wasm_bindgen_test]
async fn the_frame_has_the_colours_of_the_panel() {
    let backend = begin("https://qr.invalid/frame/1").await;
    let page =
        Fixture::mount(|| view! { <DingTalkLogin method=Method::Frame lang="en" theme="dark" /> }).await;

    let src = page.attribute("iframe", "src").unwrap_or_default();
    assert_eq!(src, "https://qr.invalid/frame/1?lang=en&theme=dark");
    drop(backend);
}

#[wasm_bindgen_test]
async fn an_address_that_does_not_lead_to_the_web_is_not_framed() {
    let backend = begin("javascript:alert(1)").await;
    let page = Fixture::mount(login).await;

    assert!(page.find("iframe").is_none());
    drop(backend);
}

#[wasm_bindgen_test]
async fn the_frame_gets_the_flow_as_often_as_it_asks() {
    let backend = begin(&here()).await;
    let page = Fixture::mount(login).await;
    listen(1).await;

    for _ in 0..2 {
        say(0, READY, "location.origin");
        settle().await;
    }

    assert_eq!(
        heard(0),
        r#"[{"type":"dingtalk-qr:flow","flow_id":"aZ09-_aZ09-_aZ09-_aZ09","poll_token":"secret-token"},{"type":"dingtalk-qr:flow","flow_id":"aZ09-_aZ09-_aZ09-_aZ09","poll_token":"secret-token"}]"#
    );
    drop((page, backend));
}

#[wasm_bindgen_test]
async fn a_message_of_another_origin_source_or_kind_is_not_answered() {
    let backend = begin(&here()).await;
    let page = Fixture::mount(login).await;
    listen(1).await;

    for origin in ["'https://evil.example'", "'null'", "''", "location.origin + '.evil.example'"] {
        say(0, READY, origin);
        say(0, "{ type: 'dingtalk-qr:frame-failed', code: 'internal' }", origin);
    }
    for data in ["'dingtalk-qr:frame-ready'", "null", "{ type: 7 }", "{ type: 'dingtalk-qr:flow' }", "[]"] {
        say(0, data, "location.origin");
    }
    say_from("window", READY, "location.origin");
    say_from("null", READY, "location.origin");
    settle().await;

    assert_eq!(heard(0), "[]");
    assert_eq!(page.text("[role=status]"), "Waiting for you to sign in");
    drop((page, backend));
}

#[wasm_bindgen_test]
async fn a_frame_that_went_elsewhere_gets_nothing() {
    let backend = begin("https://qr.invalid/frame").await;
    let page = Fixture::mount(login).await;
    js("document.querySelector('iframe').src = '/gone-elsewhere'");
    listen(1).await;

    // Its own origin is told truly, and is not the one that the flow is for.
    js("frames[frames.length - 1].eval(\"parent.postMessage({ type: 'dingtalk-qr:frame-ready' }, '*')\")");
    say(0, READY, "'https://qr.invalid'");
    settle().await;

    assert_eq!(heard(0), "[]", "the answer is addressed to the backend's origin only");
    drop((page, backend));
}

#[wasm_bindgen_test]
async fn two_frames_on_one_page_do_not_disturb_each_other() {
    let second = started(&here()).replace("aZ09-_aZ09-_aZ09-_aZ09", SECOND).replace("secret-token", "other");
    let backend = FakeBackend::answering(&format!("[{}, {second}]", started(&here()))).await;
    let page = Fixture::mount(|| {
        view! {
            <DingTalkLogin method=Method::Frame app="one" lang="en" />
            <DingTalkLogin method=Method::Frame app="two" lang="en" />
        }
    })
    .await;
    listen(2).await;

    say(1, READY, "location.origin");
    settle().await;

    assert_eq!(heard(0), "[]");
    assert!(heard(1).contains(SECOND) && !heard(1).contains("secret-token"), "{}", heard(1));

    say(0, "{ type: 'dingtalk-qr:frame-failed', code: 'not_a_member' }", "location.origin");
    settle().await;
    assert!(page.text(".dtqr-text").contains("not a member of the organisation"));
    assert_eq!(page.count("iframe"), 1, "the other goes on");
    drop((page, backend));
}

#[wasm_bindgen_test]
async fn an_unmounted_panel_answers_nobody() {
    let backend = begin(&here()).await;
    let mut page = Fixture::mount(login).await;
    listen(1).await;
    js("window.__frame = document.querySelector('iframe')");

    page.unmount();
    settle().await;
    js("document.body.append(__frame)");
    settle().await;
    say_from("__frame.contentWindow", READY, "location.origin");
    settle().await;

    assert_eq!(heard(0), "[]");
    assert_eq!((backend.open(), backend.timers(), kept()), (0, 0, 0));
    js("__frame.remove(); delete window.__frame");
}

#[wasm_bindgen_test]
async fn the_page_follows_what_the_frame_does() {
    let backend = FakeBackend::answering(&format!(
        r#"[{}, {{"status":200,"body":{{"status":"pending","expires_in":600}}}}]"#,
        login_started(r#""door":{"method":"frame","url":"https://qr.invalid/frame"}"#)
    ))
    .await;
    backend.answer(&authenticated(""));
    backend.answer(super::support::SESSION);
    let page = Fixture::mount(login).await;
    settle().await;

    assert_eq!(page.text("[role=status]"), "Signed in");
    assert!(page.find("iframe").is_none());
    assert_eq!((backend.open(), backend.timers(), kept()), (0, 0, 0));
}

fn login() -> impl IntoView {
    view! { <DingTalkLogin method=Method::Frame lang="en" /> }
}

async fn begin(url: &str) -> FakeBackend {
    FakeBackend::answering(&format!("[{}]", started(url))).await
}

fn started(url: &str) -> String {
    login_started(&format!(r#""door":{{"method":"frame","url":"{url}"}}"#))
}

fn here() -> String {
    js("location.origin + '/there-is-no-such-page'").as_string().unwrap()
}

/// Waits until `frames` frames show their page, and writes down what they are told.
async fn listen(frames: u32) {
    js("window.__heard = []");
    for frame in 0..frames {
        let page = format!("document.querySelectorAll('iframe')[{frame}].contentWindow");
        let mut is_there = false;
        for _ in 0..100 {
            settle().await;
            let script = format!(
                "(() => {{ try {{ return {page}.location.origin === location.origin \
                 && {page}.location.href !== 'about:blank' && {page}.document.readyState === 'complete'; }} \
                 catch {{ return false; }} }})()"
            );
            is_there = js(&script).is_truthy();
            if is_there {
                break;
            }
        }
        assert!(is_there, "the frame never showed its page");
        js(&format!(
            "__heard[{frame}] = []; {page}.addEventListener('message', (event) => __heard[{frame}].push(event.data))"
        ));
    }
}

fn heard(frame: u32) -> String {
    js(&format!("JSON.stringify(__heard[{frame}])")).as_string().unwrap()
}

/// Sends the page a message as if from a frame.
fn say(frame: u32, data: &str, origin: &str) {
    say_from(&format!("document.querySelectorAll('iframe')[{frame}].contentWindow"), data, origin);
}

fn say_from(source: &str, data: &str, origin: &str) {
    js(&format!(
        "dispatchEvent(new MessageEvent('message', {{ data: {data}, origin: {origin}, source: {source} }}))"
    ));
}
