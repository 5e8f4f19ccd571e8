//! The one HTTP client.

use std::sync::Once;
use std::time::Duration;

use reqwest::redirect::Policy;

/// Longest time for a whole call to DingTalk, from connecting to the last byte.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(15);

/// Largest answer that is read, in bytes. DingTalk's have a few hundred.
pub(crate) const BODY_LIMIT: usize = 64 * 1024;

/// Whether the proxy variables of the environment (`HTTPS_PROXY`, `NO_PROXY`, …) count.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Proxy {
    /// They count: the far side is DingTalk.
    FromEnvironment,
    /// They do not: the far side is a simulator on this machine.
    None,
}

/// Makes the client that every call to DingTalk shares.
///
/// # Security
///
/// It follows no redirect, so an answer cannot send a secret to another host.
///
/// # Errors
///
/// If the TLS set-up of the machine cannot be used.
pub(crate) fn client(proxy: Proxy) -> Result<reqwest::Client, reqwest::Error> {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // A host that nests the router may have chosen its own provider already; then that one stays.
        drop(rustls::crypto::ring::default_provider().install_default());
    });
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    let builder = reqwest::Client::builder()
        .timeout(TIMEOUT)
        .connect_timeout(Duration::from_secs(5))
        .redirect(Policy::none())
        .user_agent(concat!("dingtalk-qr/", env!("CARGO_PKG_VERSION")));
    match proxy {
        Proxy::FromEnvironment => builder.build(),
        Proxy::None => builder.no_proxy().build(),
    }
}
