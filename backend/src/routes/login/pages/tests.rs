use super::{
    Asking, ErrorCode, FRAME_SCRIPT, Frame, Language, Page, STYLE, Theme, Timestamp, render, render_frame,
};

const HOSTILE: &str = r#""><img src=x onerror=alert(1)>'"#;

const CODES: [ErrorCode; 19] = [
    ErrorCode::AddressNotAllowed,
    ErrorCode::AuthorizationCodeInvalid,
    ErrorCode::CredentialsRejected,
    ErrorCode::EmailDomainNotAllowed,
    ErrorCode::ForeignOrganisation,
    ErrorCode::LoginConfigNotFound,
    ErrorCode::LoginEnded,
    ErrorCode::LoginStateInvalid,
    ErrorCode::NotAMember,
    ErrorCode::NotInvited,
    ErrorCode::NumberMismatch,
    ErrorCode::PermissionMissing,
    ErrorCode::ProfileIncomplete,
    ErrorCode::TooManyFlows,
    ErrorCode::UpstreamBusy,
    ErrorCode::UpstreamRefused,
    ErrorCode::UpstreamUnavailable,
    ErrorCode::WorkspaceCodeInvalid,
    ErrorCode::Internal,
];

#[test]
fn the_first_page_asks_with_two_forms_that_weigh_the_same() {
    let asking = asking("Acme Wiki");
    let page = Page::Ask { asking: &asking, action: "/d/abc", token: "t0ken" };

    let html = render(&page, Language::En, "");

    assert_eq!(html.matches(r#"<form method="post" action="/d/abc">"#).count(), 2);
    assert_eq!(html.matches(r#"<input type="hidden" name="token" value="t0ken""#).count(), 2);
    contains(&html, r#"<button class="strong" name="do" value="continue">Continue with DingTalk</button>"#);
    contains(&html, r#"<button class="strong plain" name="do" value="deny">This was not me</button>"#);
    contains(&html, "If somebody sent or showed you the code, do not continue");
    for fact in ["Acme Wiki", "support-bot", "Firefox on Linux", "203.0.113.7"] {
        contains(&html, &format!("<dd><bdi>{fact}</bdi></dd>"));
    }
    contains(&html, r#"<time datetime="2026-08-01T14:03:00Z">2026-08-01 14:03 UTC</time>"#);
}

#[test]
fn the_second_page_asks_for_the_number_or_a_no() {
    let asking = asking("Acme Wiki");
    let numbers = [47, 12, 85];
    let page = Page::Confirm { asking: &asking, action: "/d/abc", token: "t0ken", name: "李雷", numbers };

    let html = render(&page, Language::En, "");

    contains(&html, "Sign in to <b><bdi>Acme Wiki</bdi></b> as <b><bdi>李雷</bdi></b>?");
    contains(&html, "<legend>Which number does the other screen show?</legend>");
    for number in numbers {
        contains(
            &html,
            &format!(r#"<button class="strong" name="number" value="{number}">{number}</button>"#),
        );
    }
    contains(&html, r#"name="do" value="deny""#);
    assert_eq!(html.matches(r#"name="token" value="t0ken""#).count(), 2);
}

#[test]
fn a_fact_that_is_not_known_is_left_out() {
    let asking = Asking { browser: String::new(), ..asking("Acme Wiki") };

    let html = render(&Page::Ask { asking: &asking, action: "/", token: "" }, Language::En, "");

    assert!(!html.contains("<dt>Browser</dt>"), "{html}");
}

#[test]
fn trouble_names_code_request_and_a_way_on() {
    let page =
        Page::Trouble { code: ErrorCode::NotInvited, request_id: "req-1", retry: Some("/auth/dingtalk") };

    let html = render(&page, Language::En, "");

    contains(&html, r#"<main data-page="trouble" data-code="not_invited">"#);
    contains(&html, "<h1>You have not been invited yet</h1>");
    contains(&html, "<code>not_invited</code>");
    contains(&html, "<code>req-1</code>");
    contains(&html, r#"<a class="strong" href="/auth/dingtalk">Try again</a>"#);
}

#[test]
fn trouble_links_nowhere_unless_told_and_never_to_a_script() {
    for retry in [None, Some("javascript:alert(1)")] {
        let html = render(
            &Page::Trouble { code: ErrorCode::Internal, request_id: "req-1", retry },
            Language::En,
            "",
        );

        assert!(!html.contains("<a "), "{html}");
    }
}

#[test]
fn every_failure_has_a_text_of_its_own_in_every_language() {
    for language in Language::ALL {
        let troubles = &language.texts().troubles;
        for (position, code) in CODES.into_iter().enumerate() {
            for other in CODES.into_iter().skip(position + 1) {
                assert_ne!(troubles.of(code).title, troubles.of(other).title, "{language:?}");
                assert_ne!(troubles.of(code).happened, troubles.of(other).happened, "{language:?}");
            }
        }
    }
}

#[test]
fn the_two_kinds_of_code_are_told_apart_in_every_language() {
    for language in Language::ALL {
        let troubles = &language.texts().troubles;
        contains(troubles.authorization_code_invalid.administrator.unwrap(), "authCode");
        contains(troubles.workspace_code_invalid.administrator.unwrap(), "requestAuthCode");
    }
}

#[test]
fn no_language_borrows_a_sentence_from_english() {
    let english = every_page(Language::En, "Site", "Name");
    for language in Language::ALL.into_iter().skip(1) {
        for (page, original) in every_page(language, "Site", "Name").iter().zip(&english) {
            for sentence in sentences(page) {
                assert!(!sentences(original).contains(&sentence), "{language:?}: {sentence}");
            }
        }
    }
}

#[test]
fn names_from_outside_come_out_as_text() {
    for language in Language::ALL {
        for html in every_page(language, HOSTILE, HOSTILE) {
            assert!(!html.contains("<img"), "{html}");
            assert!(!html.contains(r#"=""">"#), "{html}");
        }
    }
}

#[test]
fn pages_hold_nothing_inline_and_say_what_they_are() {
    for language in Language::ALL {
        for html in every_page(language, "Acme Wiki", "李雷") {
            assert!(!html.contains("style="), "{html}");
            assert!(!html.contains("<style"), "{html}");
            assert!(!has_handler(&html), "{html}");
            assert_eq!(
                html.matches("<script").count(),
                html.matches("<script src=\"/dingtalk/embed/").count()
            );
            assert_eq!(html.matches("<main").count(), 1);
            contains(&html, &format!(r#"<!DOCTYPE html><html lang="{}" dir="ltr">"#, language.tag()));
            contains(&html, r#"<link rel="stylesheet" href="/dingtalk/embed/pages.css">"#);
            contains(&html, r#"<meta name="robots" content="noindex">"#);
            contains(&html, r#"<meta name="referrer" content="same-origin">"#);
        }
    }
}

#[test]
fn the_frame_tells_its_script_what_to_trust() {
    let html = frame(Language::En, &["https://a.example".to_owned(), "https://b.example:8443".to_owned()]);

    contains(&html, r#"data-api="https://qr.example/dingtalk""#);
    contains(&html, r#"data-login-origin="https://login.dingtalk.com""#);
    contains(&html, r#"data-parents="https://a.example https://b.example:8443""#);
    contains(&html, r#"<script src="/dingtalk/embed/frame.js" defer></script>"#);
}

#[test]
fn the_frame_has_the_colours_that_the_panel_asks_for() {
    for (theme, expected) in [
        (Some(Theme::Dark), "<html lang=\"en\" dir=\"ltr\" data-theme=\"dark\">"),
        (Some(Theme::Light), "<html lang=\"en\" dir=\"ltr\" data-theme=\"light\">"),
        (Some(Theme::Auto), "<html lang=\"en\" dir=\"ltr\">"),
        (None, "<html lang=\"en\" dir=\"ltr\">"),
    ] {
        let frame = Frame { api: "", login_origin: "https://login.dingtalk.com", parents: &[], theme };
        contains(&render_frame(&frame, Language::En, ""), expected);
    }
    for theme in ["light", "dark"] {
        contains(STYLE, &format!(":root[data-theme=\"{theme}\"]"));
    }
}

#[test]
fn the_frame_has_every_text_that_its_script_shows() {
    let html = frame(Language::En, &[]);

    for rest in FRAME_SCRIPT.split("texts.text").skip(1) {
        let name: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
        let attribute = name.chars().fold(String::from("data-text"), |attribute, letter| {
            let hyphen = if letter.is_ascii_uppercase() { "-" } else { "" };
            format!("{attribute}{hyphen}{}", letter.to_ascii_lowercase())
        });
        contains(&html, &format!("{attribute}=\""));
    }
}

#[test]
fn the_assets_load_nothing_and_write_no_markup() {
    for forbidden in ["url(", "@import", "http:", "https:"] {
        assert!(!STYLE.contains(forbidden), "{forbidden}");
    }
    for forbidden in ["innerHTML", "console.", "Storage", "eval(", "location", "document.cookie"] {
        assert!(!FRAME_SCRIPT.contains(forbidden), "{forbidden}");
    }
}

#[track_caller]
fn contains(text: &str, part: &str) {
    assert!(text.contains(part), "{part}\nis missing in\n{text}");
}

fn asking(site: &str) -> Asking {
    Asking {
        site: site.to_owned(),
        app: "support-bot".to_owned(),
        browser: "Firefox on Linux".to_owned(),
        address: "203.0.113.7".to_owned(),
        begun_at: Timestamp::from_millis(1_785_592_980_000),
    }
}

fn trouble(code: ErrorCode) -> Page<'static> {
    Page::Trouble { code, request_id: "req-1", retry: None }
}

fn frame(language: Language, parents: &[String]) -> String {
    let login_origin = "https://login.dingtalk.com";
    render_frame(
        &Frame { api: "https://qr.example/dingtalk", login_origin, parents, theme: None },
        language,
        "/dingtalk",
    )
}

fn every_page(language: Language, site: &str, name: &str) -> Vec<String> {
    let asking = Asking { app: name.to_owned(), browser: name.to_owned(), ..asking(site) };
    let (action, token, numbers) = (name, name, [47, 12, 85]);
    let mut pages = vec![
        Page::Ask { asking: &asking, action, token },
        Page::Confirm { asking: &asking, action, token, name, numbers },
        Page::Done { site, name },
        Page::Denied { site, retry: Some("/auth/dingtalk") },
        Page::WrongNumber { site },
        Page::Over,
        Page::Trouble { code: ErrorCode::Internal, request_id: name, retry: Some("/again") },
    ];
    pages.extend(CODES.map(trouble));
    let pages = pages.iter().map(|page| render(page, language, "/dingtalk"));
    pages.chain([frame(language, &[name.to_owned()])]).collect()
}

/// Whether something looks like the attribute `onclick=` and its kind.
fn has_handler(html: &str) -> bool {
    html.split(" on").skip(1).any(|rest| rest.trim_start_matches(char::is_alphabetic).starts_with('='))
}

/// The texts between tags, and of the frame's attributes, that are longer than two words: not names, labels or codes.
fn sentences(html: &str) -> Vec<&str> {
    html.split(['<', '>', '"'])
        .filter(|part| {
            part.contains(' ') && part.split(' ').count() > 2 && !part.contains('=') && !is_plumbing(part)
        })
        .collect()
}

fn is_plumbing(part: &str) -> bool {
    let is_number = part.chars().any(|letter| letter.is_ascii_digit());
    is_number || part == "(prefers-color-scheme: light)"
}
