//! The HTTP clients: one for DingTalk, one for the receiver of webhooks.

mod reach;

use std::sync::Once;
use std::time::Duration;

use reqwest::ClientBuilder;
use reqwest::redirect::Policy;

pub(crate) use reach::{NotPublic, Reach, is_public};

/// Longest time for a whole call, from connecting to the last byte.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(15);

/// Largest answer that is read, in bytes. DingTalk's have a few hundred.
pub(crate) const BODY_LIMIT: usize = 64 * 1024;

/// The same for a list: all the people of one department may be in it.
pub(crate) const LIST_LIMIT: usize = 4 * 1024 * 1024;

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
    match proxy {
        Proxy::FromEnvironment => builder().build(),
        Proxy::None => builder().no_proxy().build(),
    }
}

/// Makes the client that posts webhooks.
///
/// # Security
///
/// It follows no redirect. It asks no proxy: that would look the name up itself, and reach what we refuse to. Addresses
/// that stand in the URL are not looked up, so the caller has to compare those with [`is_public`].
///
/// # Errors
///
/// If the TLS set-up of the machine cannot be used.
pub(crate) fn webhook_client(reach: Reach) -> Result<reqwest::Client, reqwest::Error> {
    let builder = builder().no_proxy();
    match reach {
        Reach::Public => builder.dns_resolver(reach::PublicResolver).build(),
        Reach::Everywhere => builder.build(),
    }
}

fn builder() -> ClientBuilder {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // A host that nests the router may have chosen its own provider already; then that one stays.
        drop(rustls::crypto::ring::default_provider().install_default());
    });
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    let builder = reqwest::Client::builder();
    builder
        .timeout(TIMEOUT)
        .connect_timeout(Duration::from_secs(5))
        .redirect(Policy::none())
        .user_agent(concat!("dingtalk-qr/", env!("CARGO_PKG_VERSION")))
}
