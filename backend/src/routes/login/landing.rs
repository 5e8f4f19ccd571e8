//! Where a browser goes after a login: to a path of our own, or to a page of an allowed origin, and nowhere else.

use url::{Origin, Url};

use crate::config::Config;

/// Returns where to go: `wish` if that is allowed, else our own page.
pub(in crate::routes) fn of(wish: Option<&str>, config: &Config) -> String {
    let wish = wish.and_then(|wish| own(wish, config).or_else(|| allowed(wish, config)));
    wish.unwrap_or_else(|| format!("{}/", prefix(config)))
}

/// Returns a page of this origin without its fragment, if `wish` is one.
pub(in crate::routes) fn on(origin: &Origin, wish: &str) -> Option<String> {
    let mut url = plain(wish).and_then(|wish| Url::parse(wish).ok())?;
    url.set_fragment(None);
    (url.origin() == *origin && is_web(&url)).then(|| url.into())
}

/// A path of ours: one slash, and what a browser makes of it is still ours.
fn own(wish: &str, config: &Config) -> Option<String> {
    let path = plain(wish)?;
    if !path.starts_with('/') || path.starts_with("//") {
        return None;
    }
    let public = &config.server.public_url;
    let url = public.join(path).ok()?;
    let path = &url[url::Position::BeforePath..];
    // Without its dots, `/x/..//y` is `//y`: a host.
    (url.origin() == public.origin() && !path.starts_with("//")).then(|| path.to_owned())
}

fn allowed(wish: &str, config: &Config) -> Option<String> {
    let url = plain(wish).and_then(|wish| Url::parse(wish).ok())?;
    (config.server.allowed_origins.contains(&url.origin()) && is_web(&url)).then(|| url.into())
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.username().is_empty() && url.password().is_none()
}

/// Browsers read backslashes as slashes, and drop tabs and line ends.
fn plain(wish: &str) -> Option<&str> {
    let is_odd = |c: char| c == '\\' || c.is_control() || c.is_whitespace();
    (wish.len() <= 2048 && !wish.contains(is_odd)).then_some(wish)
}

/// Returns the path below which browsers reach us, without a slash at its end.
pub(in crate::routes) fn prefix(config: &Config) -> String {
    config.server.public_url.path().trim_end_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_of_ours_and_a_page_of_an_allowed_origin_are_allowed() {
        check("/", "/");
        check("/orders?open=1#top", "/orders?open=1#top");
        check("/a/../b", "/b");
        check("https://shop.example/cart?x=1", "https://shop.example/cart?x=1");
    }

    #[test]
    fn everything_else_goes_home() {
        for wish in [
            "",
            "orders",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/x/..//evil.example",
            "/.//evil.example",
            " //evil.example",
            "https:evil.example",
            "https:/evil.example",
            "https://evil.example",
            "http://shop.example/",
            "https://shop.example.evil.example/",
            "https://shop.example@evil.example/",
            "https://user@shop.example/",
            "javascript:alert(1)",
            "data:text/html,x",
            "https%3A%2F%2Fevil.example",
        ] {
            check(wish, "/");
        }
        check("/%2F%2Fevil.example", "/%2F%2Fevil.example");
        check(&format!("/{}", "x".repeat(3000)), "/");
    }

    #[test]
    fn a_page_has_to_be_on_the_origin_that_asks() {
        let origin = Url::parse("https://shop.example").unwrap().origin();

        assert_eq!(on(&origin, "https://shop.example/a?b#c").as_deref(), Some("https://shop.example/a?b"));
        for wish in [
            "https://shop.example.evil.example/",
            "/a",
            "https://x@shop.example/",
            "https://shop.example\\@evil",
        ] {
            assert_eq!(on(&origin, wish), None, "{wish}");
        }
    }

    #[track_caller]
    fn check(wish: &str, expected: &str) {
        let config = Config::from_vars(|name| match name {
            "PUBLIC_URL" => Some("https://bots.example".to_owned()),
            "ALLOWED_ORIGINS" => Some("https://shop.example".to_owned()),
            _ => None,
        });
        assert_eq!(of(Some(wish), &config.unwrap()), expected, "{wish:?}");
    }
}
