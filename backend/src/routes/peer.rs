use std::convert::Infallible;
use std::net::{IpAddr, Ipv6Addr, SocketAddr};

#[cfg(feature = "otel")]
use axum::extract::Request;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use ipnet::IpNet;

use crate::state::AppState;

/// Where a request comes from, as far as limits care: an IPv4 address or an IPv6 network of 64 bits.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Peer(pub(super) String);

impl FromRequestParts<AppState> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        // A host that nests the router may serve it without addresses: then all share one.
        let Some(ConnectInfo(direct)) = parts.extensions.get::<ConnectInfo<SocketAddr>>() else {
            return Ok(Self("unknown".to_owned()));
        };
        let forwarded =
            parts.headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
        let forwarded: Vec<&str> = forwarded.flat_map(|value| value.split(',')).collect();
        let address = client(direct.ip(), &forwarded, &state.config().server.trusted_proxies);
        Ok(Self(network(address)))
    }
}

/// Drops what a request says of the trace that it belongs to, unless it comes straight from a trusted proxy: a stranger
/// could make every request of theirs be recorded, or put it into somebody else's trace (W3C Trace Context §7).
#[cfg(feature = "otel")]
pub(super) fn drop_foreign_traces(state: &AppState, request: &mut Request) {
    let trusted = &state.config().server.trusted_proxies;
    let direct = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let is_trusted = direct
        .is_some_and(|ConnectInfo(direct)| trusted.iter().any(|network| network.contains(&direct.ip())));
    if !is_trusted {
        for name in ["traceparent", "tracestate"] {
            request.headers_mut().remove(name);
        }
    }
}

/// Goes back through the proxies that are trusted, to the first address that one of them vouches for.
fn client(direct: IpAddr, forwarded: &[&str], trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = direct;
    for hop in forwarded.iter().rev() {
        let Ok(hop) = hop.trim().parse() else { break };
        if !is_trusted(&client) {
            break;
        }
        client = hop;
    }
    client
}

fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_believed_unless_trusted() {
        check("203.0.113.9", &["198.51.100.1"], &[], "203.0.113.9");
        check("10.0.0.1", &["198.51.100.1"], &["10.0.0.0/8"], "198.51.100.1");
    }

    #[test]
    fn what_a_client_writes_itself_is_not_believed() {
        check("10.0.0.1", &["1.1.1.1", " 198.51.100.1"], &["10.0.0.0/8"], "198.51.100.1");
        check("10.0.0.1", &["1.1.1.1", "198.51.100.1", "10.0.0.2"], &["10.0.0.0/8"], "198.51.100.1");
        check("10.0.0.1", &["nonsense"], &["10.0.0.0/8"], "10.0.0.1");
    }

    #[test]
    fn an_ipv6_customer_is_one_peer() {
        check("2001:db8:1:2:3:4:5:6", &[], &[], "2001:db8:1:2::/64");
        check("::ffff:203.0.113.9", &[], &[], "203.0.113.9");
    }

    #[track_caller]
    fn check(direct: &str, forwarded: &[&str], trusted: &[&str], expected: &str) {
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        assert_eq!(network(client(direct.parse().unwrap(), forwarded, &trusted)), expected);
    }
}
