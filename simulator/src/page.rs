//! The HTML that people see. Works without JavaScript and loads nothing, but for the end of a sign-in in a frame.

pub(crate) mod admin;
pub(crate) mod login;
pub(crate) mod notice;
pub(crate) mod phone;

use std::fmt;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};

const STYLE: &str = include_str!("page/style.css");

/// Text made safe for HTML content and for quoted attributes.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(position) = rest.find(['&', '<', '>', '"', '\'']) {
            let (plain, special) = rest.split_at(position);
            let entity = match special.as_bytes().first() {
                Some(b'&') => "&amp;",
                Some(b'<') => "&lt;",
                Some(b'>') => "&gt;",
                Some(b'"') => "&quot;",
                _ => "&#39;",
            };
            write!(f, "{plain}{entity}")?;
            rest = &special[1..];
        }
        f.write_str(rest)
    }
}

/// Puts `content`, which is HTML, into the frame of every page.
pub(crate) fn document(status: StatusCode, title: &str, content: &str) -> Response {
    let title = Escaped(title);
    let html = format!(
        r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>{STYLE}</style>
</head>
<body>
<p class="simulated" role="note">Simulated DingTalk — nothing real is created <span lang="zh">模拟环境</span></p>
<main>
{content}
</main>
</body>
</html>
"#
    );
    let policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
    let headers = [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, Html(html)).into_response()
}

#[cfg(test)]
mod tests {
    use super::Escaped;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(Escaped(text).to_string(), expected);
    }

    #[test]
    fn markup_comes_out_as_text() {
        check("", "");
        check("钉钉 & co", "钉钉 &amp; co");
        check(r#"<img src=x onerror="a('b')">"#, "&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt;");
    }
}
