//! Attacks on a login by QR code: the code shown to somebody else, the phone's page opened or sent by somebody else.

use dingtalk_qr_simulator::people;
use dingtalk_qr_tests::{
    Answer, Browser, Flow, OWN, SHOP, TestApp, form_token, login_options, numbers, scan_path,
};
use serde_json::json;

const EVIL: &str = "https://evil.example";
const COOKIE: &str = "__Host-dingtalk-qr-browser";

#[tokio::test]
async fn a_victim_who_sees_another_number_ends_the_login_and_there_is_no_second_try() {
    let app = TestApp::with(login_options()).await;
    let (attacker, victim) = (Browser::new(&app), Browser::new(&app));
    let flow = attacker.begin_qr().await;
    let page = victim.scan(&flow, people::ZHANG_WEI).await;
    let number = number(&attacker, &flow).await;
    let wrong = numbers(&page).into_iter().find(|shown| *shown != number).unwrap();

    let answer = victim.pick(&flow, &page, wrong).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    assert_eq!(victim.go(&scan_path(&flow)).await.page(), "200 wrong-number");
    assert_eq!(victim.pick(&flow, &page, number).await.page(), "404 over", "one try");

    let state = attacker.state(&flow).await;
    assert_eq!((&state["status"], &state["code"]), (&json!("failed"), &json!("number_mismatch")), "{state}");
    check_nobody(&app, [&attacker, &victim], &attacker, &flow).await;
}

#[tokio::test]
async fn a_victim_who_says_no_ends_the_login() {
    let app = TestApp::with(login_options()).await;
    let (attacker, victim) = (Browser::new(&app), Browser::new(&app));
    for has_been_to_dingtalk in [false, true] {
        let flow = attacker.begin_qr().await;
        let path = scan_path(&flow);
        let page = if has_been_to_dingtalk {
            victim.scan(&flow, people::ZHANG_WEI).await
        } else {
            victim.go(&path).await
        };

        let answer = victim.submit(&path, &[("token", &form_token(&page)), ("do", "deny")]).await;

        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, path.as_str()));
        assert_eq!(victim.go(&path).await.page(), "200 denied");
        assert_eq!(attacker.state(&flow).await["status"], "denied");
        assert_eq!(victim.pick(&flow, &page, 11).await.page(), "404 over");
        check_nobody(&app, [&attacker, &victim], &attacker, &flow).await;
    }
}

#[tokio::test]
async fn a_number_out_of_the_air_is_of_no_use() {
    let app = TestApp::with(login_options()).await;
    let (desktop, phone) = (Browser::new(&app), Browser::new(&app));
    let flow = desktop.begin_qr().await;
    let page = phone.go(&scan_path(&flow)).await;
    assert!(numbers(&page).is_empty(), "there is nothing to pick before DingTalk has said who it is");

    for number in 10..100 {
        assert_eq!(phone.pick(&flow, &page, number).await.page(), "404 over");
    }

    assert_eq!(desktop.state(&flow).await["status"], "pending");
    finish(&desktop, &phone, &flow).await;
}

#[tokio::test]
async fn the_first_phone_that_goes_on_is_the_only_one() {
    let app = TestApp::with(login_options()).await;
    let (desktop, first, second) = (Browser::new(&app), Browser::new(&app), Browser::new(&app));
    let flow = desktop.begin_qr().await;
    let path = scan_path(&flow);
    let seen_before = second.go(&path).await;
    assert_eq!(seen_before.page(), "200 ask");
    let page = first.scan(&flow, people::ZHANG_WEI).await;

    assert_eq!(second.go(&path).await.page(), "404 over");
    let token = form_token(&seen_before);
    for deed in [("do", "continue"), ("do", "deny"), ("number", "11")] {
        assert_eq!(second.submit(&path, &[("token", &token), deed]).await.page(), "404 over", "{deed:?}");
    }

    let number = number(&desktop, &flow).await;
    first.pick(&flow, &page, number).await;
    assert_eq!(desktop.state(&flow).await["status"], "authenticated");
    assert_eq!(second.go(&path).await.page(), "404 over", "who it was is not told to others");
}

