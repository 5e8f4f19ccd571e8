use url::{Host, Origin, Url};

/// The hosts whose links may become a QR code.
#[derive(Clone, Debug)]
pub struct VerificationHosts {
    simulator: Option<Origin>,
}

impl VerificationHosts {
    /// DingTalk's own hosts: `dingtalk.com`, `dingtalk.io` and everything below them, over https.
    pub fn dingtalk() -> Self {
        Self { simulator: None }
    }

    /// DingTalk's own hosts and the origin of a simulator, which may be plain http.
    pub fn with_simulator(simulator: &Url) -> Self {
        Self { simulator: Some(simulator.origin()) }
    }

    /// Returns whether `text` is a link that a person may be asked to scan.
    pub fn allows(&self, text: &str) -> bool {
        let Ok(url) = Url::parse(text) else { return false };
        if !url.username().is_empty() || url.password().is_some() {
            return false;
        }
        if self.simulator.as_ref().is_some_and(|simulator| url.origin() == *simulator) {
            return true;
        }
        let Some(Host::Domain(host)) = url.host() else { return false };
        let is_dingtalk = ["dingtalk.com", "dingtalk.io"].iter().any(|domain| {
            host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        });
        url.scheme() == "https" && url.port().is_none() && is_dingtalk
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_on_dingtalk_may_be_scanned() {
        check("https://open-dev.dingtalk.com/openapp/registration/openClaw?user_code=A", true);
        check("https://dingtalk.io/", true);
        check("http://open-dev.dingtalk.com/", false);
        check("https://evil.example/", false);
        check("https://dingtalk.com.evil.example/", false);
        check("https://evildingtalk.com/", false);
        check("https://open-dev.dingtalk.com@evil.example/", false);
        check("https://user:word@open-dev.dingtalk.com/", false);
        check("https://open-dev.dingtalk.com:8443/", false);
        check("https://127.0.0.1/", false);
        check("javascript:alert(1)", false);
        check("data:text/html,x", false);
        check("//open-dev.dingtalk.com/", false);
        check("", false);
    }

    #[test]
    fn a_simulator_is_allowed_by_its_exact_origin() {
        let hosts = VerificationHosts::with_simulator(&"http://127.0.0.1:9080".parse().unwrap());

        assert!(hosts.allows("http://127.0.0.1:9080/openapp/registration/openClaw?user_code=A"));
        assert!(!hosts.allows("http://127.0.0.1:9081/"));
        assert!(!hosts.allows("https://127.0.0.1:9080/"));
    }

    #[track_caller]
    fn check(text: &str, expected: bool) {
        assert_eq!(VerificationHosts::dingtalk().allows(text), expected, "{text}");
    }
}
