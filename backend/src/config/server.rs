use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use ipnet::IpNet;
use url::{Host, Origin, Url};

use super::ConfigError;
use super::vars::Vars;

/// The HTTP server.
#[derive(Debug)]
pub struct ServerConfig {
    /// `LISTEN_ADDR`.
    pub listen: SocketAddr,
    /// `PUBLIC_URL`: where browsers reach the backend.
    pub public_url: Url,
    /// `ALLOWED_ORIGINS`: other origins whose pages may call the API.
    pub allowed_origins: Vec<Origin>,
    /// `TRUSTED_PROXIES`: networks whose `X-Forwarded-For` counts.
    pub trusted_proxies: Vec<IpNet>,
    /// `DIST_DIR`: the page that Trunk built.
    pub dist_dir: PathBuf,
}

impl ServerConfig {
    /// Returns `PUBLIC_URL` without a slash at its end, to put paths behind it.
    pub fn public_base(&self) -> String {
        self.public_url.as_str().trim_end_matches('/').to_owned()
    }

    /// Returns whether browsers reach the backend on their own machine.
    pub fn is_on_this_machine(&self) -> bool {
        is_loopback(&self.public_url.origin())
    }

    /// Returns whether the cookies are for TLS only: everywhere but on this machine.
    pub fn has_secure_cookies(&self) -> bool {
        self.public_url.scheme() == "https" || !self.is_on_this_machine()
    }

    /// Takes over the address that the system chose for port 0, also as the public one unless another was given.
    pub fn bound_to(&mut self, address: SocketAddr) {
        if self.public_url.as_str().trim_end_matches('/') == format!("http://{}", self.listen) {
            self.public_url.set_port(Some(address.port())).ok();
        }
        self.listen = address;
    }

    pub(super) fn from_vars(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        let listen: SocketAddr = vars.parsed("LISTEN_ADDR", "127.0.0.1:3000", "an address with a port")?;
        let default_url = format!("http://{listen}");
        let public_url = vars.http_url("PUBLIC_URL", &default_url)?;
        let origin = |text: &str| Url::parse(text).ok().map(|url| url.origin()).filter(Origin::is_tuple);
        Ok(Self {
            listen,
            public_url,
            allowed_origins: vars.list(
                "ALLOWED_ORIGINS",
                "a list of origins such as https://example.com",
                origin,
            )?,
            trusted_proxies: vars.list(
                "TRUSTED_PROXIES",
                "a list of networks such as 10.0.0.0/8",
                |text| text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from)),
            )?,
            dist_dir: vars.text("DIST_DIR").unwrap_or_else(|| "dist".to_owned()).into(),
        })
    }
}

/// Returns whether an origin is served on the machine of whoever looks at it.
pub(crate) fn is_loopback(origin: &Origin) -> bool {
    match origin {
        Origin::Tuple(_, Host::Domain(domain), _) => domain == "localhost",
        Origin::Tuple(_, Host::Ipv4(address), _) => address.is_loopback(),
        Origin::Tuple(_, Host::Ipv6(address), _) => address.is_loopback(),
        Origin::Opaque(_) => false,
    }
}
