use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// The program `dingtalk-qr` as an operator runs it. Killed when dropped.
#[derive(Debug)]
pub struct Program {
    child: Child,
    /// Where it listens.
    pub url: String,
    /// The line that it printed when it was ready.
    pub greeting: String,
    log: Arc<Mutex<String>>,
}

impl Program {
    /// Starts it in `folder` and waits until it is ready.
    pub fn start(folder: &Path, vars: &[(&str, &str)]) -> Self {
        Self::start_by(Command::new(binary("dingtalk-qr")), folder, vars)
    }

    /// The same by a command that becomes the program.
    pub fn start_by(mut command: Command, folder: &Path, vars: &[(&str, &str)]) -> Self {
        command.current_dir(folder).env_clear().envs(vars.iter().copied());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::<Mutex<String>>::default();
        let mut stderr = child.stderr.take().unwrap();
        thread::spawn({
            let log = Arc::clone(&log);
            move || {
                let mut chunk = [0; 8192];
                while let Ok(length @ 1..) = stderr.read(&mut chunk) {
                    log.lock().unwrap().push_str(&String::from_utf8_lossy(&chunk[..length]));
                }
            }
        });
        let mut greeting = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut greeting).unwrap();
        let url = greeting.split_whitespace().find(|word| word.starts_with("http://"));
        let url = url.unwrap_or_else(|| panic!("not ready: {greeting}{}", log.lock().unwrap()));
        Self { url: url.trim_end_matches(':').to_owned(), child, greeting, log }
    }

    /// Ends it as a power cut would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Returns the number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Returns the port that it listens on.
    pub fn port(&self) -> u16 {
        self.url.rsplit(':').next().unwrap().parse().unwrap()
    }

    /// Returns what it has logged so far.
    pub fn log(&self) -> String {
        // The writer may be a moment behind.
        thread::sleep(Duration::from_millis(200));
        self.log.lock().unwrap().clone()
    }

    /// Tells it to end, as a service manager does, and waits for that. Returns its log.
    ///
    /// # Panics
    ///
    /// If it says that it failed.
    #[cfg(unix)]
    pub fn terminate(mut self) -> String {
        let signal = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(signal.success(), "the process is not there");
        assert!(self.child.wait().unwrap().success(), "{}", self.log());
        self.log()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Runs the program `dingtalk-qr` in `folder` to its end, with these variables and no others.
pub fn run(folder: &Path, vars: &[(&str, &str)], args: &[&str]) -> Output {
    let mut command = Command::new(binary("dingtalk-qr"));
    command.current_dir(folder).env_clear().envs(vars.iter().copied()).args(args).output().unwrap()
}

/// Finds a program of the workspace beside the tests.
///
/// # Panics
///
/// If it has not been built: `cargo build` does.
pub fn binary(name: &str) -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    // A test is one folder below the programs.
    let path = tests.ancestors().skip(1).take(2).map(|folder| folder.join(name)).find(|path| path.exists());
    path.unwrap_or_else(|| panic!("{name} is missing: run `cargo build`"))
}
