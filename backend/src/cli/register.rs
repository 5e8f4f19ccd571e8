use std::fs;
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::Args;
use dingtalk_qr_backend::app::{AppName, InvalidAppName};
use dingtalk_qr_backend::config::{Environment, Place, TerminalConfig};
use dingtalk_qr_backend::secret::BackendKey;
use dingtalk_qr_backend::terminal::{
    Destination, Existing, Here, Language, Manner, Method, Options, Replace, Report, Source, There, register,
};
use dingtalk_qr_backend::{AppState, Config, SystemClock};
use url::Url;
use zeroize::Zeroizing;

/// What the wizard is asked to do, and the settings around it.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(super) struct Command {
    /// Enters Client ID and Client Secret by hand; the question for the method is left out
    #[arg(long, conflicts_with = "non_interactive")]
    manual: bool,
    /// What the store calls the app: 1 to 64 of a-z, 0-9, - and _; its client id if it is left out
    #[arg(long, value_parser = app_name)]
    name: Option<AppName>,
    /// The file that gets the credentials; else `ENV_FILE`, else `.env`
    #[arg(long, value_name = "PATH", conflicts_with = "print_env")]
    env_file: Option<PathBuf>,
    /// Prints the lines of such a file, with the secret, and writes none
    #[arg(long, conflicts_with = "json")]
    print_env: bool,
    /// Prints a JSON object at the end
    #[arg(long)]
    json: bool,
    /// Puts the secret into the JSON object
    #[arg(long, requires = "json")]
    reveal: bool,
    /// Replaces credentials that are there already
    #[arg(long)]
    yes: bool,
    /// Asks nothing: scans, and ends with a code where a person would be asked
    #[arg(long)]
    non_interactive: bool,
    /// A backend that runs, in the place of a store of its own; needs an API key in `DINGTALK_QR_API_KEY` or a file
    #[arg(long, value_name = "URL")]
    backend: Option<Url>,
    /// The file with the API key
    #[arg(long, value_name = "PATH", requires = "backend")]
    api_key_file: Option<PathBuf>,
    /// en or zh-CN; else by `LC_ALL`, `LC_MESSAGES` or `LANG`
    #[arg(long)]
    lang: Option<Language>,
}

const AFTER_HELP: &str = "\
Exit codes:
  0    the credentials are saved, or those of before were kept
  1    a setting or the store cannot be used
  2    the command line is wrong
  3    credentials are there already, and nobody could be asked (--yes replaces them)
  4    declined, on the phone or by an administrator
  5    nobody approved in time
  6    DingTalk or the backend cannot be reached, or fails
  7    the credentials are in the store, but could not be put where they were wanted
  130  Ctrl-C";

impl Command {
    /// Runs the wizard.
    pub(super) async fn run(self) -> anyhow::Result<ExitCode> {
        let mut config = Config::from_env_for_setup().context("the configuration cannot be used")?;
        let destination = self.destination(&config);
        config.store.env_file = match &destination {
            Destination::File(path) => Some(path.clone()),
            Destination::Output | Destination::Store => None,
        };
        let own = environment(".env".as_ref())?;
        let terminal =
            TerminalConfig::from_vars(|name| own.var(name)).context("the configuration cannot be used")?;
        let options = Options {
            language: self.lang.unwrap_or_else(|| Language::of_locale(terminal.locale.as_deref())),
            drawing: terminal.drawing,
            manner: self.manner()?,
            method: self.manual.then_some(Method::Manual),
            name: self.name.clone(),
            existing: self.existing(&destination)?,
            destination,
            report: self.report(),
        };
        let clock = Arc::new(SystemClock);
        let there = match &self.backend {
            Some(url) => Some(self.there(url, terminal.backend_key)?),
            None => None,
        };
        let open = async {
            match there {
                Some(there) => Ok(Source::There(there)),
                None => Ok(Source::Here(Here::new(AppState::open(config, Arc::new(SystemClock)).await?))),
            }
        };
        Ok(ExitCode::from(Box::pin(register(options, clock, open)).await?.code()))
    }

    /// A backend keeps the secret to itself unless somebody asks for it here.
    fn destination(&self, config: &Config) -> Destination {
        if self.print_env {
            return Destination::Output;
        }
        let default = config.store.env_file.clone().filter(|_| self.backend.is_none());
        self.env_file.clone().or(default).map_or(Destination::Store, Destination::File)
    }

    fn manner(&self) -> anyhow::Result<Manner> {
        let is_terminal = io::stdin().is_terminal() && io::stderr().is_terminal();
        if self.manual && !is_terminal {
            bail!("--manual needs a terminal to ask in");
        }
        Ok(if is_terminal && !self.non_interactive { Manner::Interactive } else { Manner::Silent })
    }

    fn report(&self) -> Report {
        match (self.json, self.reveal) {
            (true, true) => Report::JsonWithSecret,
            (true, false) => Report::Json,
            (false, _) => Report::None,
        }
    }

    /// What would be replaced: only a file of this machine has something to lose.
    fn existing(&self, destination: &Destination) -> anyhow::Result<Option<Existing>> {
        let Destination::File(path) = destination else { return Ok(None) };
        let environment = environment(path)?;
        let name = "DINGTALK_CLIENT_ID";
        let (Some(client_id), Some(place)) = (environment.var(name), environment.place(name)) else {
            return Ok(None);
        };
        let file = match place {
            Place::File => Some(path.clone()),
            Place::Process => None,
        };
        let replace = if self.yes { Replace::Yes } else { Replace::Ask };
        Ok(Some(Existing { client_id: client_id.trim().to_owned(), file, replace }))
    }

    fn there(&self, url: &Url, key: Option<BackendKey>) -> anyhow::Result<There> {
        let key = match (&self.api_key_file, key) {
            (Some(path), _) => read_key(path)?,
            (None, Some(key)) => key,
            (None, None) => bail!(
                "--backend needs an API key: set DINGTALK_QR_API_KEY, or name a file with --api-key-file"
            ),
        };
        There::new(url, key).context("the backend cannot be asked")
    }
}

fn environment(file: &Path) -> anyhow::Result<Environment> {
    Environment::with_file(file).with_context(|| format!("{} cannot be read", file.display()))
}

fn read_key(path: &Path) -> anyhow::Result<BackendKey> {
    let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let text = Zeroizing::new(text);
    BackendKey::try_from(text.as_str().to_owned())
        .with_context(|| format!("{} holds no API key", path.display()))
}

fn app_name(text: &str) -> Result<AppName, InvalidAppName> {
    AppName::try_from(text.to_owned())
}
