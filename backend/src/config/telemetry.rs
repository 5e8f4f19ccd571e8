use std::net::SocketAddr;

use url::Url;

use super::ConfigError;
use super::vars::Vars;

/// What is told to those who run the backend, beside the log.
#[derive(Clone, Debug)]
pub struct TelemetryConfig {
    /// `METRICS_ADDR`: where the program serves its metrics; nowhere if it is not set.
    pub metrics: Option<SocketAddr>,
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`: where traces go, without `/v1/traces`; nowhere if it is not set.
    pub traces: Option<Url>,
    /// `OTEL_SERVICE_NAME`: what the process is called there.
    pub service_name: String,
}

impl TelemetryConfig {
    pub(super) fn from_vars(vars: &Vars<'_>, listen: SocketAddr) -> Result<Self, ConfigError> {
        Ok(Self {
            metrics: metrics(vars, listen)?,
            traces: traces(vars)?,
            service_name: vars.text("OTEL_SERVICE_NAME").unwrap_or_else(|| "dingtalk-qr".to_owned()),
        })
    }
}

fn metrics(vars: &Vars<'_>, listen: SocketAddr) -> Result<Option<SocketAddr>, ConfigError> {
    let name = "METRICS_ADDR";
    if vars.text(name).is_none() {
        return Ok(None);
    }
    if !cfg!(feature = "prometheus") {
        return Err(ConfigError { name, expected: "for this build, which has no metrics" });
    }
    let address: SocketAddr = vars.parsed(name, "", "an address with a port")?;
    let is_same_host =
        address.ip() == listen.ip() || address.ip().is_unspecified() || listen.ip().is_unspecified();
    // Port 0 is another one each time.
    if is_same_host && address.port() == listen.port() && address.port() != 0 {
        return Err(ConfigError { name, expected: "an address other than LISTEN_ADDR" });
    }
    Ok(Some(address))
}

fn traces(vars: &Vars<'_>) -> Result<Option<Url>, ConfigError> {
    let name = "OTEL_EXPORTER_OTLP_ENDPOINT";
    match vars.text(name) {
        None => Ok(None),
        Some(_) if !cfg!(feature = "otel") => {
            Err(ConfigError { name, expected: "for this build, which has no traces" })
        }
        Some(_) => vars.http_url(name, "").map(Some),
    }
}
