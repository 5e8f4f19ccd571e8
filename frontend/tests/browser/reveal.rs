//! A secret that is shown once: what the panel asks, what is in the document, and when it goes.

use super::support::fake::FakeBackend;
use super::support::{Fixture, STARTED, app, fire, js, kept, problem, settle};
use dingtalk_qr::{DingTalkQr, Language, Panel, Phase, UseFlow};
use leptos::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

const SECRET: &str = "fake-secret-of-a-test";
const ASK: &str = "POST /api/v1/flows/aZ09-_aZ09-_aZ09-_aZ09/credentials";
const MASK: &str = "••••••••••••";
const ONCE: &str = "Shown once, for 30 seconds or until you leave this window.";
const OVER: &str =
    "The client secret has been shown already, or it is too late for that. The backend has kept it.";

#[wasm_bindgen_test]
async fn a_secret_is_masked_until_somebody_asks_and_asked_for_once() {
    let (backend, page) = begin(&[credentials()]).await;

    assert_eq!((page.text(CODE), page.text(LINE)), (MASK.to_owned(), ONCE.to_owned()));
    assert_eq!(backend.lines().len(), 2, "nobody has asked for the secret");
    assert_eq!(pressed(&page), "false");

    page.click("Reveal").await;

    assert_eq!(page.text(CODE), SECRET);
    assert_eq!(pressed(&page), "true");
    assert!(!page.text(LINE).contains(SECRET), "the live region says it aloud");
    page.click_in(REVEAL, "Copy").await;
    let asked = backend.lines();
    assert_eq!(asked.iter().filter(|line| *line == ASK).count(), 1, "{asked:?}");
    assert_eq!(backend.call(2, "bearer").as_string().as_deref(), Some("Bearer secret-token"));
    assert_eq!(kept(), 0);
}

#[wasm_bindgen_test]
async fn hiding_it_is_the_end_of_it() {
    let (_backend, page) = begin(&[credentials()]).await;
    page.click("Reveal").await;

    page.click("Reveal").await;

    is_over(&page);
}

#[wasm_bindgen_test]
async fn it_goes_when_the_window_or_the_page_is_left() {
    for event in ["blur", "pagehide"] {
        let (_backend, page) = begin(&[credentials()]).await;
        page.click("Reveal").await;
        assert_eq!(page.text(CODE), SECRET);

        fire(event);

        is_over(&page);
    }
}

#[wasm_bindgen_test]
async fn it_goes_when_the_tab_is_hidden() {
    let (_backend, page) = begin(&[credentials()]).await;
    page.click("Reveal").await;
    fire("visibilitychange");
    assert_eq!(page.text(CODE), SECRET, "the tab is in front");

    js("Object.defineProperty(document, 'hidden', { value: true, configurable: true })");
    fire("visibilitychange");
    js("delete document.hidden");

    is_over(&page);
}

#[wasm_bindgen_test]
async fn it_goes_after_half_a_minute() {
    let (backend, page) = begin(&[credentials()]).await;
    js("window.__after = []; window.__set = setTimeout; \
        window.setTimeout = (run, after) => { __after.push(after); return __set(run, after === 30000 ? 1 : after); }");

    page.click("Reveal").await;

    assert_eq!(js("__after.includes(30000)").as_bool(), Some(true));
    js("window.setTimeout = __set; delete window.__set; delete window.__after");
    is_over(&page);
    drop(backend);
}

#[wasm_bindgen_test]
async fn it_goes_with_the_panel() {
    let (backend, mut page) = begin(&[credentials()]).await;
    page.click("Reveal").await;
    js("window.__code = document.querySelector('.dtqr-reveal code')");
    assert!(backend.timers() > 0);

    page.unmount();
    settle().await;

    assert_eq!(js("__code.textContent").as_string().as_deref(), Some(MASK));
    assert_eq!((backend.timers(), backend.open()), (0, 0));
    js("delete window.__code");
}

#[wasm_bindgen_test]
async fn what_comes_when_nobody_looks_is_not_shown_until_somebody_asks_again() {
    let (backend, page) = begin(&[]).await;
    js("window.__asked = 0; \
        window.fetch = () => { __asked += 1; return new Promise((answer) => { window.__answer = answer; }); }");
    page.click("Reveal").await;
    page.click("Reveal").await;
    fire("blur");
    js(&format!(
        r#"__answer(new Response('{{"client_id":"ding-1","client_secret":"{SECRET}"}}', {{ status: 200 }}))"#
    ));
    settle().await;
    assert_eq!(page.text(CODE), MASK);

    page.click("Reveal").await;

    assert_eq!(page.text(CODE), SECRET);
    assert_eq!(js("__asked").as_f64(), Some(1.0));
    js("delete window.__answer; delete window.__asked");
    drop(backend);
}

#[wasm_bindgen_test]
async fn a_copy_is_confirmed_in_words() {
    js("Object.defineProperty(navigator, 'clipboard', { configurable: true, \
        value: { writeText: (text) => { window.__copied = text; return Promise.resolve(); } } })");
    let (_backend, page) = begin(&[credentials()]).await;

    page.click_in(REVEAL, "Copy").await;

    js("delete navigator.clipboard");
    assert_eq!(js("__copied").as_string().as_deref(), Some(SECRET));
    js("delete window.__copied");
    assert_eq!((page.text(LINE), page.text(CODE)), ("Copied".to_owned(), MASK.to_owned()));
}

