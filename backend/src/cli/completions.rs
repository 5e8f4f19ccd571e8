use std::io::{self, Write as _};

use anyhow::{Context as _, bail};
use clap::{Args, CommandFactory as _};
use clap_complete::Shell;
use clap_mangen::Man;

use super::Cli;

#[derive(Debug, Args)]
pub(super) struct Command {
    /// For which shell
    shell: Shell,
}

impl Command {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "dingtalk-qr", &mut script);
        write(&script)
    }
}

#[derive(Debug, Args)]
pub(super) struct Manual {
    /// Of one command, such as `register` or `key rotate`; of the program if it is left out
    command: Vec<String>,
}

impl Manual {
    pub(super) fn run(&self) -> anyhow::Result<()> {
        let mut root = Cli::command();
        root.build();
        let mut found = &root;
        for name in &self.command {
            let Some(command) = found.find_subcommand(name) else {
                bail!("there is no command {}", self.command.join(" "));
            };
            found = command;
        }
        let mut page = Vec::new();
        Man::new(found.clone()).render(&mut page).context("the page cannot be made")?;
        write(&page)
    }
}

fn write(bytes: &[u8]) -> anyhow::Result<()> {
    io::stdout().lock().write_all(bytes).context("the standard output cannot be written")
}
