use crate::cut::cut;

/// Returns `text` if it leads to the web: anything else, such as `javascript:`, must not become a link, a frame or a way to go.
pub(crate) fn web_link(text: &str) -> Option<&str> {
    let (scheme, rest) = cut(text, b':')?;
    let rest = rest.strip_prefix("//")?;
    let is_web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    (is_web && !rest.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_web_becomes_a_link() {
        check("https://h5.dingtalk.com/x?code=1", true);
        check("http://127.0.0.1:9080/openapp", true);
        check("HTTPS://h5.dingtalk.com", true);
        check("javascript:alert(1)//https://", false);
        check("javascript://h5.dingtalk.com/%0aalert(1)", false);
        check(" https://h5.dingtalk.com", false);
        check("dingtalk://x", false);
        check("https://", false);
        check("", false);
    }

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(web_link(text).is_some(), expected, "{text}");
    }
}
