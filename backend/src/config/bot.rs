use std::fmt;

use super::ConfigError;
use super::vars::Vars;
use crate::client_id::ClientId;
use crate::secret::ClientSecret;

/// What the environment of a bot says about DingTalk: the variables that a scan sets, and those beside them.
///
/// For programs that enable DingTalk where it is configured. `dingtalk-qr env check` says the same in a terminal.
///
/// # Examples
///
/// ```
/// use dingtalk_qr_backend::config::{BotConfig, BotConfigError, Environment};
///
/// let environment = Environment::with_file(".env".as_ref())?;
/// match BotConfig::from_vars(|name| environment.var(name)) {
///     Ok(bot) => println!("DingTalk is on: {}", bot.client_id),
///     Err(BotConfigError::NotSet) => println!("DingTalk is off"),
///     Err(wrong @ BotConfigError::Wrong(_)) => println!("DingTalk cannot be used: {wrong}"),
/// }
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct BotConfig {
    /// `DINGTALK_CLIENT_ID`.
    pub client_id: ClientId,
    /// `DINGTALK_CLIENT_SECRET`.
    pub client_secret: ClientSecret,
    /// `DINGTALK_HOME_CHANNEL`: the conversation for what nobody asked for.
    pub home_channel: Option<String>,
    /// `DINGTALK_ALLOW_ALL_USERS`.
    pub audience: Audience,
}

/// To whom a bot answers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Audience {
    /// To every member of the organisation.
    Everybody,
    /// To those whom its own settings name.
    Chosen,
}

/// The environment makes no bot.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum BotConfigError {
    /// Neither of the credentials is set: DingTalk is not meant to be used.
    NotSet,
    /// Something is set, and cannot be used: everything that is wrong.
    Wrong(Vec<ConfigError>),
}

impl fmt::Display for BotConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotSet => f.write_str("DINGTALK_CLIENT_ID and DINGTALK_CLIENT_SECRET are not set"),
            Self::Wrong(errors) => {
                let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
                f.write_str(&errors.join("; "))
            }
        }
    }
}

impl std::error::Error for BotConfigError {}

/// Longest name of a conversation. DingTalk's have about fifty characters.
const LONGEST_CHANNEL: usize = 256;

impl BotConfig {
    /// Reads the configuration through `var`. Empty means not set.
    ///
    /// # Errors
    ///
    /// [`BotConfigError`] says whether there is none, or what is wrong with it.
    pub fn from_vars(var: impl Fn(&str) -> Option<String>) -> Result<Self, BotConfigError> {
        let vars = Vars(&var);
        let credentials = (vars.text("DINGTALK_CLIENT_ID"), vars.text("DINGTALK_CLIENT_SECRET"));
        if credentials == (None, None) {
            return Err(BotConfigError::NotSet);
        }
        let client_id = client_id(credentials.0);
        let client_secret = client_secret(credentials.1);
        let home_channel = home_channel(vars.text("DINGTALK_HOME_CHANNEL"));
        let audience = audience(vars.text("DINGTALK_ALLOW_ALL_USERS"));
        match (client_id, client_secret, home_channel, audience) {
            (Ok(client_id), Ok(client_secret), Ok(home_channel), Ok(audience)) => {
                Ok(Self { client_id, client_secret, home_channel, audience })
            }
            (client_id, client_secret, home_channel, audience) => {
                let errors = [client_id.err(), client_secret.err(), home_channel.err(), audience.err()];
                Err(BotConfigError::Wrong(errors.into_iter().flatten().collect()))
            }
        }
    }
}

pub(super) fn client_id(text: Option<String>) -> Result<ClientId, ConfigError> {
    let name = "DINGTALK_CLIENT_ID";
    let Some(text) = text else {
        return Err(ConfigError { name, expected: "set, as DINGTALK_CLIENT_SECRET is" });
    };
    let expected = "a client id of letters, digits, dots, underscores and hyphens";
    text.try_into().map_err(|_| ConfigError { name, expected })
}

