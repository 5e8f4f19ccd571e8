//! The wizard in a pseudo-terminal, with a simulated DingTalk.

mod completions;
mod failures;
mod files;
mod interrupts;
mod manual;
mod outage;
mod remote;
mod scan;
mod scripts;
mod transcript;
mod window;

use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use dingtalk_qr_simulator::{
    Approval, Fault, FaultRule, Options, RegistrationSummary, Settings, Simulator, Status,
};
use dingtalk_qr_tests::binary;
use tempfile::TempDir;

use window::Window;

/// How long something may take that takes a few seconds.
const PATIENCE: Duration = Duration::from_mins(1);

/// A DingTalk and the folder of a bot.
struct Bench {
    dingtalk: Simulator,
    folder: TempDir,
}

impl Bench {
    async fn start() -> Self {
        Self::with(Options { settings: settings(), ..Options::default() }).await
    }

    async fn with(options: Options) -> Self {
        Self { dingtalk: Simulator::start(options).await.unwrap(), folder: tempfile::tempdir().unwrap() }
    }

    /// Runs the wizard in a large window.
    fn register(&self, args: &[&str]) -> Window {
        self.register_with(&[], args)
    }

    /// The same with more variables.
    fn register_with(&self, vars: &[(&str, &str)], args: &[&str]) -> Window {
        let args: Vec<_> = ["register"].iter().chain(args).copied().collect();
        Window::open(self.folder.path(), &self.vars(vars), &args)
    }

    /// Runs the wizard without a terminal.
    fn pipe(&self, vars: &[(&str, &str)], args: &[&str]) -> Child {
        let mut command = Command::new(binary("dingtalk-qr"));
        command.current_dir(self.folder.path()).env_clear().envs(self.vars(vars)).arg("register").args(args);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// The same, killed by the system when it writes more than so many blocks of 512 bytes into a file.
    #[cfg(unix)]
    fn pipe_limited(&self, blocks: u32, args: &[&str]) -> Child {
        let mut command = Command::new("/bin/sh");
        command.current_dir(self.folder.path()).env_clear().envs(self.vars(&[]));
        let script = format!("ulimit -c 0; ulimit -f {blocks}; exec \"$0\" register \"$@\"");
        command.args(["-c", &script]).arg(binary("dingtalk-qr")).args(args);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn vars<'a>(&'a self, vars: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        [("DINGTALK_SIMULATOR_URL", self.dingtalk.url())].iter().chain(vars).copied().collect()
    }

    /// Waits for registration number `count`.
    async fn registration(&self, count: usize) -> RegistrationSummary {
        let begun = async {
            loop {
                let mut all = self.dingtalk.registrations();
                if all.len() >= count {
                    return all.swap_remove(count - 1);
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, begun).await.expect("nothing begins")
    }

    /// Approves the first registration as soon as it has begun, and has DingTalk make the app at once.
    async fn approve(&self) {
        self.approve_number(1).await;
    }

    async fn approve_number(&self, count: usize) {
        let user_code = self.registration(count).await.user_code;
        let approval = Approval { steps: Some(vec![Status::Success]), ..Approval::default() };
        self.dingtalk.approve(&user_code, approval).unwrap();
    }

    /// Approves in an organisation whose administrator has to approve as well.
    async fn approve_subject_to_administrator(&self) {
        let user_code = self.registration(1).await.user_code;
        let approval = Approval { steps: Some(vec![Status::Approving]), admin_approval: true, step_s: 0 };
        self.dingtalk.approve(&user_code, approval).unwrap();
    }

    /// Breaks every call of a path.
    fn break_down(&self, path: &str, fault: Fault) {
        self.dingtalk.add_fault(FaultRule { path: path.to_owned(), times: None, fault }).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write_env_file(&self, text: &str) {
        std::fs::write(self.path(".env"), text).unwrap();
    }

    fn env_file(&self) -> String {
        std::fs::read_to_string(self.path(".env")).unwrap_or_default()
    }

    /// Returns the value of a variable in the `.env` file.
    fn saved(&self, name: &str) -> Option<String> {
        let text = self.env_file();
        text.lines().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix('=')?.to_owned()))
    }
}

/// An interval that tests can wait for.
fn settings() -> Settings {
    Settings { interval: 2, ..Settings::default() }
}

/// Waits for the end of a program without holding DingTalk up, which lives in this process.
async fn output(mut child: Child) -> Output {
    let ended = async {
        while child.try_wait().unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let has_ended = tokio::time::timeout(PATIENCE, ended).await.is_ok();
    if !has_ended {
        child.kill().unwrap();
    }
    let output = child.wait_with_output().unwrap();
    assert!(has_ended, "it does not end: {output:?}");
    output
}
