use std::collections::HashMap;
use std::io;
use std::path::Path;

use super::vars::assignments;

/// The variables of the process and, for what those leave open, of a file of `NAME=value` lines.
///
/// The file may be a bot's and have lines that only the bot understands; those are passed over. `Debug` shows no values:
/// some are secrets.
pub struct Environment {
    file: HashMap<String, String>,
}

/// Where a variable is set.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Place {
    /// In the environment of the process.
    Process,
    /// In the file.
    File,
}

impl Environment {
    /// Takes the variables of the process and of a file that need not exist.
    ///
    /// # Errors
    ///
    /// If the file exists and cannot be read.
    pub fn with_file(path: &Path) -> io::Result<Self> {
        match std::fs::read(path) {
            Ok(bytes) => Ok(Self { file: assignments(&String::from_utf8_lossy(&bytes)) }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self { file: HashMap::new() }),
            Err(error) => Err(error),
        }
    }

    /// Returns the value of a variable.
    pub fn var(&self, name: &str) -> Option<String> {
        process_var(name).or_else(|| self.file.get(name).cloned())
    }

    /// Returns where a variable has its value from; `None` if it is not set, or empty.
    pub fn place(&self, name: &str) -> Option<Place> {
        let is_filled = |value: &str| !value.trim().is_empty();
        match process_var(name) {
            Some(value) => is_filled(&value).then_some(Place::Process),
            None => self.file.get(name).filter(|value| is_filled(value)).map(|_| Place::File),
        }
    }
}

impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Environment").finish_non_exhaustive()
    }
}

fn process_var(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "this is the one place")]
    std::env::var(name).ok()
}
