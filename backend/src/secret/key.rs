use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::random::{fill_random, hmac};

/// The 256-bit key from which every other key is derived.
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    #[cfg(test)]
    pub(super) fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Reads the key from its text, 32 bytes as base64.
    ///
    /// # Errors
    ///
    /// [`KeyError::Malformed`] for anything else; the text is not repeated.
    pub fn from_base64(text: &str) -> Result<Self, KeyError> {
        let bytes = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| KeyError::Malformed)?);
        let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| KeyError::Malformed)?;
        Ok(Self(Zeroizing::new(bytes)))
    }

    /// Reads the key file, or makes it (mode 0600) if there is none.
    ///
    /// # Errors
    ///
    /// [`KeyError`] if the file cannot be read or written, is malformed, or can be read by others.
    pub fn from_file(path: &Path) -> Result<Self, KeyError> {
        match fs::read_to_string(path) {
            Ok(text) => {
                refuse_open_mode(path)?;
                Self::from_base64(&Zeroizing::new(text))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::create(path),
            Err(error) => Err(KeyError::File(error)),
        }
    }

    fn create(path: &Path) -> Result<Self, KeyError> {
        let mut bytes = Zeroizing::new([0; 32]);
        fill_random(bytes.as_mut_slice());
        let text = Zeroizing::new(STANDARD.encode(bytes.as_slice()));
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(KeyError::File)?;
        file.write_all(text.as_bytes()).map_err(KeyError::File)?;
        file.as_file().sync_all().map_err(KeyError::File)?;
        // Somebody else may have made the key meanwhile: theirs stands.
        match file.persist_noclobber(path) {
            Ok(_) => Ok(Self(bytes)),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Self::from_file(path),
            Err(error) => Err(KeyError::File(error.error)),
        }
    }

    /// Derives the key for one purpose: HMAC-SHA-256 of its name.
    pub(crate) fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        hmac(&self.0, &[purpose.as_bytes()])
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey([redacted])")
    }
}

/// The master key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The key is not 32 bytes of base64.
    #[error("the key is not 32 bytes of base64")]
    Malformed,
    /// The key file cannot be read or written.
    #[error("the key file cannot be used")]
    File(#[source] io::Error),
    /// The key file can be read by others.
    #[error("the key file can be read by others; set its mode to 0600")]
    OpenMode,
}

#[cfg(unix)]
fn refuse_open_mode(path: &Path) -> Result<(), KeyError> {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = fs::metadata(path).map_err(KeyError::File)?.permissions().mode();
    let for_others = mode & 0o077;
    if for_others == 0 { Ok(()) } else { Err(KeyError::OpenMode) }
}

#[cfg(not(unix))]
fn refuse_open_mode(_: &Path) -> Result<(), KeyError> {
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
        let path = folder.path().join("key");
        let made = MasterKey::from_file(&path).unwrap();

        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(*made.0, *MasterKey::from_file(&path).unwrap().0);

        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(MasterKey::from_file(&path), Err(KeyError::OpenMode)));
    }
}
