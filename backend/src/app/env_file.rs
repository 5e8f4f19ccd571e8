use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use crate::secret::ClientSecret;

/// The `.env` file of a bot.
#[derive(Clone, Debug)]
pub struct EnvFile {
    path: PathBuf,
}

/// The file cannot be written. It is as it was.
#[derive(Debug, thiserror::Error)]
pub enum EnvFileError {
    /// It exists but cannot be read.
    #[error("it cannot be read")]
    Read(#[source] io::Error),
    /// Its replacement cannot be written beside it.
    #[error("its replacement cannot be written")]
    Write(#[source] io::Error),
    /// The replacement cannot be put in its place.
    #[error("it cannot be replaced")]
    Replace(#[source] io::Error),
}

/// Whether a line that is there already stays.
#[derive(Clone, Copy)]
enum Existing {
    Replaced,
    Kept,
}

impl EnvFile {
    /// Takes the path. The file need not exist.
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Puts the credentials into the file, in one step that no reader can see half done.
    ///
    /// Sets `DINGTALK_CLIENT_ID` and `DINGTALK_CLIENT_SECRET`, and `DINGTALK_ALLOW_ALL_USERS=true` unless a person
    /// decided otherwise there. Every other line stays as it is, byte for byte. The file has mode 0600 then.
    ///
    /// # Errors
    ///
    /// [`EnvFileError`] names the step; the file is as it was.
    pub fn write(&self, client_id: &str, client_secret: &ClientSecret) -> Result<(), EnvFileError> {
        // A link stays a link: its target is replaced.
        let path = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        let before = match fs::read(&path) {
            Ok(bytes) => Zeroizing::new(bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Zeroizing::default(),
            Err(error) => return Err(EnvFileError::Read(error)),
        };
        replace(&path, &with_credentials(&before, client_id, client_secret))
    }
}

/// Returns the lines that a new file would have, for somebody who puts them elsewhere.
#[cfg(feature = "terminal")]
pub(crate) fn env_lines(client_id: &str, client_secret: &ClientSecret) -> Zeroizing<String> {
    let lines = with_credentials(&[], client_id, client_secret);
    Zeroizing::new(String::from_utf8_lossy(&lines).into_owned())
}

fn with_credentials(before: &[u8], client_id: &str, client_secret: &ClientSecret) -> Zeroizing<Vec<u8>> {
    let after = set(before, "DINGTALK_CLIENT_ID", client_id, Existing::Replaced);
    let after = set(&after, "DINGTALK_CLIENT_SECRET", client_secret.expose(), Existing::Replaced);
    set(&after, "DINGTALK_ALLOW_ALL_USERS", "true", Existing::Kept)
}

/// Writes a file beside `path` (mode 0600), makes sure that it is on the disk, and moves it there.
fn replace(path: &Path, content: &[u8]) -> Result<(), EnvFileError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = NamedTempFile::new_in(folder).map_err(EnvFileError::Write)?;
    file.write_all(content).map_err(EnvFileError::Write)?;
    file.as_file().sync_all().map_err(EnvFileError::Write)?;
    file.persist(path).map_err(|error| EnvFileError::Replace(error.error))?;
    // The new name has to be on the disk, too. Not every platform can open a folder.
    if let Ok(folder) = fs::File::open(folder) {
        folder.sync_all().map_err(EnvFileError::Replace)?;
    }
    Ok(())
}

/// Sets a variable at its first line, drops its further lines, or appends it.
fn set(content: &[u8], name: &str, value: &str, existing: Existing) -> Zeroizing<Vec<u8>> {
    let line = Zeroizing::new(format!("{name}={}", quoted(value).as_str()));
    let mut after = Zeroizing::new(Vec::with_capacity(content.len() + line.len() + 2));
    let mut is_set = false;
    for old in content.split_inclusive(|byte| *byte == b'\n') {
        if !is_assignment(old, name) {
            after.extend_from_slice(old);
            continue;
        }
        match existing {
            Existing::Kept => after.extend_from_slice(old),
            Existing::Replaced if is_set => {}
            Existing::Replaced => {
                after.extend_from_slice(line.as_bytes());
                after.extend_from_slice(line_end(old));
            }
        }
        is_set = true;
    }
    if !is_set {
        if !after.is_empty() && !after.ends_with(b"\n") {
            after.push(b'\n');
        }
        after.extend_from_slice(line.as_bytes());
        after.push(b'\n');
    }
    after
}

fn is_assignment(line: &[u8], name: &str) -> bool {
    let line = line.trim_ascii_start();
    let line = line.strip_prefix(b"export ").map_or(line, <[u8]>::trim_ascii_start);
    line.strip_prefix(name.as_bytes()).is_some_and(|rest| rest.trim_ascii_start().starts_with(b"="))
}

fn line_end(line: &[u8]) -> &'static [u8] {
    match line {
        [.., b'\r', b'\n'] => b"\r\n",
        _ => b"\n",
    }
}

/// Quotes a value that a shell or a reader of `.env` files could misread.
fn quoted(value: &str) -> Zeroizing<String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-/:@%+,=".contains(&byte);
    if value.bytes().all(is_plain) {
        return Zeroizing::new(value.to_owned());
    }
    let mut text = Zeroizing::new(String::with_capacity(value.len() * 2 + 2));
    text.push('"');
    for character in value.chars() {
        if matches!(character, '"' | '\\' | '$' | '`') {
            text.push('\\');
        }
        text.push(character);
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_file_has_three_lines() {
        check("", "DINGTALK_CLIENT_ID=ding1\nDINGTALK_CLIENT_SECRET=s-1_x\nDINGTALK_ALLOW_ALL_USERS=true\n");
    }

    #[test]
    fn other_lines_stay_byte_for_byte() {
        check(
            "# my bot\r\nPORT = 80\n\nMULTI=\"a\nDINGTALK\"\n",
            "# my bot\r\nPORT = 80\n\nMULTI=\"a\nDINGTALK\"\nDINGTALK_CLIENT_ID=ding1\nDINGTALK_CLIENT_SECRET=s-1_x\n\
             DINGTALK_ALLOW_ALL_USERS=true\n",
        );
    }

    #[test]
    fn known_lines_are_replaced_where_they_stand() {
        check(
            "A=1\nexport DINGTALK_CLIENT_ID = old\r\nB=2\nDINGTALK_CLIENT_SECRET=old\nDINGTALK_CLIENT_ID=older\nC=3",
            "A=1\nDINGTALK_CLIENT_ID=ding1\r\nB=2\nDINGTALK_CLIENT_SECRET=s-1_x\nC=3\nDINGTALK_ALLOW_ALL_USERS=true\n",
        );
    }

    #[test]
    fn a_name_that_only_begins_alike_is_another_one() {
        check(
            "DINGTALK_CLIENT_ID_2=x\n#DINGTALK_CLIENT_ID=x\n",
            "DINGTALK_CLIENT_ID_2=x\n#DINGTALK_CLIENT_ID=x\nDINGTALK_CLIENT_ID=ding1\nDINGTALK_CLIENT_SECRET=s-1_x\n\
             DINGTALK_ALLOW_ALL_USERS=true\n",
        );
    }

    #[test]
    fn who_closed_the_bot_to_others_keeps_it_closed() {
        check(
            "DINGTALK_ALLOW_ALL_USERS=false\n",
            "DINGTALK_ALLOW_ALL_USERS=false\nDINGTALK_CLIENT_ID=ding1\nDINGTALK_CLIENT_SECRET=s-1_x\n",
        );
    }

    #[test]
    fn odd_values_are_quoted() {
        assert_eq!(quoted(r#"a"b\c$d`e"#).as_str(), r#""a\"b\\c\$d\`e""#);
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_private_and_a_link_stays_a_link() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};

        let folder = tempfile::tempdir().unwrap();
        let (target, link) = (folder.path().join("real.env"), folder.path().join(".env"));
        fs::write(&target, "A=1\n").unwrap();
        fs::set_permissions(&target, fs::Permissions::from_mode(0o644)).unwrap();
        symlink(&target, &link).unwrap();

        EnvFile::new(link.clone()).write("ding1", &secret()).unwrap();

        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(fs::read_to_string(&target).unwrap().starts_with("A=1\nDINGTALK_CLIENT_ID=ding1\n"));
    }

    #[test]
    fn a_file_that_cannot_be_written_is_an_error_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("missing").join(".env");

        assert!(matches!(EnvFile::new(path).write("ding1", &secret()), Err(EnvFileError::Write(_))));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[track_caller]
    fn check(before: &str, expected: &str) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        if !before.is_empty() {
            fs::write(&path, before).unwrap();
        }

        EnvFile::new(path.clone()).write("ding1", &secret()).unwrap();

        assert_eq!(fs::read_to_string(&path).unwrap(), expected);
    }

    fn secret() -> ClientSecret {
        ClientSecret::try_from("s-1_x".to_owned()).unwrap()
    }
}
