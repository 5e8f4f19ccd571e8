use std::sync::{Arc, PoisonError, RwLock};

use chacha20poly1305::XChaCha20Poly1305;
use chacha20poly1305::aead::KeyInit as _;
use zeroize::Zeroizing;

use super::key::{KeyId, MasterKey};
use super::key_file::{FileKeys, KeyFile, KeyFileError, Stamp};

/// What is derived of one master key.
pub(super) struct DerivedKeys {
    pub(super) id: KeyId,
    pub(super) cipher: XChaCha20Poly1305,
    pub(super) token_key: Zeroizing<[u8; 32]>,
}

/// The keys that are known: one that seals, and older ones.
///
/// Keys of a file follow the file: a rotation by another process changes it while this one runs. A key that was known once
/// stays known until the process ends, since somebody may still hold what was made with it.
pub(super) struct Ring {
    keys: RwLock<Keys>,
    file: Option<KeyFile>,
}

struct Keys {
    /// The current one first.
    all: Arc<[Arc<DerivedKeys>]>,
    /// Of the file as it was looked at last.
    stamp: Option<Stamp>,
}

impl Ring {
    /// Takes keys that do not change.
    pub(super) fn fixed(current: &MasterKey, old: &[MasterKey]) -> Self {
        let all = std::iter::once(current).chain(old).map(DerivedKeys::of);
        Self { keys: RwLock::new(Keys { all: without_doubles(all), stamp: None }), file: None }
    }

    /// Takes the keys that stand in a file, and more old ones; `None` if there is no file.
    pub(super) fn of_file(file: KeyFile, old: &[MasterKey]) -> Result<Option<Self>, KeyFileError> {
        let Some(FileKeys { current, old: older, stamp }) = file.read()? else { return Ok(None) };
        let all = std::iter::once(&current).chain(&older).chain(old).map(DerivedKeys::of);
        Ok(Some(Self { keys: RwLock::new(Keys { all: without_doubles(all), stamp }), file: Some(file) }))
    }

    /// Returns the key that seals, as the file has it at this moment.
    pub(super) fn current(&self) -> Arc<DerivedKeys> {
        self.follow();
        Arc::clone(self.all().first().expect("a ring is made with a key, and never loses one"))
    }

    /// Returns every known key, the current one first.
    pub(super) fn all(&self) -> Arc<[Arc<DerivedKeys>]> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner).all)
    }

    /// Finds a key, in the file as well if it is not known.
    pub(super) fn find(&self, id: KeyId) -> Option<Arc<DerivedKeys>> {
        let known = || self.all().iter().find(|key| key.id == id).map(Arc::clone);
        known().or_else(|| {
            self.follow();
            known()
        })
    }

    /// Reads the file again if it has changed since. Otherwise that is one look at its metadata.
    pub(super) fn follow(&self) {
        let Some(file) = &self.file else { return };
        let stamp = file.stamp();
        if self.keys.read().unwrap_or_else(PoisonError::into_inner).stamp == stamp {
            return;
        }
        let found = file.read();
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        match found {
            Ok(Some(FileKeys { current, old, stamp })) => {
                let of_file = std::iter::once(&current).chain(&old).map(DerivedKeys::of);
                keys.all = without_doubles(of_file.chain(keys.all.iter().map(Arc::clone)));
                keys.stamp = stamp;
                tracing::info!(key.id = current.id().to_hex(), "the key file has changed");
            }
            Ok(None) => {
                keys.stamp = stamp;
                tracing::error!("the key file is gone: the next start will fail without it");
            }
            Err(error) => {
                keys.stamp = stamp;
                tracing::error!(%error, "the key file has changed and cannot be used");
            }
        }
    }
}

impl DerivedKeys {
    fn of(master: &MasterKey) -> Arc<Self> {
        let key = master.derive("dingtalk-qr/seal/v1");
        Arc::new(Self {
            id: master.id(),
            cipher: XChaCha20Poly1305::new((&*key).into()),
            token_key: master.derive("dingtalk-qr/poll-token/v1"),
        })
    }
}

fn without_doubles(keys: impl Iterator<Item = Arc<DerivedKeys>>) -> Arc<[Arc<DerivedKeys>]> {
    let mut all: Vec<Arc<DerivedKeys>> = Vec::new();
    for key in keys {
        if !all.iter().any(|known| known.id == key.id) {
            all.push(key);
        }
    }
    all.into()
}
