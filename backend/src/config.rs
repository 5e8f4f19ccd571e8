//! Every setting, read once and turned into types. The only file that reads the environment.

mod bot;
mod delivery;
mod environment;
mod login;
mod message;
mod organisation;
#[cfg(feature = "platform")]
mod relay;
mod server;
#[cfg(feature = "platform")]
mod suite;
mod telemetry;
#[cfg(feature = "terminal")]
mod terminal;
mod vars;

use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

use crate::client_id::ClientId;
use crate::secret::{ClientSecret, DatabaseUrl, MasterKey};
pub use bot::{Audience, BotConfig, BotConfigError};
pub use delivery::{DeliveryConfig, WebhookConfig};
pub use environment::{Environment, Place};
pub use login::LoginConfig;
pub use message::MessageConfig;
pub use organisation::OrganisationConfig;
#[cfg(feature = "platform")]
pub use relay::{LocalConfig, Mode};
pub use server::ServerConfig;
pub(crate) use server::is_loopback;
#[cfg(feature = "platform")]
pub use suite::SuiteConfig;
pub use telemetry::TelemetryConfig;
#[cfg(feature = "terminal")]
pub use terminal::{Drawing, TerminalConfig};
use vars::Vars;

/// A setting cannot be used.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{name} is not {expected}")]
pub struct ConfigError {
    /// The variable. Its content is not repeated: it may be a secret in the wrong place.
    pub name: &'static str,
    /// What it should be.
    pub expected: &'static str,
}

/// Every setting.
#[derive(Debug)]
pub struct Config {
    /// The HTTP server.
    pub server: ServerConfig,
    /// The far side.
    pub dingtalk: DingTalkConfig,
    /// The flows.
    pub flow: FlowConfig,
    /// Signing people in.
    pub login: LoginConfig,
    /// Messages.
    pub message: MessageConfig,
    /// Organisations whose people are kept.
    pub organisation: OrganisationConfig,
    /// What is kept, and where.
    pub store: StoreConfig,
    /// The way of credentials to their sinks.
    pub delivery: DeliveryConfig,
    /// An app whose credentials are there from the start.
    pub app: Option<AppConfig>,
    /// A third-party app that is there from the start.
    #[cfg(feature = "platform")]
    pub suite: Option<SuiteConfig>,
    /// The log.
    pub log: LogConfig,
    /// Which part of the work is this process's.
    #[cfg(feature = "platform")]
    pub mode: Mode,
    /// Metrics and traces.
    pub telemetry: TelemetryConfig,
}

/// The far side.
#[derive(Debug)]
pub struct DingTalkConfig {
    /// `DINGTALK_REGISTRATION_BASE_URL`.
    pub registration_base: Url,
    /// `DINGTALK_API_BASE_URL`.
    pub api_base: Url,
    /// `DINGTALK_OAPI_BASE_URL`: the old API.
    pub oapi_base: Url,
    /// `DINGTALK_LOGIN_BASE_URL`: the sign-in page.
    pub login_base: Url,
    /// `DINGTALK_JSAPI_URL`: the script that gives workspace codes.
    pub script_url: Url,
    /// `DINGTALK_REGISTRATION_SOURCE`.
    pub source: String,
    /// `DINGTALK_REGISTRATION_BRAND`: what DingTalk's page calls itself; `None` if it shows our own brand.
    pub brand: Option<String>,
    /// `DINGTALK_SIMULATOR_URL`: plays DingTalk if it is set.
    pub simulator: Option<Url>,
}

/// The flows.
#[derive(Clone, Copy, Debug)]
pub struct FlowConfig {
    /// `QR_DISPLAY_SECONDS`.
    pub display: Duration,
    /// `MAX_LIVE_FLOWS`.
    pub max_live: usize,
    /// `MAX_LIVE_FLOWS_PER_PEER`.
    pub max_live_per_peer: usize,
    /// `MAX_LIVE_FLOWS_PER_OWNER`.
    pub max_live_per_owner: usize,
    /// `REVEAL_ONCE`: whether the page that began a registration may see the secret, once.
    pub reveals_once: bool,
}

