use super::ConfigError;
use super::vars::Vars;
use crate::client_id::ClientId;
use crate::dingtalk::SuiteApi;
use crate::secret::{CallbackKey, CallbackToken, ClientSecret};

/// A third-party app. `APPS_FILE` may have more.
#[derive(Debug)]
pub struct SuiteConfig {
    /// `DINGTALK_SUITE_NAME`: what we call it.
    pub name: String,
    /// `DINGTALK_SUITE_KEY`.
    pub key: ClientId,
    /// `DINGTALK_SUITE_SECRET`.
    pub secret: ClientSecret,
    /// `DINGTALK_SUITE_TOKEN`: signs what is pushed.
    pub token: CallbackToken,
    /// `DINGTALK_SUITE_AES_KEY`: encrypts it.
    pub aes_key: CallbackKey,
    /// `DINGTALK_SUITE_API`: by which API it gets tokens.
    pub api: SuiteApi,
}

/// What makes a third-party app, if any of it is set.
const NEEDED: [&str; 4] =
    ["DINGTALK_SUITE_KEY", "DINGTALK_SUITE_SECRET", "DINGTALK_SUITE_TOKEN", "DINGTALK_SUITE_AES_KEY"];

impl SuiteConfig {
    /// All four make a third-party app, none makes none; anything between is a mistake.
    pub(super) fn from_vars(vars: &Vars<'_>) -> Result<Option<Self>, ConfigError> {
        if NEEDED.iter().all(|name| vars.text(name).is_none()) {
            return Ok(None);
        }
        let wrong = |name, expected| move || ConfigError { name, expected };
        let texts = NEEDED.map(|name| vars.text(name));
        let [Some(key), Some(secret), Some(token), Some(aes_key)] = texts else {
            let missing = NEEDED.into_iter().find(|name| vars.text(name).is_none()).unwrap_or(NEEDED[0]);
            return Err(wrong(missing, "set, as the others of a third-party app are")());
        };
        let no_key = wrong(NEEDED[0], "a key of letters, digits, dots, underscores and hyphens");
        let no_secret = wrong(NEEDED[1], "a secret of visible ASCII characters");
        let no_token = wrong(NEEDED[2], "3 to 32 letters and digits");
        let no_aes_key = wrong(NEEDED[3], "43 letters and digits");
        let api = match vars.text("DINGTALK_SUITE_API").as_deref() {
            None | Some("new") => SuiteApi::New,
            Some("old") => SuiteApi::Old,
            Some(_) => return Err(wrong("DINGTALK_SUITE_API", "new or old")()),
        };
        Ok(Some(Self {
            name: vars.text("DINGTALK_SUITE_NAME").unwrap_or_else(|| "suite".to_owned()),
            key: key.try_into().map_err(|_| no_key())?,
            secret: secret.try_into().map_err(|_| no_secret())?,
            token: token.try_into().map_err(|_| no_token())?,
            aes_key: aes_key.try_into().map_err(|_| no_aes_key())?,
            api,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    #[test]
    fn four_variables_make_a_third_party_app_and_fewer_are_a_mistake() {
        assert!(Config::from_vars(|_| None).unwrap().suite.is_none());
        let suite = with("", "").unwrap().suite.unwrap();
        assert_eq!((suite.name.as_str(), suite.key.as_str(), suite.api), ("suite", "suite1", SuiteApi::New));
        for name in NEEDED {
            assert_eq!(with(name, "").unwrap_err().name, name);
            assert_eq!(with(name, "can ary").unwrap_err().name, name);
        }
        assert_eq!(with("DINGTALK_SUITE_API", "canary").unwrap_err().name, "DINGTALK_SUITE_API");
        assert_eq!(with("DINGTALK_SUITE_API", "old").unwrap().suite.unwrap().api, SuiteApi::Old);
    }

    fn with(name: &str, value: &str) -> Result<Config, ConfigError> {
        let aes_key = "x".repeat(43);
        let usual = ["suite1", "secret", "token", &aes_key];
        Config::from_vars(|asked| {
            let usual = NEEDED.iter().zip(usual).find(|(known, _)| **known == asked);
            let text = if asked == name { Some(value) } else { usual.map(|(_, value)| value) };
            text.map(str::to_owned)
        })
    }
}
