use std::path::PathBuf;
use std::time::Duration;

use url::Url;

use super::ConfigError;
use super::vars::Vars;

/// Signing people in.
#[derive(Debug)]
pub struct LoginConfig {
    /// `DINGTALK_REDIRECT_URL`: where DingTalk sends browsers back to; behind `PUBLIC_URL` if it is not set.
    pub redirect_url: Option<Url>,
    /// `LOGIN_APP`: the name of the app that people sign in with.
    pub app: Option<String>,
    /// `APPS_FILE`: more apps, as TOML.
    pub apps_file: Option<PathBuf>,
    /// `LOGIN_TYPES_DIR`: more apps, as `<name>/e.json` and `<name>/<name>.json`.
    pub login_types_dir: Option<PathBuf>,
    /// `LOGIN_SECONDS`: how long a login may take.
    pub lifetime: Duration,
    /// `MAX_LIVE_LOGINS_PER_PEER`.
    pub max_live_per_peer: usize,
    /// `MAX_LIVE_LOGINS_PER_SITE`.
    pub max_live_per_site: usize,
    /// `ALLOWED_DOMAINS`: the domains of addresses that may come in; all if it is empty. Made-up addresses always may.
    pub allowed_domains: Vec<String>,
    /// `ALLOWED_CORP_IDS`: the organisations whose people may come in; all if it is empty.
    pub allowed_corp_ids: Vec<String>,
    /// `ADMIN_EMAILS`: the addresses of administrators.
    pub admin_emails: Vec<String>,
    /// `TRUST_PROFILE_EMAILS`: whether an address that only the person's own profile has counts for `ADMIN_EMAILS` and
    /// invitations.
    pub trusts_profiles: bool,
    /// `INVITE_ONLY`: whether only invited people may come in for the first time.
    pub is_invite_only: bool,
}

impl LoginConfig {
    pub(super) fn from_vars(vars: &Vars<'_>, public_url: &Url) -> Result<Self, ConfigError> {
        let name = "DINGTALK_REDIRECT_URL";
        let redirect_url = match vars.text(name) {
            Some(_) => Some(vars.http_url(name, "")?),
            None => None,
        };
        // Elsewhere the browser would come back without its cookies.
        if redirect_url.as_ref().is_some_and(|url| url.origin() != public_url.origin()) {
            return Err(ConfigError { name, expected: "on the origin of PUBLIC_URL" });
        }
        let seconds = vars.positive("LOGIN_SECONDS", "300")?;
        let word = |text: &str| Some(text.to_owned());
        let lower = |text: &str| Some(text.to_ascii_lowercase());
        let domain = |text: &str| Some(text.trim_start_matches('@').to_ascii_lowercase());
        Ok(Self {
            redirect_url,
            app: vars.text("LOGIN_APP"),
            apps_file: vars.text("APPS_FILE").map(PathBuf::from),
            login_types_dir: vars.text("LOGIN_TYPES_DIR").map(PathBuf::from),
            lifetime: Duration::from_secs(seconds.try_into().unwrap_or(u64::MAX)),
            max_live_per_peer: vars.positive("MAX_LIVE_LOGINS_PER_PEER", "100")?,
            max_live_per_site: vars.positive("MAX_LIVE_LOGINS_PER_SITE", "5000")?,
            allowed_domains: vars.list("ALLOWED_DOMAINS", "a list of domains", domain)?,
            allowed_corp_ids: vars.list("ALLOWED_CORP_IDS", "a list of corp ids", word)?,
            admin_emails: vars.list("ADMIN_EMAILS", "a list of addresses", lower)?,
            trusts_profiles: vars.parsed("TRUST_PROFILE_EMAILS", "false", "true or false")?,
            is_invite_only: vars.parsed("INVITE_ONLY", "false", "true or false")?,
        })
    }

    /// Returns where DingTalk sends browsers back to.
    pub fn callback(&self, public_url: &Url) -> String {
        let own = || format!("{}/auth/dingtalk/callback", public_url.as_str().trim_end_matches('/'));
        self.redirect_url.as_ref().map_or_else(own, |url| url.as_str().to_owned())
    }
}
