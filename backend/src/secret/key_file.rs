use std::fs::{self, File, Metadata, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use zeroize::Zeroizing;

use super::key::{MalformedKey, MasterKey};

/// The file with the keys: a key a line, the current one first, older ones below it. Mode 0600.
///
/// It is only ever replaced as a whole, so that whoever reads it sees it before or after a change.
#[derive(Clone, Debug)]
pub struct KeyFile {
    path: PathBuf,
}

/// The keys of a [`KeyFile`], at least one, and what tells whether the file has changed since.
#[derive(Debug)]
pub struct FileKeys {
    /// The one that seals.
    pub current: MasterKey,
    /// Those that only open.
    pub old: Vec<MasterKey>,
    pub(super) stamp: Option<Stamp>,
}

/// When a file was written, how long it is, and its number: two files may be written in the same tick of the clock.
pub(super) type Stamp = (SystemTime, u64, u64);

/// Keeps other rotations of the same key file away while it lives.
#[derive(Debug)]
pub struct KeyFileLock {
    _file: File,
}

impl KeyFile {
    /// Names the key file of a data folder. It need not exist.
    pub fn of(folder: &Path) -> Self {
        Self { path: folder.join("key") }
    }

    /// Reads the keys; `None` if there is no file.
    ///
    /// # Errors
    ///
    /// [`KeyFileError`] if the file cannot be read, is malformed, or can be read by others.
    pub fn read(&self) -> Result<Option<FileKeys>, KeyFileError> {
        let mut file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(KeyFileError::File(error)),
        };
        let metadata = file.metadata().map_err(KeyFileError::File)?;
        refuse_open_mode(&metadata)?;
        let mut text = Zeroizing::new(String::new());
        file.read_to_string(&mut text).map_err(KeyFileError::File)?;
        let mut keys = MasterKey::list_from_base64(&text)?.into_iter();
        let current = keys.next().ok_or(MalformedKey)?;
        Ok(Some(FileKeys { current, old: keys.collect(), stamp: stamp(&metadata) }))
    }

    /// Makes the file with a new key, unless somebody else has made it meanwhile: then theirs stands.
    ///
    /// # Errors
    ///
    /// [`KeyFileError`] if the file cannot be written.
    pub fn create(&self) -> Result<(), KeyFileError> {
        let file = self.written(&[&MasterKey::generate()])?;
        match file.persist_noclobber(&self.path) {
            Ok(_) => self.sync_folder(),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(KeyFileError::File(error.error)),
        }
    }

    /// Replaces the keys, in one step that outlives a power cut. The file keeps its owner.
    ///
    /// # Errors
    ///
    /// [`KeyFileError`] if the file cannot be written; it is as before then.
    pub fn replace(&self, keys: &[&MasterKey]) -> Result<(), KeyFileError> {
        let file = self.written(keys)?;
        keep_owner(&self.path, file.path()).map_err(KeyFileError::File)?;
        file.persist(&self.path).map_err(|error| KeyFileError::File(error.error))?;
        self.sync_folder()
    }

    /// Keeps other rotations away, as long as what is returned lives.
    ///
    /// # Errors
    ///
    /// [`KeyFileError::Locked`] if one is under way; another one if there is no key file.
    pub fn lock(&self) -> Result<KeyFileLock, KeyFileError> {
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let path = self.path.with_extension("lock");
        let file = options.open(&path).map_err(KeyFileError::File)?;
        keep_owner(&self.path, &path).map_err(KeyFileError::File)?;
        match file.try_lock() {
            Ok(()) => Ok(KeyFileLock { _file: file }),
            Err(TryLockError::WouldBlock) => Err(KeyFileError::Locked),
            Err(TryLockError::Error(error)) => Err(KeyFileError::File(error)),
        }
    }

    /// Returns what differs when the file has changed; `None` if that cannot be told.
    pub(super) fn stamp(&self) -> Option<Stamp> {
        stamp(&fs::metadata(&self.path).ok()?)
    }

    /// Writes keys to a file beside the real one, mode 0600.
    fn written(&self, keys: &[&MasterKey]) -> Result<tempfile::NamedTempFile, KeyFileError> {
        let mut file = tempfile::NamedTempFile::new_in(self.folder()).map_err(KeyFileError::File)?;
        for key in keys {
            let line = Zeroizing::new(format!("{}\n", *key.to_base64()));
            file.write_all(line.as_bytes()).map_err(KeyFileError::File)?;
        }
        file.as_file().sync_all().map_err(KeyFileError::File)?;
        Ok(file)
    }

    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    /// The name of a file is in its folder, which has to reach the disk as well.
    fn sync_folder(&self) -> Result<(), KeyFileError> {
        if cfg!(unix) {
            File::open(self.folder()).and_then(|folder| folder.sync_all()).map_err(KeyFileError::File)?;
        }
        Ok(())
    }
}