#[tokio::test]
async fn the_form_of_the_phone_is_taken_from_its_own_page_only() {
    let app = TestApp::with(login_options()).await;
    let (desktop, phone, other) = (Browser::new(&app), Browser::new(&app), Browser::new(&app));
    let (flow, another) = (desktop.begin_qr().await, desktop.begin_qr().await);
    let path = scan_path(&flow);
    let own = form_token(&phone.go(&path).await);
    let of_another_login = form_token(&phone.go(&scan_path(&another)).await);
    let of_another_phone = form_token(&other.go(&path).await);
    let (mine, theirs) = (phone.cookies(), other.cookies());
    let (none, guess) = (String::new(), format!("{COOKIE}={}", "A".repeat(43)));
    let cases = [
        (OWN, &none, own.as_str(), "400 login_state_invalid"),
        (OWN, &guess, &own, "400 login_state_invalid"),
        (OWN, &theirs, &own, "400 login_state_invalid"),
        (OWN, &mine, &of_another_phone, "400 login_state_invalid"),
        (OWN, &mine, &of_another_login, "400 login_state_invalid"),
        (OWN, &mine, &flow.token, "400 login_state_invalid"),
        (OWN, &mine, "", "400 login_state_invalid"),
        (EVIL, &mine, &own, "403 forbidden_origin"),
        (SHOP, &mine, &own, "403 forbidden_origin"),
        ("null", &mine, &own, "403 forbidden_origin"),
        ("http://bots.example", &mine, &own, "403 forbidden_origin"),
        ("https://bots.example:8443", &mine, &own, "403 forbidden_origin"),
        ("https://bots.example.evil.example", &mine, &own, "403 forbidden_origin"),
        ("http://localhost:3000", &mine, &own, "403 forbidden_origin"),
    ];
    for deed in ["do=continue", "do=deny", "number=11"] {
        for (origin, cookie, token, expected) in cases {
            let answer = send(&app, &path, origin, cookie, &format!("token={token}&{deed}")).await;
            assert_eq!(answer.trouble(), expected, "{deed} {origin} {cookie} {token}");
        }
    }
    for form in [
        "",
        "do=continue",
        "token=x",
        "token=x&do=buy",
        "token=x&do=continue&number=11",
        "token=x&number=256",
    ] {
        let answer = send(&app, &path, OWN, &mine, form).await;
        assert_eq!(answer.trouble(), "400 invalid_request", "{form}");
    }
    assert_eq!(desktop.state(&flow).await["status"], "pending");
    finish(&desktop, &phone, &flow).await;
}

#[tokio::test]
async fn a_preview_of_the_link_changes_nothing() {
    let app = TestApp::with(login_options()).await;
    let (desktop, phone) = (Browser::new(&app), Browser::new(&app));
    let flow = desktop.begin_qr().await;
    let path = scan_path(&flow);

    for method in ["GET", "HEAD"] {
        for (name, value) in [
            ("purpose", "prefetch"),
            ("sec-purpose", "prefetch;prerender"),
            ("x-moz", "prefetch"),
            ("user-agent", "facebookexternalhit/1.1"),
            ("cookie", "a=b"),
        ] {
            let answer = app.call(method, &path).header(name, value).send().await;
            assert_eq!(answer.status, 200, "{method} {name}");
            assert_eq!(answer.header("cache-control"), "no-store");
            assert_eq!(desktop.state(&flow).await["status"], "pending", "{method} {name}");
        }
    }

    assert_eq!(app.dingtalk.calls(), []);
    finish(&desktop, &phone, &flow).await;
}