/// What is kept, and where.
#[derive(Debug)]
pub struct StoreConfig {
    /// `DATA_DIR`.
    pub data_dir: PathBuf,
    /// `DATABASE_URL`; a SQLite file in the data folder if it is not set.
    pub database: Option<DatabaseUrl>,
    /// `DINGTALK_QR_KEY`; the key file of the data folder if it is not set.
    pub key: Option<MasterKey>,
    /// `DINGTALK_QR_OLD_KEYS`: what was sealed under them is opened, and nothing more is.
    pub old_keys: Vec<MasterKey>,
    /// `ENV_FILE`: where the credentials go beside the store; `None` if it is set but empty.
    pub env_file: Option<PathBuf>,
}

/// An app whose credentials are there from the start, as they are in the `.env` file after a scan.
#[derive(Debug)]
pub struct AppConfig {
    /// `DINGTALK_CLIENT_ID`.
    pub client_id: ClientId,
    /// `DINGTALK_CLIENT_SECRET`.
    pub client_secret: ClientSecret,
    /// `DINGTALK_CORP_ID`: the organisation that owns it.
    pub corp_id: Option<String>,
    /// `DINGTALK_AGENT_ID`.
    pub agent_id: Option<i64>,
}

/// The log.
#[derive(Clone, Debug)]
pub struct LogConfig {
    /// `LOG_FORMAT`.
    pub format: LogFormat,
    /// `RUST_LOG`.
    pub filter: String,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LogFormat {
    /// A JSON object a line.
    Json,
    /// For a person.
    Text,
}

impl Config {
    /// Reads the configuration from the environment and, for what that leaves open, from `.env` in the working folder.
    ///
    /// That file may be a bot's and have lines that only the bot understands; those are passed over.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the first variable that cannot be used.
    pub fn from_env() -> Result<Self, ConfigError> {
        let environment = own_environment()?;
        Self::from_vars(|name| environment.var(name))
    }

    /// Does the same where the credentials of an app are about to be replaced: those of before need not be good.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the first variable that cannot be used.
    #[cfg(feature = "terminal")]
    pub fn from_env_for_setup() -> Result<Self, ConfigError> {
        const APP: [&str; 4] =
            ["DINGTALK_CLIENT_ID", "DINGTALK_CLIENT_SECRET", "DINGTALK_CORP_ID", "DINGTALK_AGENT_ID"];
        let environment = own_environment()?;
        let is_app_good = AppConfig::from_vars(&Vars(&|name| environment.var(name))).is_ok();
        Self::from_vars(|name| environment.var(name).filter(|_| is_app_good || !APP.contains(&name)))
    }

    /// Reads the configuration through `var`, so that tests need no environment. Empty means not set, except for
    /// `ENV_FILE` and `DINGTALK_REGISTRATION_BRAND`.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] names the first variable that cannot be used.
    pub fn from_vars(var: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let vars = Vars(&var);
        let server = ServerConfig::from_vars(&vars)?;
        Ok(Self {
            login: LoginConfig::from_vars(&vars, &server.public_url)?,
            #[cfg(feature = "platform")]
            mode: Mode::from_vars(&vars)?,
            telemetry: TelemetryConfig::from_vars(&vars, server.listen)?,
            server,
            dingtalk: DingTalkConfig::from_vars(&vars)?,
            flow: FlowConfig::from_vars(&vars)?,
            message: MessageConfig::from_vars(&vars)?,
            organisation: OrganisationConfig::from_vars(&vars)?,
            store: StoreConfig::from_vars(&vars)?,
            delivery: DeliveryConfig::from_vars(&vars)?,
            app: AppConfig::from_vars(&vars)?,
            #[cfg(feature = "platform")]
            suite: SuiteConfig::from_vars(&vars)?,
            log: LogConfig::from_vars(&vars)?,
        })
    }

    /// Returns whether browsers will not keep the cookies: they are for TLS, and there is none.
    pub fn are_cookies_lost(&self) -> bool {
        self.server.has_secure_cookies() && self.server.public_url.scheme() != "https"
    }