pub(super) fn client_secret(text: Option<String>) -> Result<ClientSecret, ConfigError> {
    let name = "DINGTALK_CLIENT_SECRET";
    let Some(text) = text else {
        return Err(ConfigError { name, expected: "set, as DINGTALK_CLIENT_ID is" });
    };
    let expected = "a client secret of visible ASCII characters";
    text.try_into().map_err(|_| ConfigError { name, expected })
}

fn home_channel(text: Option<String>) -> Result<Option<String>, ConfigError> {
    let is_name =
        |text: &str| text.len() <= LONGEST_CHANNEL && text.bytes().all(|byte| byte.is_ascii_graphic());
    match text {
        Some(text) if !is_name(&text) => Err(ConfigError {
            name: "DINGTALK_HOME_CHANNEL",
            expected: "the id of a conversation: visible ASCII characters without spaces",
        }),
        text => Ok(text),
    }
}

/// The words that programs write for it: bots in other languages read the same file.
fn audience(text: Option<String>) -> Result<Audience, ConfigError> {
    let Some(text) = text else { return Ok(Audience::Chosen) };
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(Audience::Everybody),
        "false" | "0" | "no" | "off" => Ok(Audience::Chosen),
        _ => Err(ConfigError { name: "DINGTALK_ALLOW_ALL_USERS", expected: "true or false" }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: (&str, &str) = ("DINGTALK_CLIENT_ID", "ding1");
    const SECRET: (&str, &str) = ("DINGTALK_CLIENT_SECRET", "s-1");

    #[test]
    fn both_credentials_make_a_bot() {
        let bot = from(&[ID, SECRET]).unwrap();

        assert_eq!((bot.client_id.as_str(), bot.client_secret.expose()), ("ding1", "s-1"));
        assert_eq!((bot.home_channel, bot.audience), (None, Audience::Chosen));
    }

    #[test]
    fn a_home_channel_is_the_id_of_a_conversation() {
        let channel = ("DINGTALK_HOME_CHANNEL", " cidAbc+/1== ");

        assert_eq!(from(&[ID, SECRET, channel]).unwrap().home_channel.as_deref(), Some("cidAbc+/1=="));
        check(&[ID, SECRET, ("DINGTALK_HOME_CHANNEL", "two words")], &["DINGTALK_HOME_CHANNEL"]);
    }

    #[test]
    fn words_of_other_programs_for_yes_and_no_are_understood() {
        for (word, expected) in [
            ("True", Audience::Everybody),
            ("1", Audience::Everybody),
            ("no", Audience::Chosen),
            ("", Audience::Chosen),
        ] {
            let bot = from(&[ID, SECRET, ("DINGTALK_ALLOW_ALL_USERS", word)]).unwrap();
            assert_eq!(bot.audience, expected, "{word}");
        }
    }

    #[test]
    fn nothing_is_not_the_same_as_something_wrong() {
        assert_eq!(from(&[]).unwrap_err(), BotConfigError::NotSet);
        assert_eq!(from(&[("DINGTALK_CLIENT_ID", " ")]).unwrap_err(), BotConfigError::NotSet);
        check(&[ID], &["DINGTALK_CLIENT_SECRET"]);
        check(&[SECRET], &["DINGTALK_CLIENT_ID"]);
    }

    #[test]
    fn everything_that_is_wrong_is_named_and_nothing_repeated() {
        let vars = [
            ("DINGTALK_CLIENT_ID", "canary id"),
            ("DINGTALK_CLIENT_SECRET", "canary secret"),
            ("DINGTALK_HOME_CHANNEL", "canary channel"),
            ("DINGTALK_ALLOW_ALL_USERS", "canary"),
        ];

        check(&vars, &vars.map(|(name, _)| name));
        assert_eq!(from(&vars).unwrap_err().to_string().find("canary"), None);
    }

    #[track_caller]
    fn check(vars: &[(&str, &str)], expected: &[&str]) {
        let BotConfigError::Wrong(errors) = from(vars).unwrap_err() else { panic!("it is set") };
        assert_eq!(errors.iter().map(|error| error.name).collect::<Vec<_>>(), expected);
    }

    fn from(vars: &[(&str, &str)]) -> Result<BotConfig, BotConfigError> {
        BotConfig::from_vars(|name| {
            vars.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }
}