#[tokio::test]
async fn a_login_that_is_over_is_finished_by_nobody() {
    for ending in ["expired", "cancelled"] {
        let app = TestApp::with(login_options().var("LOGIN_SECONDS", "5")).await;
        let (desktop, early, late) = (Browser::new(&app), Browser::new(&app), Browser::new(&app));
        let (seen, gone, confirmed) =
            (desktop.begin_qr().await, desktop.begin_qr().await, desktop.begin_qr().await);
        let token = form_token(&late.go(&scan_path(&seen)).await);
        let gone_token = form_token(&late.go(&scan_path(&gone)).await);
        let out = late.submit(&scan_path(&gone), &[("token", &gone_token), ("do", "continue")]).await;
        let page = early.scan(&confirmed, people::ZHANG_WEI).await;
        let number = number(&desktop, &confirmed).await;
        let exchanges = app.exchanges();

        end(&app, &desktop, ending, [&seen, &gone, &confirmed]).await;

        assert_eq!(late.go(&scan_path(&seen)).await.page(), "404 over");
        let answer = late.submit(&scan_path(&seen), &[("token", &token), ("do", "continue")]).await;
        assert_eq!(answer.page(), "404 over", "{ending}");
        let back = late.go(&app.approve_at_dingtalk(out.header("location"), people::ZHANG_WEI)).await;
        assert_eq!(back.trouble(), "409 login_ended", "{ending}");
        assert_eq!(early.pick(&confirmed, &page, number).await.page(), "404 over", "{ending}");
        assert_eq!(app.exchanges(), exchanges, "{ending}: DingTalk was asked");
        for flow in [&seen, &gone, &confirmed] {
            assert_eq!(desktop.state(flow).await["status"], ending);
            check_nobody(&app, [&early, &late], &desktop, flow).await;
        }
    }
}

#[tokio::test]
async fn a_link_that_never_was_looks_like_one_that_is_over() {
    let app = TestApp::with(login_options()).await;
    let phone = Browser::new(&app);
    let path = format!("/d/{}", "A".repeat(22));

    assert_eq!(phone.go(&path).await.page(), "404 over");
    assert_eq!(phone.submit(&path, &[("token", "x"), ("do", "continue")]).await.page(), "404 over");
}

async fn number(desktop: &Browser<'_>, flow: &Flow) -> u64 {
    desktop.state(flow).await["number"].as_u64().unwrap()
}

/// The right phone and the right page finish it in spite of everything.
async fn finish(desktop: &Browser<'_>, phone: &Browser<'_>, flow: &Flow) {
    let page = phone.scan(flow, people::ZHANG_WEI).await;
    phone.pick(flow, &page, number(desktop, flow).await).await;
    let session = desktop.open_session(&desktop.ticket(flow).await).await;
    assert_eq!(session.status, 200, "{session:?}");
}

async fn end(app: &TestApp, desktop: &Browser<'_>, ending: &str, flows: [&Flow; 3]) {
    if ending == "expired" {
        return app.pass(6).await;
    }
    for flow in flows {
        let path = format!("/api/v1/flows/{}", flow.id);
        assert_eq!(desktop.api("DELETE", &path, Some(&flow.token), None).await.status, 204);
    }
}

async fn send(app: &TestApp, path: &str, origin: &str, cookie: &str, form: &str) -> Answer {
    let mut call = app.call("POST", path).header("origin", origin);
    if !cookie.is_empty() {
        call = call.header("cookie", cookie);
    }
    call.text("application/x-www-form-urlencoded", form).send().await
}

async fn check_nobody(app: &TestApp, browsers: [&Browser<'_>; 2], page: &Browser<'_>, flow: &Flow) {
    for browser in browsers {
        assert_eq!(browser.session().await.status, 204);
    }
    let state = page.state(flow).await;
    assert_eq!((state.get("ticket"), state.get("identity")), (None, None), "{state}");
    let key = app.api_key(&format!("key-{}", flow.id)).await;
    let made_up = format!("{}.{}", flow.id, flow.token);
    assert_eq!(app.redeem(&key, &made_up).await.problem(), "400 ticket_invalid");
}