    /// Returns whether anybody on this machine may begin registrations: nothing real can come of it.
    pub fn is_open_to_local_pages(&self) -> bool {
        self.dingtalk.simulator.is_some() && self.server.listen.ip().is_loopback()
    }
}

fn own_environment() -> Result<Environment, ConfigError> {
    Environment::with_file(Path::new(".env"))
        .map_err(|_| ConfigError { name: ".env", expected: "a readable file" })
}

impl DingTalkConfig {
    fn from_vars(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        let simulator = match vars.text("DINGTALK_SIMULATOR_URL") {
            Some(_) => Some(vars.http_url("DINGTALK_SIMULATOR_URL", "")?),
            None => None,
        };
        let base = |real: &str| simulator.as_ref().map_or(real, Url::as_str).to_owned();
        let registration_base =
            vars.http_url("DINGTALK_REGISTRATION_BASE_URL", &base("https://oapi.dingtalk.com"))?;
        Ok(Self {
            registration_base,
            api_base: vars.http_url("DINGTALK_API_BASE_URL", &base("https://api.dingtalk.com"))?,
            oapi_base: vars.http_url("DINGTALK_OAPI_BASE_URL", &base("https://oapi.dingtalk.com"))?,
            login_base: vars.http_url("DINGTALK_LOGIN_BASE_URL", &base("https://login.dingtalk.com"))?,
            script_url: vars
                .http_url("DINGTALK_JSAPI_URL", &format!("{}{SCRIPT}", script_base(simulator.as_ref())))?,
            source: vars.text("DINGTALK_REGISTRATION_SOURCE").unwrap_or_else(|| "openClaw".to_owned()),
            brand: vars.text_or("DINGTALK_REGISTRATION_BRAND", "OpenClaw"),
            simulator,
        })
    }
}

/// Where DingTalk publishes its script, behind the host.
const SCRIPT: &str = "/dingding/dingtalk-jsapi/3.0.25/dingtalk.open.js";

fn script_base(simulator: Option<&Url>) -> &str {
    simulator.map_or("https://g.alicdn.com", |url| url.as_str().trim_end_matches('/'))
}

impl FlowConfig {
    fn from_vars(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        let seconds = vars.positive("QR_DISPLAY_SECONDS", "600")?;
        Ok(Self {
            display: Duration::from_secs(seconds.try_into().unwrap_or(u64::MAX)),
            max_live: vars.positive("MAX_LIVE_FLOWS", "10000")?,
            max_live_per_peer: vars.positive("MAX_LIVE_FLOWS_PER_PEER", "20")?,
            max_live_per_owner: vars.positive("MAX_LIVE_FLOWS_PER_OWNER", "1000")?,
            reveals_once: vars.parsed("REVEAL_ONCE", "false", "true or false")?,
        })
    }
}

impl StoreConfig {
    fn from_vars(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        let name = "DINGTALK_QR_KEY";
        let key = match vars.text(name) {
            None => None,
            Some(text) => Some(
                MasterKey::from_base64(&text)
                    .map_err(|_| ConfigError { name, expected: "32 bytes of base64" })?,
            ),
        };
        let old_keys = MasterKey::list_from_base64(&vars.text("DINGTALK_QR_OLD_KEYS").unwrap_or_default())
            .map_err(|_| ConfigError {
                name: "DINGTALK_QR_OLD_KEYS",
                expected: "a list of keys, each 32 bytes of base64",
            })?;
        let database = match vars.text("DATABASE_URL").map(DatabaseUrl::try_from) {
            None => None,
            Some(Ok(_)) if !cfg!(feature = "postgres") => {
                return Err(ConfigError {
                    name: "DATABASE_URL",
                    expected: "for this build, which has no PostgreSQL",
                });
            }
            Some(Ok(url)) => Some(url),
            Some(Err(_)) => {
                return Err(ConfigError { name: "DATABASE_URL", expected: "a URL of postgres://" });
            }
        };
        Ok(Self {
            database,
            data_dir: vars.text("DATA_DIR").unwrap_or_else(|| "data".to_owned()).into(),
            key,
            old_keys,
            env_file: vars.text_or("ENV_FILE", ".env").map(PathBuf::from),
        })
    }
}

impl AppConfig {
    /// Both make an app, none makes none; one without the other is a mistake.
    fn from_vars(vars: &Vars<'_>) -> Result<Option<Self>, ConfigError> {
        let credentials = (vars.text("DINGTALK_CLIENT_ID"), vars.text("DINGTALK_CLIENT_SECRET"));
        if credentials == (None, None) {
            return Ok(None);
        }
        let agent_id = match vars.text("DINGTALK_AGENT_ID") {
            Some(_) => Some(vars.parsed("DINGTALK_AGENT_ID", "", "a whole number")?),
            None => None,
        };
        Ok(Some(Self {
            corp_id: vars.text("DINGTALK_CORP_ID"),
            agent_id,
            client_id: bot::client_id(credentials.0)?,
            client_secret: bot::client_secret(credentials.1)?,
        }))
    }
}

impl LogConfig {
    fn from_vars(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        let format = match vars.text("LOG_FORMAT").as_deref() {
            None | Some("json") => LogFormat::Json,
            Some("text") => LogFormat::Text,
            Some(_) => return Err(ConfigError { name: "LOG_FORMAT", expected: "json or text" }),
        };
        Ok(Self { format, filter: vars.text("RUST_LOG").unwrap_or_else(|| "info".to_owned()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_has_a_default() {
        let config = from(&[]).unwrap();

        assert_eq!(config.dingtalk.registration_base.as_str(), "https://oapi.dingtalk.com/");
        assert_eq!(config.dingtalk.source, "openClaw");
        assert_eq!(config.dingtalk.brand.as_deref(), Some("OpenClaw"));
        assert_eq!(config.server.public_url.as_str(), "http://127.0.0.1:3000/");
        assert_eq!(config.store.env_file, Some(".env".into()));
        assert!(!config.is_open_to_local_pages());
    }

    #[test]
    fn both_credentials_make_an_app_and_one_is_a_mistake() {
        let (id, secret) = (("DINGTALK_CLIENT_ID", "ding1"), ("DINGTALK_CLIENT_SECRET", "s"));

        assert_eq!(from(&[id, secret]).unwrap().app.unwrap().client_id.as_str(), "ding1");
        assert!(from(&[]).unwrap().app.is_none());
        assert_eq!(from(&[id]).unwrap_err().name, "DINGTALK_CLIENT_SECRET");
        assert_eq!(from(&[secret]).unwrap_err().name, "DINGTALK_CLIENT_ID");
        assert_eq!(from(&[("DINGTALK_CLIENT_ID", "di ng"), secret]).unwrap_err().name, "DINGTALK_CLIENT_ID");
    }

    #[test]
    fn space_and_slashes_around_a_base_url_are_cut() {
        let config =
            from(&[("DINGTALK_REGISTRATION_BASE_URL", "  https://pre.example.com/oapi// ")]).unwrap();

        assert_eq!(config.dingtalk.registration_base.as_str(), "https://pre.example.com/oapi");
    }

    #[test]
    fn an_empty_override_is_the_default() {
        let config =
            from(&[("DINGTALK_REGISTRATION_BASE_URL", " "), ("DINGTALK_REGISTRATION_SOURCE", "")]).unwrap();

        assert_eq!(config.dingtalk.registration_base.as_str(), "https://oapi.dingtalk.com/");
        assert_eq!(config.dingtalk.source, "openClaw");
    }

    #[test]
    fn an_empty_brand_or_env_file_switches_it_off() {
        let config = from(&[("DINGTALK_REGISTRATION_BRAND", ""), ("ENV_FILE", "")]).unwrap();

        assert_eq!((config.dingtalk.brand, config.store.env_file), (None, None));
    }

    #[test]
    fn a_simulator_plays_every_host_and_opens_the_door_on_loopback_only() {
        let simulator = ("DINGTALK_SIMULATOR_URL", "http://127.0.0.1:9080");
        let config = from(&[simulator]).unwrap();

        assert_eq!(config.dingtalk.registration_base.as_str(), "http://127.0.0.1:9080/");
        assert_eq!(config.dingtalk.api_base.as_str(), "http://127.0.0.1:9080/");
        assert!(config.is_open_to_local_pages());
        assert!(!from(&[simulator, ("LISTEN_ADDR", "0.0.0.0:3000")]).unwrap().is_open_to_local_pages());
    }

    #[test]
    fn a_wrong_value_is_named_and_not_repeated() {
        for name in [
            "LISTEN_ADDR",
            "PUBLIC_URL",
            "ALLOWED_ORIGINS",
            "TRUSTED_PROXIES",
            "DINGTALK_REGISTRATION_BASE_URL",
            "DINGTALK_API_BASE_URL",
            "DINGTALK_SIMULATOR_URL",
            "QR_DISPLAY_SECONDS",
            "MAX_LIVE_FLOWS",
            "MAX_LIVE_FLOWS_PER_PEER",
            "MAX_LIVE_FLOWS_PER_OWNER",
            "REVEAL_ONCE",
            "DINGTALK_OAPI_BASE_URL",
            "MESSAGE_RETENTION_DAYS",
            "ORGANISATION_CALLS_PER_SECOND",
            "DINGTALK_LOGIN_BASE_URL",
            "DINGTALK_JSAPI_URL",
            "DINGTALK_REDIRECT_URL",
            "LOGIN_SECONDS",
            "MAX_LIVE_LOGINS_PER_PEER",
            "MAX_LIVE_LOGINS_PER_SITE",
            "INVITE_ONLY",
            "TRUST_PROFILE_EMAILS",
            "DATABASE_URL",
            "DINGTALK_QR_KEY",
            "DINGTALK_QR_OLD_KEYS",
            "WEBHOOK_URL",
            "WEBHOOK_SECRET",
            "WEBHOOK_ALLOW_PRIVATE",
            "DELIVERY_MAX_AGE_HOURS",
            "LOG_FORMAT",
            #[cfg(feature = "platform")]
            "MODE",
            "METRICS_ADDR",
            "OTEL_EXPORTER_OTLP_ENDPOINT",
        ] {
            let error = from(&[(name, "canary")]).unwrap_err();
            assert_eq!(error.name, name);
            assert!(!error.to_string().contains("canary"));
        }
    }

    #[test]
    fn dingtalk_sends_browsers_back_to_where_their_cookies_are() {
        let public = ("PUBLIC_URL", "https://bots.example/dingtalk");
        let own = ("DINGTALK_REDIRECT_URL", "https://bots.example/other/callback");
        let other = ("DINGTALK_REDIRECT_URL", "https://shop.example/auth/dingtalk/callback");

        let callback = |vars: &[_]| from(vars).map(|config| config.login.callback(&config.server.public_url));
        assert_eq!(callback(&[public]).unwrap(), "https://bots.example/dingtalk/auth/dingtalk/callback");
        assert_eq!(callback(&[public, own]).unwrap(), own.1);
        assert_eq!(callback(&[public, other]).unwrap_err().name, "DINGTALK_REDIRECT_URL");
    }

    #[cfg(feature = "prometheus")]
    #[test]
    fn metrics_have_an_address_of_their_own() {
        let listen = ("LISTEN_ADDR", "127.0.0.1:3000");
        let metrics =
            |address| from(&[listen, ("METRICS_ADDR", address)]).map(|config| config.telemetry.metrics);

        assert_eq!(from(&[listen]).unwrap().telemetry.metrics, None);
        assert_eq!(metrics("127.0.0.1:9464").unwrap(), "127.0.0.1:9464".parse().ok());
        for same in ["127.0.0.1:3000", "0.0.0.0:3000", "[::]:3000"] {
            assert_eq!(
                metrics(same).unwrap_err().to_string(),
                "METRICS_ADDR is not an address other than LISTEN_ADDR"
            );
        }
    }

    #[test]
    fn a_url_with_credentials_or_another_scheme_is_refused() {
        for url in
            ["https://user:word@example.com", "ftp://example.com", "https://example.com?x=1", "file:///x"]
        {
            assert!(from(&[("DINGTALK_API_BASE_URL", url)]).is_err(), "{url}");
        }
    }

    fn from(vars: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_vars(|name| {
            vars.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }
}