#[wasm_bindgen_test]
async fn a_browser_that_refuses_to_copy_shows_the_secret_to_select() {
    js("Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true })");
    let (_backend, page) = begin(&[credentials()]).await;

    page.click_in(REVEAL, "Copy").await;

    js("delete navigator.clipboard");
    assert_eq!(page.text(CODE), SECRET);
    assert_eq!(page.text(LINE), "Your browser did not allow copying. Select the text:");
    assert_eq!(js("String(getSelection())").as_string().as_deref(), Some(SECRET));
}

#[wasm_bindgen_test]
async fn a_file_has_three_lines_and_a_name_without_the_secret() {
    js(
        "window.__make = URL.createObjectURL; URL.createObjectURL = (blob) => { window.__blob = blob; return 'blob:test'; }; \
        window.__click = HTMLAnchorElement.prototype.click; \
        HTMLAnchorElement.prototype.click = function () { window.__link = this; }",
    );
    let (_backend, page) =
        begin(&[r#"{"status":200,"body":{"client_id":"ding-1","client_secret":"a\"$b`\\c"}}"#.to_owned()])
            .await;

    page.click("Download .env").await;

    js("URL.createObjectURL = __make; HTMLAnchorElement.prototype.click = __click; \
        __blob.text().then((text) => { window.__text = text; })");
    settle().await;
    assert_eq!(
        js("__text").as_string().as_deref(),
        Some(
            "DINGTALK_CLIENT_ID=ding-1\nDINGTALK_CLIENT_SECRET=\"a\\\"\\$b\\`\\\\c\"\nDINGTALK_ALLOW_ALL_USERS=true\n"
        )
    );
    assert_eq!(js("__link.download").as_string().as_deref(), Some("dingtalk.env"));
    assert_eq!(js("__link.isConnected").as_bool(), Some(false));
    assert_eq!(page.text(CODE), MASK);
}

#[wasm_bindgen_test]
async fn what_was_shown_elsewhere_is_said() {
    let (_backend, page) = begin(&[problem(410, "already_revealed")]).await;

    page.click("Reveal").await;

    is_over(&page);
}

#[wasm_bindgen_test]
async fn a_lost_request_can_be_repeated_and_the_backend_decides() {
    let (backend, page) =
        begin(&[r#""lost""#.to_owned(), problem(503, "internal"), problem(410, "already_revealed")]).await;

    page.click("Reveal").await;
    assert_eq!(page.text(LINE), "The server does not answer. Check the connection and try again.");
    page.click("Reveal").await;
    assert_eq!(page.text(LINE), "Something went wrong on the server.");
    assert_eq!(page.text(CODE), MASK);
    page.click("Reveal").await;

    is_over(&page);
    assert_eq!(backend.lines().iter().filter(|line| *line == ASK).count(), 3);
}

#[wasm_bindgen_test]
async fn its_texts_follow_the_language() {
    let language = RwSignal::new(Language::En);
    let app = dingtalk_qr_shared::AppSaved { revealable: true, ..app() };
    let flow = UseFlow::still(Phase::Created(app)).revealing(SECRET);
    let page = Fixture::mount(move || view! { <Panel flow language /> }).await;
    assert_eq!(page.text(CODE), SECRET);

    language.set(Language::Ru);
    settle().await;

    assert!(page.text(REVEAL).contains("Показать секрет"), "{}", page.text(REVEAL));
}

#[wasm_bindgen_test]
async fn an_app_whose_secret_is_not_to_be_shown_has_no_button_for_it() {
    let page = Fixture::mount(move || {
        view! { <Panel flow=UseFlow::still(Phase::Created(app())) language=Signal::stored(Language::En) /> }
    })
    .await;

    assert!(page.find(REVEAL).is_none());
    assert!(page.text(".dtqr-facts").contains("Xy••••"));
}

const REVEAL: &str = ".dtqr-reveal";
const CODE: &str = ".dtqr-reveal code";
const LINE: &str = ".dtqr-reveal [role=status]";

/// Shows a panel whose app has just been created, with what the backend answers next.
async fn begin(answers: &[String]) -> (FakeBackend, Fixture) {
    let backend = FakeBackend::answering(&format!(
        r#"[{{"status":201,"body":{STARTED}}}, {{"status":200,"body":{{"status":"created","app":"bot","client_id":"ding-1",
            "hint":"ab••","saved_to":["store"],"verified":true,"revealable":true,"expires_in":0}}}}]"#
    ))
    .await;
    for answer in answers {
        backend.answer(answer);
    }
    let page = Fixture::mount(|| view! { <DingTalkQr lang="en" /> }).await;
    settle().await;
    (backend, page)
}

fn credentials() -> String {
    format!(r#"{{"status":200,"body":{{"client_id":"ding-1","client_secret":"{SECRET}"}}}}"#)
}

fn pressed(page: &Fixture) -> String {
    page.attribute(".dtqr-reveal [aria-pressed]", "aria-pressed").unwrap_or_default()
}

/// The first letters are back, and there is nothing to press.
#[track_caller]
fn is_over(page: &Fixture) {
    assert_eq!((page.text(CODE), page.text(LINE)), ("ab••".to_owned(), OVER.to_owned()));
    assert!(page.find(".dtqr-reveal button").is_none());
    let document = js("document.documentElement.outerHTML").as_string().unwrap();
    assert!(!document.contains(&format!(">{SECRET}")), "the secret is in the document");
}