/// The key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// A line is not a key.
    #[error(transparent)]
    Malformed(#[from] MalformedKey),
    /// The file cannot be read or written.
    #[error("the key file cannot be used")]
    File(#[source] io::Error),
    /// The file can be read by others.
    #[error("the key file can be read by others; set its mode to 0600")]
    OpenMode,
    /// Another rotation is under way.
    #[error("another rotation of the key file is under way")]
    Locked,
}

fn stamp(metadata: &Metadata) -> Option<Stamp> {
    metadata.modified().ok().map(|modified| (modified, metadata.len(), number(metadata)))
}

#[cfg(unix)]
fn number(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn number(_: &Metadata) -> u64 {
    0
}

#[cfg(unix)]
fn refuse_open_mode(metadata: &Metadata) -> Result<(), KeyFileError> {
    use std::os::unix::fs::PermissionsExt as _;

    let for_others = metadata.permissions().mode() & 0o077;
    if for_others == 0 { Ok(()) } else { Err(KeyFileError::OpenMode) }
}

#[cfg(not(unix))]
fn refuse_open_mode(_: &Metadata) -> Result<(), KeyFileError> {
    Ok(())
}

/// Whoever rotates may be root, and the backend another user who has to read the file.
#[cfg(unix)]
fn keep_owner(from: &Path, to: &Path) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, chown};

    let (wanted, given) = (fs::metadata(from)?, fs::metadata(to)?);
    if (wanted.uid(), wanted.gid()) == (given.uid(), given.gid()) {
        return Ok(());
    }
    chown(to, Some(wanted.uid()), Some(wanted.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_: &Path, _: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_key_file_is_made_once_and_refused_when_open_to_others() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::of(folder.path());
        assert!(file.read().unwrap().is_none());
        file.create().unwrap();
        let made = file.read().unwrap().unwrap().current.id();
        file.create().unwrap();

        assert_eq!(fs::metadata(&file.path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(file.read().unwrap().unwrap().current.id(), made);

        fs::set_permissions(&file.path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(file.read(), Err(KeyFileError::OpenMode)));
    }

    /// Root, who rotated, was the only one who could read the key afterwards.
    #[cfg(unix)]
    #[test]
    fn the_owner_of_a_key_file_stays_its_owner() {
        use std::os::unix::fs::{MetadataExt as _, chown};

        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::of(folder.path());
        file.create().unwrap();
        // Only root can give files away; for everybody else they are the owner's own in any case.
        chown(&file.path, Some(12345), None).ok();
        let before = fs::metadata(&file.path).unwrap().uid();

        drop(file.lock().unwrap());
        file.replace(&[&MasterKey::generate()]).unwrap();

        for name in ["key", "key.lock"] {
            assert_eq!(fs::metadata(folder.path().join(name)).unwrap().uid(), before, "{name}");
        }
    }

    #[test]
    fn one_rotation_keeps_another_away() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::of(folder.path());
        file.create().unwrap();

        let lock = file.lock().unwrap();
        assert!(matches!(file.lock(), Err(KeyFileError::Locked)));

        drop(lock);
        assert!(file.lock().is_ok());
    }

    #[test]
    fn an_empty_file_is_no_key() {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::of(folder.path());
        file.create().unwrap();
        file.replace(&[]).unwrap();

        assert!(matches!(file.read(), Err(KeyFileError::Malformed(_))));
    }
}
