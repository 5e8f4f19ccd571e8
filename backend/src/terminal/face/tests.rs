use super::*;
use crate::terminal::Language;

#[test]
fn before_a_scan_all_is_said_that_has_to_be_known() {
    let said = face(Language::En).invitation(&flow(), Beside::Code);

    assert_eq!(
        said,
        "\nScan this code with DingTalk and approve: that creates a bot in the organisation you choose.\n\
         DingTalk's page will say “OpenClaw”. That is expected.\nScan once: scanning twice makes two apps.\n\n\
         Or open this link: https://dingtalk.example/?code=1\nCode: MUEU-DEKR-5TN3\n"
    );
}

#[test]
fn without_a_code_the_link_is_what_there_is_to_open() {
    for (beside, says_why) in [(Beside::Nothing, false), (Beside::NoRoom, true)] {
        let said = face(Language::En).invitation(&flow(), beside);

        assert!(said.contains("Open this link in DingTalk"), "{said}");
        assert!(said.contains("\nhttps://dingtalk.example/?code=1\n"), "{said}");
        assert_eq!(said.contains("too small"), says_why, "{said}");
    }
}

#[test]
fn the_brand_of_our_own_is_no_surprise() {
    let said = face(Language::En).invitation(&FlowStarted { brand: None, ..flow() }, Beside::Code);

    assert!(!said.contains("expected"), "{said}");
}

#[test]
fn every_standing_has_its_words() {
    for (state, expected) in [
        (FlowState::Pending, "Waiting for your scan"),
        (FlowState::Unknown, "Waiting for your scan"),
        (FlowState::Creating, "Approved. Creating the bot…"),
        (
            FlowState::ApprovalPending { client_id: "ding1".into() },
            "The app exists and is saved. Waiting for an administrator",
        ),
    ] {
        let update = FlowUpdate { state, expires_in: 9, reconnecting: false };
        assert_eq!(face(Language::En).standing(&update, Connection::Up), expected);
    }
    let silent = FlowUpdate { state: FlowState::Pending, expires_in: 9, reconnecting: true };
    assert_eq!(face(Language::En).standing(&silent, Connection::Up), "DingTalk is slow. Still trying…");
    assert_eq!(
        face(Language::En).standing(&silent, Connection::Down),
        "The backend does not answer. Still trying…"
    );
}

#[test]
fn the_time_counts_while_a_scan_is_waited_for() {
    let prospect = |state| face(Language::En).prospect(&state, Duration::from_secs(598));

    assert_eq!(prospect(FlowState::Pending), "9:58 left · Ctrl-C to stop");
    assert_eq!(prospect(FlowState::Creating), "Ctrl-C to stop");
    let saved = FlowState::ApprovalPending { client_id: "ding1".into() };
    assert_eq!(prospect(saved), "Ctrl-C to leave, nothing is lost");
}

#[test]
fn an_app_is_shown_with_its_id_and_a_hint_of_its_secret() {
    let face = face(Language::En);
    let app = app();
    let places = face.places(&app, Some(Path::new("data")), Some(Path::new(".env")));

    let said = face.kept(&News { kind: Kind::Created, app }, &places);

    assert_eq!(
        said,
        "✓ Your bot is ready\n  Client ID:     ding1\n  Client Secret: abcd••••••••\n  \
         Saved in data (encrypted) and .env\n  DingTalk accepts these credentials.\n"
    );
}

#[test]
fn what_is_wrong_with_an_app_is_said() {
    let app = AppSaved { verified: false, findings: vec![ErrorCode::CredentialsRejected], ..app() };

    let said = face(Language::En).kept(&News { kind: Kind::Entered, app }, "data");

    assert!(said.contains("! DingTalk does not accept these credentials."), "{said}");
}

#[test]
fn a_backend_keeps_the_credentials_elsewhere() {
    let said = face(Language::En).places(&app(), None, None);

    assert_eq!(said, "the backend's encrypted store and the .env file on the backend");
}

#[test]
fn every_end_has_its_words() {
    let check = |end: End, expected: &str| assert_eq!(face(Language::En).ended(&end), expected);

    check(
        End::Denied(Some("no".into())),
        "✗ Declined, on the phone or by an administrator.\n  DingTalk's words: no\n",
    );
    check(End::Expired, "✗ Nobody approved in time, and the code has expired.\n");
    check(
        End::Trouble(Trouble::Told {
            code: ErrorCode::UpstreamUnavailable,
            detail: Some("init: no route".into()),
            retry_after: Some(Duration::from_secs(61)),
        }),
        "✗ DingTalk cannot be reached. Check the connection to the internet.\n  (init: no route)\n  \
         It can be tried again in 1:01.\n",
    );
    check(
        End::Trouble(Trouble::Silent { detail: "HTTP 502".into() }),
        "✗ The backend does not answer.\n  (HTTP 502)\n",
    );
}

#[test]
fn text_from_outside_cannot_take_the_terminal_over() {
    let end = End::Denied(Some("\x1b[2J\r\u{202e}no\u{7}\u{9b}1m".into()));

    assert!(face(Language::En).ended(&end).ends_with("DingTalk's words: [2Jno1m\n"));
}

#[test]
fn it_speaks_chinese() {
    let said = face(Language::ZhCn).invitation(&flow(), Beside::Code);

    assert!(said.contains("使用钉钉扫描此二维码并同意"), "{said}");
    assert!(said.contains("“OpenClaw”") && said.contains("扫两次会创建两个应用"), "{said}");
}

#[test]
fn colours_are_there_only_where_they_are_wanted() {
    let coloured = Face { ink: Ink::Colours, ..face(Language::En) };

    assert!(coloured.title().contains('\x1b'));
    assert!(!face(Language::En).title().contains('\x1b'));
}

#[test]
fn a_time_reads_as_on_a_clock() {
    for (millis, expected) in [(600_000, "10:00"), (59_001, "1:00"), (9_000, "0:09"), (7_200_000, "2:00:00")]
    {
        assert_eq!(clock(Duration::from_millis(millis)), expected);
    }
}

fn face(language: Language) -> Face {
    Face { texts: language.texts(), ink: Ink::Plain }
}

fn flow() -> FlowStarted {
    serde_json::from_value(serde_json::json!({
        "flow_id": "aZ09-_aZ09-_aZ09-_aZ09", "poll_token": "t", "user_code": "MUEU-DEKR-5TN3",
        "qr": { "text": "https://dingtalk.example/?code=1", "size": 21, "path": "" },
        "expires_in": 600, "interval": 5, "brand": "OpenClaw", "state": { "status": "pending" },
    }))
    .unwrap()
}

fn app() -> AppSaved {
    AppSaved {
        app: "ding1".into(),
        client_id: "ding1".into(),
        hint: "abcd••••••••".into(),
        saved_to: vec![Sink::Store, Sink::EnvFile],
        verified: true,
        findings: Vec::new(),
        revealable: false,
    }
}
