use crate::secret::Presented;

/// The page that asks for a login, and the browser that it is in.
#[derive(Debug)]
pub struct Asker {
    /// The origin of the page.
    pub site: String,
    /// Whether that is the backend's own.
    pub is_own: bool,
    /// The browser, as a person would recognise it.
    pub browser: String,
    /// Where the request comes from.
    pub peer: String,
    /// The cookie of the browser, where it sends one.
    pub cookie: Option<Presented>,
}

/// Says in words which browser a `User-Agent` header means, such as `Chrome, Windows`: for a person to recognise his
/// own, not for decisions.
pub fn browser_in_words(user_agent: &str) -> String {
    // The first that fits: later ones call themselves by the names of earlier ones.
    let browsers = [
        ("DingTalk", "DingTalk"),
        ("MicroMessenger", "WeChat"),
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox/", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];
    let systems = [
        ("HarmonyOS", "HarmonyOS"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Macintosh", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let named = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    match (named(&browsers), named(&systems)) {
        (Some(browser), Some(system)) => format!("{browser}, {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "?".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_named_as_its_person_would() {
        check(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36",
            "Chrome, Windows",
        );
        check(
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0",
            "Edge, Windows",
        );
        check(
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1 Version/17.5 Safari/605.1",
            "Safari, macOS",
        );
        check(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5) AppleWebKit/605 AliApp(DingTalk/7.6.0)",
            "DingTalk, iPhone",
        );
        check("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox, Linux");
        check("curl/8", "?");
    }

    #[track_caller]
    fn check(user_agent: &str, expected: &str) {
        assert_eq!(browser_in_words(user_agent), expected);
    }
}
